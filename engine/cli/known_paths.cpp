#include "cli/known_paths.hpp"

#include "base/nearest.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "cli/names_text.hpp"
#include "cli/path_text.hpp"
#include "cli/remedy.hpp"
#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"
#include "host/kept_away.hpp"
#include "plan/endpoints.hpp"
#include "plan/id.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using base::Subject;
using decide::Outcome;
using execute::State;

class Finder {
public:
  Finder(const StatusReport& report, const policy::Policy& policy, const decide::Facts& facts,
         const plan::AskRouting& routing, const std::string& name)
      : report_(report), policy_(policy), facts_(facts), routing_(routing), name_(name),
        address_(base::Traddr::parse_any(name)) {}

  KnownPaths find() {
    for (const State& state : report_.states) {
      look_at(state);
      note_nqns(state);
    }
    for (const policy::Target& target : policy_.targets)
      for (const event::Event& event : plan::target_events(policy_, facts_, target))
        decide_alone(event, Listing{.target = target.name, .subject = event.subject});
    for (const policy::Target& target : policy_.targets)
      known_.nqns.insert(target.subsystem_nqn);
    look_at_controllers();
    look_at_kept_away();
    known_.nqns.erase(std::string()); // discovery controllers' targets have none
    if (known_.paths.empty())
      for (const State& state : report_.states)
        note_lost_logs(state);
    for (KnownPath& one : known_.paths)
      one.host = ask_host(policy_, facts_, one.event, routing_, HostAnswer{.items = {one.item}});
    for (const std::string& damaged : report_.damaged)
      known_.unknown.push_back(base::escaped(damaged));
    for (const std::string& id : report_.waiting)
      known_.unknown.push_back(fmt::format("request {} waits for its service", id));
    known_.in_charge = report_.in_charge;
    known_.now = report_.now;
    return std::move(known_);
  }

private:
  bool is_named(const std::string& nqn, const std::optional<base::Traddr>& traddr) const {
    return (!nqn.empty() && nqn == name_) || (address_ && traddr && traddr->same_as(*address_));
  }
  bool is_named(const plan::Tid& tid) const {
    return is_named(tid.subsystem_nqn, tid.endpoint ? tid.endpoint->traddr : std::nullopt);
  }

  // The path of the item, new or known.
  KnownPath& path_for(const plan::Item& item, const event::Event& event) {
    const std::string key = plan::path_key(item.subject, item.tid);
    for (KnownPath& one : known_.paths)
      if (plan::path_key(one.item.subject, one.item.tid) == key) {
        // Of two sources that list it the one that wants it decides.
        if (is_before(item, one.item)) {
          one.item = item;
          one.event = event;
        }
        return one;
      }
    known_.paths.push_back({.item = item, .event = event});
    return known_.paths.back();
  }

  static bool is_before(const plan::Item& item, const plan::Item& other) {
    const std::vector<plan::Item> both{other, item};
    return foremost(both).outcome != other.outcome;
  }

  void look_at(const State& state) {
    plan::Run run(policy_, facts_, plan::for_target(policy_, facts_, state.plan.event),
                  {.explain_ignored = true, .routing = routing_});
    run.decide_event();
    const Listing own{.target = state.plan.event.target,
                      .subject = state.plan.event.subject,
                      .tid = run.items().front().tid};
    std::vector<Listing> listings(run.items().size(), own); // of each item
    for (std::size_t at = 0; at < run.items().size(); ++at) {
      take(run, at, listings[at], state);
      if (const execute::LogRecord* const log = log_of(state, run.items()[at])) {
        read(run, at, *log, state);
        listings.resize(run.items().size(), listing_of(state, *log));
      }
    }
    note_unread_logs(state);
  }

  Listing listing_of(const State& state, const execute::LogRecord& log) const {
    Listing listing{
        .target = state.plan.event.target, .tid = log.tid, .entries = log.log.entries.size()};
    if (log.read <= report_.now)
      listing.age = report_.now - log.read;
    return listing;
  }

  static const execute::LogRecord* log_of(const State& state, const plan::Item& item) {
    if (item.subject != Subject::discovery_controller)
      return nullptr;
    const std::string key = plan::path_key(item.subject, item.tid);
    auto found = std::find_if(state.logs.begin(), state.logs.end(), [&](const auto& log) {
      return plan::path_key(Subject::discovery_controller, log.tid) == key;
    });
    // It was read as another host, or from another host side.
    if (found == state.logs.end())
      found = std::find_if(state.logs.begin(), state.logs.end(), [&](const auto& log) {
        return item.tid.endpoint && log.tid.endpoint &&
               item.tid.endpoint->same_port(*log.tid.endpoint);
      });
    return found == state.logs.end() ? nullptr : &*found;
  }

  // A discovery controller that the policy does not want any more decides nothing about its
  // entries.
  void read(plan::Run& run, std::size_t parent, const execute::LogRecord& log, const State& state) {
    const plan::Item& item = run.items()[parent];
    if (item.outcome == Outcome::refused)
      known_.unknown.push_back(
          fmt::format("{} is explained as if this host did not refuse the discovery controller: "
                      "{}{}{}",
                      event_text(state.plan.event), item.reason ? to_string(*item.reason) : "",
                      item.detail.empty() ? "" : ": ", base::escaped(item.detail)));
    if (item.outcome == Outcome::discover || item.outcome == Outcome::refused) {
      const bool has_own_name = log.tid.subsystem_nqn != base::well_known_discovery_nqn;
      run.decide_log(parent, log.log, has_own_name ? log.tid.subsystem_nqn : std::string());
      if (log.log.truncated)
        known_.unknown.push_back(fmt::format("the log of {} is cut off: it may list more",
                                             event_text(state.plan.event)));
      return;
    }
    const bool lists_it = std::any_of(
        log.log.entries.begin(), log.log.entries.end(), [&](const event::LogEntry& entry) {
          return is_named(entry.subnqn, base::Traddr::parse_any(entry.traddr));
        });
    if (lists_it)
      known_.unknown.push_back(
          fmt::format("the log of {} lists it, and is not read any more: the discovery controller "
                      "itself is {}",
                      event_text(state.plan.event), to_string(item.outcome)));
  }

  void take(const plan::Run& run, std::size_t at, const Listing& listing, const State& state) {
    const plan::Item& item = run.items()[at];
    if (!is_named(item.tid) || item.reason == decide::Reason::duplicate_of)
      return;
    KnownPath& one = path_for(item, run.event_of(at));
    one.listed_by.push_back(listing);
    if (state.phase == execute::Phase::cancelled) {
      one.resume_source = resume_command(state.plan.event.subject, run.items().front().tid);
      return;
    }
    const std::string key = plan::path_key(item.subject, item.tid);
    for (const execute::PathRecord& path : state.paths)
      if (plan::path_key(path.subject, path.tid) == key)
        one.path = path;
  }

  void note_nqns(const State& state) {
    for (const execute::LogRecord& log : state.logs)
      for (const event::LogEntry& entry : log.log.entries)
        known_.nqns.insert(entry.subnqn);
    for (const plan::Item& item : state.plan.items)
      if (item.subject == Subject::io_subsystem)
        known_.nqns.insert(item.tid.subsystem_nqn);
    for (const execute::PathRecord& path : state.paths)
      if (path.subject == Subject::io_subsystem)
        known_.nqns.insert(path.tid.subsystem_nqn);
  }

  // Its log may list what is asked about.
  void note_unread_logs(const State& state) {
    for (const execute::PathRecord& path : state.paths) {
      const bool is_unread = path.subject == Subject::discovery_controller &&
                             path.state != execute::PathState::live &&
                             state.phase != execute::Phase::cancelled && !is_named(path.tid);
      if (is_unread && path.tid.endpoint)
        known_.unknown.push_back(fmt::format("the log of {} {} cannot be read now: {}: {}",
                                             to_string(path.tid.endpoint->transport),
                                             address_text(*path.tid.endpoint), state_word(path),
                                             why_text(path, nullptr, report_.now)));
    }
    if (state.phase == execute::Phase::failed)
      known_.unknown.push_back(
          fmt::format("{} failed: {}", event_text(state.plan.event), base::escaped(state.why)));
  }

  // The remains of a log that was read and is not there any more: the outcomes of its entries.
  void note_lost_logs(const State& state) {
    for (const plan::Item& item : state.plan.items)
      if (item.parent && state.logs.empty() && is_named(item.tid))
        known_.unknown.push_back(fmt::format(
            "{} listed {} once: {}{}{}; the log itself is not there any more",
            event_text(state.plan.event),
            item.tid.endpoint ? address_text(*item.tid.endpoint) : item.tid.subsystem_nqn,
            item.reason ? to_string(*item.reason) : to_string(item.outcome),
            item.detail.empty() ? "" : ": ", base::escaped(item.detail)));
  }

  // An event that no state has.
  void decide_alone(const event::Event& event, std::optional<Listing> listing) {
    if (!is_named(event.subsystem_nqn, event.endpoint.traddr))
      return;
    plan::Run run(policy_, facts_, plan::for_target(policy_, facts_, event),
                  {.explain_ignored = true, .routing = routing_});
    run.decide_event();
    for (std::size_t at = 0; at < run.items().size(); ++at) {
      const plan::Item& item = run.items()[at];
      const std::size_t before = known_.paths.size();
      KnownPath& one = path_for(item, run.event_of(at));
      if (listing && known_.paths.size() > before) {
        listing->tid = item.tid;
        one.listed_by.push_back(*listing);
      }
    }
  }

  bool is_known(const decide::Controller& controller) const {
    return std::any_of(known_.paths.begin(), known_.paths.end(), [&](const KnownPath& one) {
      return one.item.device == controller.device ||
             (one.path && one.path->device == controller.device);
    });
  }

  void look_at_controllers() {
    if (!facts_.controllers) {
      known_.unknown.emplace_back("the controllers of this host are not known");
      return;
    }
    for (const decide::Controller& controller : *facts_.controllers) {
      if (!controller.is_discovery())
        known_.nqns.insert(controller.subsystem_nqn);
      if (!is_named(controller.subsystem_nqn, controller.endpoint.traddr) || is_known(controller))
        continue;
      const std::size_t before = known_.paths.size();
      decide_alone(controller.is_discovery()
                       ? plan::connected_event(controller, base::EventKind::discovery_log_changed)
                       : event::Event{.kind = base::EventKind::discovered,
                                      .subject = Subject::io_subsystem,
                                      .endpoint = controller.endpoint,
                                      .subsystem_nqn = controller.subsystem_nqn,
                                      .host_nqn = controller.host_nqn,
                                      .hostid = controller.hostid},
                   std::nullopt);
      for (std::size_t at = before; at < known_.paths.size(); ++at)
        known_.paths[at].item.device = controller.device;
    }
  }

  void look_at_kept_away() {
    for (const event::Event& event : report_.all_kept_away) {
      if (!is_named(event.subsystem_nqn, event.endpoint.traddr))
        continue;
      decide_alone(event, std::nullopt);
      const std::string marked = host::kept_away_path(host::kept_away_tid(event), event.subject);
      for (KnownPath& one : known_.paths)
        if (host::kept_away_path(one.item.tid, one.item.subject) == marked)
          one.is_kept_away = true;
    }
  }

  const StatusReport& report_;
  const policy::Policy& policy_;
  const decide::Facts& facts_;
  const plan::AskRouting& routing_;
  const std::string& name_;
  std::optional<base::Traddr> address_;
  KnownPaths known_;
};

} // namespace

base::Result<KnownPaths> find_known_paths(base::FileSystem& files, const base::Clock& clock,
                                          const policy::Policy& policy, const decide::Facts& facts,
                                          const plan::AskRouting& routing,
                                          const std::string& name) {
  const auto report = gather_status(files, clock);
  if (!report)
    return tl::unexpected(report.error());
  return Finder(*report, policy, facts, routing, name).find();
}

std::vector<std::string> near_nqns(const KnownPaths& known, const std::string& name) {
  constexpr std::size_t most = 3;
  const auto is_same_letter = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  std::vector<std::string> near;
  if (name.empty())
    return near;
  for (const std::string& nqn : known.nqns)
    if (near.size() < most &&
        std::search(nqn.begin(), nqn.end(), name.begin(), name.end(), is_same_letter) != nqn.end())
      near.push_back(nqn);
  if (!near.empty())
    return near;
  const std::vector<std::string> all(known.nqns.begin(), known.nqns.end());
  if (auto one = base::nearest(name, all))
    near.push_back(std::move(*one));
  return near;
}

std::string remedy_for(const KnownPath& one, bool in_charge) {
  if (one.is_kept_away)
    return resume_command(one.item.subject, one.item.tid);
  if (one.path)
    return remedy_for(*one.path);
  if (!one.resume_source.empty())
    return one.resume_source;
  if (const std::string remedy = remedy_for(one.item, &one.event); !remedy.empty())
    return remedy;
  const bool is_wanted =
      one.item.outcome == Outcome::connect || one.item.outcome == Outcome::discover;
  if (!is_wanted)
    return {};
  return in_charge ? "nvmf-policy boot" : "systemctl enable --now nvmf-policy.service";
}

} // namespace nvmf::cli
