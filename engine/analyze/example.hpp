// An event that shows a finding, with what the matcher itself says of it.
#pragma once

#include "decide/decide.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <string>

namespace nvmf::analyze {

// `hostname` is set where a `hostname` clause had to hold; else the event means the same on every
// host. Pointers of `decision` lead into the policy it was made with.
struct Example {
  event::Event event;
  std::optional<std::string> hostname;
  decide::Decision decision;
};

// The event in one line: `discovered tcp 10.20.1.21:4420 nqn.2014-08.com.example:prod.db`, with
// what else it needs (host side, port id, source, udev properties) behind it in parentheses.
std::string describe(const event::Event& event, const std::optional<std::string>& hostname);

// The result of the decision: `connect by \`prod-volumes\``, `denied by \`retired-array\``,
// `ignored, no rule matched`.
std::string describe(const policy::Policy& policy, const decide::Decision& decision);

// Both, joined by ` → `: the witness of a finding.
std::string describe(const policy::Policy& policy, const Example& example);

} // namespace nvmf::analyze
