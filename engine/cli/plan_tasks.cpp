#include "cli/plan_tasks.hpp"

#include "cli/names_text.hpp"
#include "cli/terminal.hpp"
#include "decide/outcome.hpp"
#include "event/from_entry.hpp"
#include "plan/target_of.hpp"

#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>
#include <variant>

namespace nvmf::cli {

namespace {

using decide::Outcome;

// The name of an item's discovery controller in a complaint.
std::string asked_name(const plan::Item& item) {
  return item.device.empty() ? address_text(item.tid.endpoint.value_or(base::Endpoint()))
                             : item.device;
}

// The items of one event: its own, then those of the logs that are at hand. `paths` are those of
// the plans before it, where there are several.
ShownPlan plan_for(const PlanSetting& setting, const event::Event& event,
                   const event::DiscoveryLog* given_log, plan::PathLedger* paths) {
  plan::Run run(*setting.policy, setting.facts, event,
                {.explain_ignored = true, .shared_paths = paths, .routing = setting.routing});
  const std::size_t own = run.decide_event().size();
  ShownPlan shown;
  std::map<std::size_t, std::string> own_nqns; // those that the logs told
  const auto decide = [&](std::size_t at, const event::DiscoveryLog& log, std::string own_nqn) {
    run.decide_log(at, log, own_nqn);
    own_nqns[at] = std::move(own_nqn);
    shown.log = LogKnowledge::read;
  };
  // A log may refer to further discovery controllers.
  for (std::size_t at = 0; at < run.items().size(); ++at) {
    const plan::Item item = run.items()[at];
    if (item.outcome != Outcome::discover)
      continue;
    if (given_log != nullptr) {
      if (at < own)
        decide(at, *given_log, event::own_nqn(*given_log, run.event_of(at)));
      continue;
    }
    const auto asked = setting.ask_log ? setting.ask_log(item, run.plan().id) : std::nullopt;
    if (!asked)
      continue;
    if (*asked) {
      decide(at, (*asked)->log, (*asked)->own_nqn);
      continue;
    }
    shown.log_problem = asked->error().message;
    complain(fmt::format("the log of {} was not read: {}", asked_name(item), shown.log_problem));
  }
  shown.plan = run.plan();
  for (const auto& [at, nqn] : own_nqns)
    if (!nqn.empty())
      shown.plan.items[at].tid.subsystem_nqn = nqn;
  return shown;
}

// An event from which nothing follows: one item, `event-ignored`, without any address.
ShownPlan ignored_event(const policy::Policy& policy, const std::string& why) {
  ShownPlan shown;
  for (const policy::File& file : policy.files)
    shown.plan.policy.files.push_back(file.path);
  shown.plan.policy.digest = policy.digest;
  shown.plan.items.push_back(plan::Item{
      .outcome = Outcome::ignored, .reason = decide::Reason::event_ignored, .detail = why});
  return shown;
}

} // namespace

std::vector<ShownPlan> plan_tasks(const PlanSetting& setting, const std::vector<PlanTask>& tasks) {
  std::vector<ShownPlan> shown;
  plan::PathLedger paths;
  for (const PlanTask& task : tasks) {
    const auto* event = std::get_if<event::Event>(&task.event);
    if (event == nullptr) {
      const std::string& why = std::get<event::MustNotTrigger>(task.event).why;
      shown.push_back(ignored_event(*setting.policy, why));
      continue;
    }
    const auto each = plan::for_targets(*setting.policy, setting.facts, *event);
    const bool several = tasks.size() > 1 || each.size() > 1;
    for (const event::Event& of_one : each)
      shown.push_back(plan_for(setting, of_one, task.log.get(), several ? &paths : nullptr));
  }
  return shown;
}

} // namespace nvmf::cli
