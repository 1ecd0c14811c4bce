#include "cli/inputs.hpp"

#include "cli/terminal.hpp"
#include "diag/read_source.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"
#include "fabrics/discovery_log.hpp"
#include "fabrics/fabrics_port.hpp"
#include "host/facts_file.hpp"
#include "host/gather.hpp"
#include "load/last_good.hpp"
#include "load/trust.hpp"
#include "policy/secret_text.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::cli {

std::optional<event::DiscoveryLog> read_log_file(const std::string& path) {
  const auto source = diag::read_source(path);
  if (!source) {
    complain(source.error().message);
    return std::nullopt;
  }
  auto log = fabrics::parse_discovery_file((*source)->text);
  if (!log) {
    complain(fmt::format("{}: {}", (*source)->path, log.error().message));
    return std::nullopt;
  }
  if (log->truncated)
    complain(fmt::format("{}: the log is cut off: it claims {} records and holds {}",
                         (*source)->path, log->numrec, log->entries.size()));
  return std::move(*log);
}

bool paths_exist(const std::vector<std::string>& paths) {
  bool all = true;
  for (const std::string& path : paths) {
    const auto status = base::RealFileSystem().status(path);
    if (status || status.error().code != ENOENT)
      continue;
    complain(status.error().message);
    all = false;
  }
  return all;
}

bool is_folder(const std::string& path) {
  if (path.empty())
    return true;
  const auto status = base::RealFileSystem().status(path);
  if (status && status->type == base::FileType::directory)
    return true;
  complain(status ? path + " is not a directory" : status.error().message);
  return false;
}

base::RealFileSystem host_files(const Globals& globals) {
  std::string root = globals.root;
  while (root.ends_with('/'))
    root.pop_back();
  return base::RealFileSystem(std::move(root));
}

load::Loaded load_policy(const Globals& globals, const policy::FindingOptions& wanted) {
  if (globals.policy.empty())
    return load::load_policy(host_files(globals), {}, wanted);
  return load::load_policy(base::RealFileSystem({}, base::Pipes::read), {.paths = globals.policy},
                           wanted);
}

void complain_about(const Globals& globals, const diag::Sink& sink) {
  std::vector<diag::Finding> findings = sink.findings();
  policy::hide_secrets(findings);
  const Screen screen = screen_for(stderr, globals.color);
  print_error(diag::render_human(
      findings, screen.palette.coloured_output() ? diag::Colour::on : diag::Colour::off,
      screen.columns));
}

std::optional<std::string> last_good_stored(const base::FileSystem& files) {
  const auto last = load::restore_last_good(files, load::LastGoodPlace::run_then_var);
  if (!last)
    return std::nullopt;
  return fmt::format("last good policy: {}…, stored {}", last->policy->digest.substr(0, 13),
                     load::stored_text(last->stored_at));
}

std::string last_good_line(const base::FileSystem& files) {
  const auto stored = last_good_stored(files);
  return stored ? "the services use the " + *stored
                : "no last good policy is stored: the services connect nothing";
}

diag::Sink errors_of(const load::Loaded& loaded) {
  diag::Sink errors;
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity == diag::Severity::error)
      errors.findings().push_back(finding);
  return errors;
}

void complain_about_distrust(const Globals& globals, const load::Loaded& loaded) {
  if (!globals.policy.empty())
    return;
  const base::RealFileSystem files = host_files(globals);
  // An image's files are its builder's, this host's must be root's.
  const auto owner =
      globals.root.empty() ? load::TrustedOwner::root : load::TrustedOwner::root_or_me;
  const std::vector<load::Distrust> all = load::distrusted(files, loaded, owner);
  for (const load::Distrust& one : all)
    complain(fmt::format("{} {}: the services refuse it", diag::shown(one.path), one.why));
  if (!all.empty())
    complain(last_good_line(files));
}

void complain_about_absence(const Globals& globals, const std::vector<std::string>& places,
                            const load::Loaded& loaded) {
  complain_about(globals, loaded.findings);
  std::vector<std::string> names;
  for (const std::string& place : places)
    names.push_back(diag::shown(place));
  complain(names.empty()
               ? fmt::format("there is no policy: neither {} nor a drop-in", load::main_path)
               : fmt::format("there is no policy in {}", fmt::join(names, ", ")));
}

PolicyOrExitCode policy_or_complaint(const Globals& globals) {
  return policy_or_complaint(globals, load_policy(globals));
}

PolicyOrExitCode policy_or_complaint(const Globals& globals, const load::Loaded& loaded) {
  if (loaded.policy)
    return loaded.policy;
  if (!loaded.found_any && !loaded.findings.has_errors()) {
    complain_about_absence(globals, globals.policy, loaded);
    return tl::unexpected(ExitCode::failed);
  }
  complain_about(globals, errors_of(loaded));
  complain("the policy has errors, so nothing was decided");
  if (globals.policy.empty())
    complain(last_good_line(host_files(globals)));
  return tl::unexpected(ExitCode::answer_is_no);
}

std::optional<decide::Facts> read_facts_file(const Globals& globals, const std::string& path) {
  const auto source = diag::read_source(path);
  if (!source) {
    complain(source.error().message);
    return std::nullopt;
  }
  diag::Sink sink;
  auto facts = host::parse_facts_file(*source, sink);
  if (!facts)
    complain_about(globals, sink);
  return facts;
}

std::optional<firmware::Table> read_nbft_file(const std::string& path) {
  auto table = firmware::read_table_file(base::RealFileSystem(), path);
  if (!table) {
    complain(table.error().message);
    return std::nullopt;
  }
  return std::move(*table);
}

decide::Facts host_facts(const Globals& globals, const policy::Policy& policy) {
  host::GatherRequest request{.policy = &policy};
  if (!globals.root.empty())
    request.network = host::GatherRequest::Network::unknown;
  if (auto options = fabrics::KernelFabricsPort(globals.root).kernel_options())
    request.kernel_options = std::move(*options);
  return host::gather(host_files(globals), request);
}

} // namespace nvmf::cli
