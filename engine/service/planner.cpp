#include "service/planner.hpp"

#include "analyze/reachability.hpp"
#include "event/event_file.hpp"
#include "execute/file_lock.hpp"
#include "host/controller_note.hpp"
#include "host/hand_over.hpp"
#include "host/identity.hpp"
#include "host/run_paths.hpp"
#include "load/last_good.hpp"
#include "plan/id.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"
#include "plan/waiting.hpp"
#include "service/logged_decision.hpp"
#include "systemd/message_ids.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::service {

namespace {

using decide::Outcome;
using systemd::JournalLine;
using systemd::Priority;

// The fields by which the journal can be searched for an event, and the event itself.
std::map<std::string, std::string> fields_of(const plan::Plan& plan) {
  const event::Event& event = plan.event;
  const base::Endpoint& endpoint = event.endpoint;
  return {{"NVMF_PLAN", plan.id},
          {"NVMF_EVENT", std::string(base::to_string(event.kind))},
          {"NVMF_TRANSPORT", std::string(base::to_string(endpoint.transport))},
          {"NVMF_TRADDR", to_text(endpoint.traddr)},
          {"NVMF_TRSVCID", endpoint.trsvcid ? std::to_string(*endpoint.trsvcid) : ""},
          {"NVMF_HOST_TRADDR", to_text(endpoint.host_traddr)},
          {"NVMF_HOST_IFACE", endpoint.host_iface},
          {"NVMF_SUBSYSNQN", event.subsystem_nqn},
          {"NVMF_TARGET", event.target},
          {"NVMF_DEVICE", event.device},
          {"NVMF_POLICY_DIGEST", plan.policy.digest},
          {event_file_field, event_field_text(event)}};
}

// `discover by storage-discovery`, `ignored: no-rule-matched`.
std::string outcome_text(const plan::Item& item) {
  std::string text(decide::to_string(item.outcome));
  if (item.decided_by)
    text += " by " + item.decided_by->name;
  if (item.reason)
    text += fmt::format(": {}", decide::to_string(*item.reason));
  if (!item.detail.empty())
    text += fmt::format(" ({})", item.detail);
  return text;
}

// An event that was refused whole is something that an administrator looks for; one that nobody
// wants is not.
Priority priority_of(const plan::Plan& plan) {
  if (!plan.items.empty() && plan.items.front().outcome == decide::Outcome::refused)
    return Priority::notice;
  return is_wanted(plan) ? Priority::info : Priority::debug;
}

JournalLine line_for(const plan::Plan& plan) {
  JournalLine line{.priority = priority_of(plan),
                   .message_id = systemd::message::event_planned,
                   .message = event::to_line(plan.event),
                   .fields = fields_of(plan)};
  if (plan.undecided) {
    line.message_id = systemd::message::event_undecided;
    line.message += ": handed over undecided";
    return line;
  }
  if (plan.items.empty())
    return line;
  const plan::Item& first = plan.items.front();
  line.message += ": " + outcome_text(first);
  line.fields["NVMF_OUTCOME"] = decide::to_string(first.outcome);
  if (first.reason)
    line.fields["NVMF_REASON"] = decide::to_string(*first.reason);
  if (first.decided_by)
    line.fields["NVMF_RULE"] = first.decided_by->name;
  return line;
}

load::InForce load_for_services(const base::FileSystem& files) {
  return load::load_in_force(files, load::LastGoodPlace::run_then_var);
}

// The problem of the policy that the journal has already; where it is not known, it is reported
// again.

constexpr std::size_t longest_problem = 64 << 10;

// A line for each change of the problem, and not for each sweep. Empty: there is none.
void report_problem(const PlannerWorld& world, const std::string& problem) {
  const auto reported = world.files.read(host::reported_problem, longest_problem);
  if (problem.empty()) {
    if (reported)
      (void)world.files.remove(host::reported_problem);
    return;
  }
  if (reported && *reported == problem)
    return;
  world.journal.write({.priority = Priority::warning,
                       .message_id = systemd::message::policy_broken,
                       .message = problem});
  (void)world.files.write_atomically(host::reported_problem, problem, 0644);
}

} // namespace

std::shared_ptr<const policy::Policy> policy_for_services(const PlannerWorld& world) {
  const load::InForce in_force = load_for_services(world.files);
  report_problem(world, !in_force.why.empty() && in_force.current.found_any ? in_force.consequence()
                                                                            : std::string());
  if (!in_force.policy || in_force.fallback)
    return in_force.policy;
  const auto stored = load::store_last_good(world.files, in_force.current, base::SystemClock());
  if (!stored)
    world.journal.write(
        {.priority = Priority::debug, .message = "last good policy: " + stored.error().message});
  return in_force.policy;
}

bool is_in_force(const base::FileSystem& files, const policy::Policy& policy) {
  const auto now = load_for_services(files).policy;
  return now && now->digest == policy.digest;
}

plan::Plan plan_event(const policy::Policy& policy, const decide::Facts& facts,
                      const event::Event& event) {
  plan::Run run(policy, facts, event);
  run.decide_event();
  return run.plan();
}

plan::Plan with_noted_id(const base::FileSystem& files, plan::Plan plan) {
  if (!plan.event.device.empty())
    if (auto noted = host::read_controller_note(files, plan.event.device))
      plan.id = std::move(noted->id);
  return plan;
}

plan::Plan undecided_plan(const base::FileSystem& files, const event::Event& event) {
  event::Event identified = event;
  if (identified.host_nqn.empty())
    identified.host_nqn = host::read_host_identity(files).hostnqn;
  return {.id = plan::endpoint_id(identified), .event = event, .undecided = true};
}

bool is_wanted(const plan::Plan& plan) {
  return plan.undecided ||
         std::any_of(plan.items.begin(), plan.items.end(), [](const plan::Item& item) {
           return item.outcome == Outcome::discover || item.outcome == Outcome::connect ||
                  plan::waits_for_network(item) || plan::waits_for_look(item);
         });
}

bool is_adopted(const plan::Plan& plan) {
  return std::any_of(plan.items.begin(), plan.items.end(), [](const plan::Item& item) {
    return item.firmware && (item.outcome == Outcome::keep || item.outcome == Outcome::differs);
  });
}

base::Result<void> start_executor(const base::FileSystem& files, systemd::UnitStarter& units) {
  // Not its device, which the sandboxes of boot and sweep hide.
  if (!files.exists("/sys/class/nvme-fabrics"))
    static_cast<void>(units.start("modprobe@nvme_fabrics.service"));
  return units.start(host::connect_unit);
}

base::Result<void> hand_over(const PlannerWorld& world, const plan::Plan& decided) {
  const plan::Plan plan = with_noted_id(world.files, decided);
  const bool wanted = is_wanted(plan) || is_adopted(plan);
  if (wanted) {
    if (auto submitted = host::HandOver(world.files).submit(plan); !submitted) {
      world.journal.write(
          {.priority = Priority::error,
           .message_id = systemd::message::hand_over_failed,
           .message = "the plan could not be handed over: " + submitted.error().message,
           .fields = fields_of(plan)});
      return submitted;
    }
  }
  world.journal.write(line_for(plan));
  // Without a manager to be reached in time the path unit starts it; nothing is lost. An executor
  // that ends looks for requests once more after it has let its lock go.
  if (wanted && !execute::is_held(world.root + std::string(host::executor_lock)))
    static_cast<void>(start_executor(world.files, world.units));
  return {};
}

} // namespace nvmf::service
