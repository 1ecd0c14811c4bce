// The last policy that loaded, kept so that a broken edit does not leave the services without one.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "load/load.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace nvmf::load {

inline constexpr const char* last_good_path = "/var/lib/nvmf/last-good";
inline constexpr const char* last_good_copy = "/run/nvmf/last-good"; // for boot and the planner

struct LastGood {
  std::shared_ptr<const policy::Policy> policy;
  std::chrono::system_clock::time_point stored_at;
  std::string path; // of the stored file
};

// `2025-11-22 11:00 UTC`.
std::string stored_text(std::chrono::system_clock::time_point stored_at);

// Stores the texts of `loaded` (which must hold a policy) at `last_good_path` and `last_good_copy`,
// each in one step, mode 0600. A copy that holds the same digest already is left alone. Writes the
// second place also when the first cannot be written; the failure is that of the first.
base::Result<void> store_last_good(base::FileSystem& files, const Loaded& loaded,
                                   const base::Clock& clock);

// Where to look: the planner and early boot never touch /var.
enum class LastGoodPlace : std::uint8_t { run_only, run_then_var };

// The stored policy, loaded again; the result has the same digest as what was stored. Nothing if
// none is stored, or it is damaged or does not load any more (another version wrote it).
std::optional<LastGood> restore_last_good(const base::FileSystem& files, LastGoodPlace place);

// The policy that a service decides with: the files as they are; the last good policy while they
// are broken or not to be trusted; nothing while there are no files, or none that ever loaded.
struct InForce {
  std::shared_ptr<const policy::Policy> policy; // null: nothing may be connected
  Loaded current;                               // the files as they are
  std::optional<LastGood> fallback;             // set when `policy` is the last good one
  std::string why; // why not the current files, or why no policy at all; empty: all is well

  // `why`, and what is used instead: "…; in use is the last good policy, stored 2025-11-22 11:00
  // UTC".
  std::string consequence() const;
};
InForce load_in_force(const base::FileSystem& files, LastGoodPlace place);

// The digest of the policy that is stored at `last_good_copy`, which was found right when it was
// stored; empty if there is none.
std::string last_good_digest(const base::FileSystem& files);

} // namespace nvmf::load
