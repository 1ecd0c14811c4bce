// The inputs of commands: files named on the command line, the policy, this host.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "cli/exit_code.hpp"
#include "cli/globals.hpp"
#include "decide/facts.hpp"
#include "diag/finding.hpp"
#include "event/log_entry.hpp"
#include "firmware/tables.hpp"
#include "load/load.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// A discovery log: the binary page or nvme-cli's JSON. Its mistakes are reported; nothing where it
// cannot be used.
std::optional<event::DiscoveryLog> read_log_file(const std::string& path);

// Whether something has each of these paths; says which has nothing.
bool paths_exist(const std::vector<std::string>& paths);

// Whether the path, of `--root`, is a directory or empty; says so if it is not.
bool is_folder(const std::string& path);

// The host's files, below `--root`.
base::RealFileSystem host_files(const Globals& globals);

// The policy's files as they are: those of `--policy`, else the search path.
load::Loaded load_policy(const Globals& globals, const policy::FindingOptions& wanted = {});

using PolicyOrExitCode = tl::expected<std::shared_ptr<const policy::Policy>, ExitCode>;

// The policy, never null; or how to end after having said on standard error what is wrong with it:
// every error, and which last good policy the services use meanwhile; or that there is none.
PolicyOrExitCode policy_or_complaint(const Globals& globals);
// The same for one that was loaded with `load_policy()`.
PolicyOrExitCode policy_or_complaint(const Globals& globals, const load::Loaded& loaded);
// That there is no policy in these places, those of the host if none is named; and what was found
// beside them, such as a file whose name is almost right.
void complain_about_absence(const Globals& globals, const std::vector<std::string>& places,
                            const load::Loaded& loaded);
// Why there is no policy; none: not even a file was found.
diag::Sink errors_of(const load::Loaded& loaded);

// The facts of a facts file; its mistakes go to standard error.
std::optional<decide::Facts> read_facts_file(const Globals& globals, const std::string& path);

// A firmware table. Why it cannot be used is said; nothing then.
std::optional<firmware::Table> read_nbft_file(const std::string& path);

// The facts of this host, or of the one below `--root`.
decide::Facts host_facts(const Globals& globals, const policy::Policy& policy);

// Findings on standard error, for people.
void complain_about(const Globals& globals, const diag::Sink& sink);

// Says on standard error that the services refuse files of this host's policy that others may
// write, and what they use instead. Nothing about files that `--policy` names.
void complain_about_distrust(const Globals& globals, const load::Loaded& loaded);

// Standard error's line about what the services use while the policy is broken.
std::string last_good_line(const base::FileSystem& files);

// Which last good policy is stored; none if none is.
std::optional<std::string> last_good_stored(const base::FileSystem& files);

} // namespace nvmf::cli
