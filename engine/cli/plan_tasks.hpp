// From the events that a command line asks for to the plans that are shown. Nothing is changed on
// the way; whose logs are asked is the caller's choice.
#pragma once

#include "base/result.hpp"
#include "cli/plan_events.hpp"
#include "cli/plan_text.hpp"
#include "decide/facts.hpp"
#include "event/log_entry.hpp"
#include "execute/one_log.hpp"
#include "plan/run.hpp"
#include "policy/policy.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// The log of the discovery controller that an item of the plan `id` discovers; nothing: it is not
// asked.
using AskLog = std::function<std::optional<base::Result<execute::OneLog>>(const plan::Item& item,
                                                                          const std::string& id)>;

// The parts that all plans of one call share.
struct PlanSetting {
  std::shared_ptr<const policy::Policy> policy;
  decide::Facts facts;
  AskLog ask_log;           // none: only logs from files are known
  plan::AskRouting routing; // none where the facts stand in for this host
};

// An event to decide, and its log where one was given.
struct PlanTask {
  ChosenEvent event;
  std::shared_ptr<const event::DiscoveryLog> log;
};

// The plans, in the order of the events; one for each target that an event is of. Says on standard
// error which log could not be read.
std::vector<ShownPlan> plan_tasks(const PlanSetting& setting, const std::vector<PlanTask>& tasks);

} // namespace nvmf::cli
