// The entries of a discovery log, explained as the plan decides them.
#pragma once

#include "cli/explanation.hpp"
#include "decide/facts.hpp"
#include "event/log_entry.hpp"

#include <string>
#include <vector>

namespace nvmf::cli {

struct ExplainedLog {
  // The questions put to guards and rules, in log order; the event itself where its log is not
  // read.
  std::vector<Explanation> explanations;
  // Why others were not, one sentence each, in log order.
  std::vector<std::string> notes;
};

// `event` is that of the discovery controller whose log it is, its identity filled in. Its log is
// read if a rule discovers it, whatever this host would refuse. Pointers of the result lead into
// `policy`.
ExplainedLog explain_log(const policy::Policy& policy, const decide::Facts& facts,
                         const event::Event& event, const event::DiscoveryLog& log,
                         const plan::AskRouting& routing = {});

} // namespace nvmf::cli
