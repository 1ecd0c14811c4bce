// The end of what earlier sessions left below /run/nvmf: states, silent marks and kept-away marks
// that nobody needs any more. The rest is bounded by what is configured and connected.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "policy/policy.hpp"

#include <functional>
#include <string>

namespace nvmf::execute {

struct HostNow {
  const policy::Policy& policy; // in force
  const decide::Facts& facts;
  const base::Clock& clock;
};

// For which there was neither a write nor a request that long.
inline constexpr std::chrono::hours obsolete_age{1};

// Removes the states of sources that the policy does not want any more, and, after `obsolete_age`,
// those of which nothing is connected, tried, or named by the configuration: a lost path that was
// given up, a discovery controller that somebody disconnected. A source with a session
// (`is_served`) or a request stays. The caller is the executor or holds its lock.
void remove_obsolete_states(base::FileSystem& files, const HostNow& now,
                            const std::function<bool(const std::string& id)>& is_served);

// Removes marks that say nothing any more: of targets that stayed silent longer ago than any slow
// delay, and of paths that were kept away under another policy.
void remove_obsolete_marks(base::FileSystem& files, const policy::Policy& policy,
                           const base::Clock& clock);

} // namespace nvmf::execute
