// A session with hands that live in simulated time: probes, writes and log reads take as long as
// the test says and answer what it says, in the order of their times. Nothing sleeps.
#pragma once

#include "base/nqn.hpp"
#include "execute/session.hpp"
#include "fabrics/fake_port.hpp"

#include <deque>
#include <doctest/doctest.h>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nvmf::test {

using namespace std::chrono_literals;

// Nobody else retries anything, unless the test says so.
class FakeLocks final : public execute::EndpointLocks {
public:
  std::map<std::string, std::string> others; // traddr → holder
  std::set<std::string> held;
  std::set<std::string> sources; // that hold
  std::optional<std::string> hold(const plan::Tid& tid, const std::string& source) override {
    std::string const key = tid.endpoint->traddr->to_string();
    if (auto other = others.find(key); other != others.end())
      return other->second;
    held.insert(key + " " + tid.subsystem_nqn);
    sources.insert(source);
    return std::nullopt;
  }
  void release(const plan::Tid& tid) override {
    held.erase(tid.endpoint->traddr->to_string() + " " + tid.subsystem_nqn);
  }
};

// A policy that discovers and connects everything; tests change the rules.
inline std::shared_ptr<policy::Policy> connect_everything() {
  auto policy = std::make_shared<policy::Policy>();
  policy->digest = "sha256:test";
  policy->files.push_back(
      {.path = "/etc/nvmf/autoconnect.yaml", .name = "50-autoconnect", .is_main = true});
  policy->main_file = 0;
  policy->identities["default"] = {.name = "default"};
  policy::Rule discover{.name = "discover", .full_name = "50-autoconnect/discover"};
  discover.match.any = true;
  discover.action = policy::Action::discover;
  discover.applies_to = {.discovery_controllers = true, .io_subsystems = false};
  policy::Rule connect{.name = "connect", .full_name = "50-autoconnect/connect"};
  connect.match.any = true;
  connect.action = policy::Action::connect;
  connect.applies_to = {.discovery_controllers = false, .io_subsystems = true};
  connect.retry.jitter_percent = 0;
  discover.retry.jitter_percent = 0;
  policy->rules = {discover, connect};
  return policy;
}

// A subsystem of its own at each address.
inline std::vector<event::LogEntry> entries_at(std::initializer_list<const char*> addresses) {
  std::vector<event::LogEntry> entries;
  for (const char* address : addresses)
    entries.push_back(subsystem_entry(address, std::string("nqn.2024-01.com.example:") + address));
  return entries;
}

// A probe's answer with that errno.
inline base::Result<void> no_answer(int code) { return base::errno_failure("probe", code); }

inline base::Traddr ip(const std::string& text) { return *base::Traddr::parse_any(text); }

// An AEN of the connected discovery controller nvme0 at 192.0.2.1:8009.
inline plan::Plan aen_of_nvme0() {
  plan::Plan plan{.id = "0123456789abcdef"};
  plan.event.kind = base::EventKind::discovery_log_changed;
  plan.event.endpoint.transport = base::Transport::tcp;
  plan.event.endpoint.traddr = ip("192.0.2.1");
  plan.event.endpoint.trsvcid = 8009;
  plan.event.discovery_nqn = std::string(base::well_known_discovery_nqn);
  plan.event.host_nqn = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
  plan.event.hostid = "11111111-2222-3333-4444-555555555555";
  plan.event.device = "nvme0";
  return plan;
}

class Simulation {
public:
  base::Duration now{0};
  std::shared_ptr<policy::Policy> policy = connect_everything();
  decide::Facts facts;
  FakeLocks locks;
  std::string secret_state = "one";
  std::set<std::string> kept_away;               // addresses of what an administrator disconnected
  std::map<std::string, base::Duration> doubted; // until then it is not known
  plan::AskRouting routing;                      // what the kernel's routing chooses; none: unknown
  plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
  std::unique_ptr<execute::Session> session;

  // Scripts. The defaults: probes are answered after 1 ms, writes connect after 100 ms, logs are
  // those of `logs` after 10 ms.
  std::function<base::Result<void>(const fabrics::ProbeTarget&)> probe;
  base::Duration probe_latency = 1ms;
  std::function<execute::WriteOutcome(const execute::WriteRequest&)> write;
  std::map<std::string, event::DiscoveryLog> logs; // by device
  std::function<execute::LogOutcome(const execute::LogRequest&)> read;

  // The history, for the checks.
  struct Write {
    base::Duration at;
    std::string traddr;
    std::string nqn;
  };
  std::vector<Write> writes;
  std::vector<base::Duration> probes;
  std::vector<std::string> log_reads;
  std::vector<std::string> disconnects;
  std::vector<std::string> kept;        // whose events come to this session
  std::vector<std::string> independent; // whose events have sessions of their own
  std::vector<std::string> adopted;     // for the firmware
  std::vector<std::string> lines;
  unsigned finished = 0;
  unsigned most_probes = 0;

  Simulation() {
    decide::Controller dc{.device = "nvme0",
                          .state = "live",
                          .type = decide::ControllerType::discovery,
                          .endpoint = {.traddr = ip("192.0.2.1"), .trsvcid = 8009},
                          .subsystem_nqn = std::string(base::well_known_discovery_nqn)};
    auto const plan = aen_of_nvme0();
    dc.host_nqn = plan.event.host_nqn;
    dc.hostid = plan.event.hostid;
    facts.controllers.emplace({dc});
    facts.identity = {.hostnqn = dc.host_nqn, .hostid = dc.hostid};
    facts.interfaces.emplace();
    open();
  }

  // A new executor; `remembered` is what the one before wrote.
  void open(std::optional<execute::State> remembered = std::nullopt,
            std::set<std::string> left_behind = {}) {
    pending_.clear();
    session = std::make_unique<execute::Session>(execute::Session::Setup{
        .id = "0123456789abcdef",
        .locks = &locks,
        .random = [] { return 0.5; },
        .fingerprint = [this](const plan::Item&) { return secret_state; },
        .remembered = std::move(remembered),
        .left_behind = std::move(left_behind),
        .keeping =
            [this](const plan::Item& item, const std::string& digest, base::Duration at) {
              using Kind = host::Keeping::Kind;
              std::string const address = item.tid.endpoint->traddr->to_string();
              if (digest != policy->digest)
                return host::Keeping();
              if (auto const doubt = doubted.find(address);
                  doubt != doubted.end() && at < doubt->second)
                return host::Keeping{.kind = Kind::until, .until = doubt->second};
              return host::Keeping{.kind = kept_away.contains(address) ? Kind::for_good : Kind::no};
            },
        .routing = [this](const plan::Tid& tid) { return routing ? routing(tid) : std::nullopt; },
        .discovery = discovery});
  }

  execute::Session::World world() { return {.policy = policy, .facts = facts, .now = now}; }

  void request(plan::Plan plan, execute::Session::Claim claim = execute::Session::Claim::fresh) {
    session->request(std::move(plan), claim, world());
    drain();
  }

  // Runs until nothing happens any more, or until `limit` (from now).
  void run(base::Duration limit) {
    base::Duration const end = now + limit;
    for (;;) {
      drain();
      auto next = session->next_time(now);
      if (!pending_.empty() && (!next || pending_.begin()->first <= *next))
        next = pending_.begin()->first;
      if (!next || *next > end)
        break;
      now = std::max(now, *next);
      if (!pending_.empty() && pending_.begin()->first <= now) {
        auto const answer = std::move(pending_.begin()->second);
        pending_.erase(pending_.begin());
        answer();
      } else {
        session->tick(now);
      }
    }
    now = end;
    drain();
  }

  void set_log(const std::string& device, std::vector<event::LogEntry> entries) {
    event::DiscoveryLog log{.genctr = ++genctr_, .numrec = entries.size()};
    log.entries = std::move(entries);
    logs[device] = std::move(log);
  }

  // The state of the path to an address, as its word and what it waits for.
  std::string state_of(const std::string& traddr) const {
    for (const execute::PathRecord& path : session->state().paths)
      if (path.tid.endpoint->traddr->to_string() == traddr)
        return std::string(to_string(path.state)) +
               (path.error_class ? " " + std::string(to_string(*path.error_class)) : "");
    return "none";
  }
  std::vector<base::Duration> write_times(const std::string& traddr) const {
    std::vector<base::Duration> times;
    for (const Write& each : writes)
      if (each.traddr == traddr)
        times.push_back(each.at);
    return times;
  }

private:
  void later(base::Duration delay, std::function<void()> answer) {
    pending_.emplace(now + delay, std::move(answer));
  }

  void drain() {
    for (auto actions = session->take_actions(); !actions.empty();
         actions = session->take_actions())
      for (const execute::Action& each : actions)
        std::visit([this](const auto& action) { act(action); }, each);
  }

  void act(const execute::action::StartProbe& action) {
    probes.push_back(now);
    most_probes = std::max(most_probes, ++in_flight_);
    auto answer = probe ? probe(action.target) : base::Result<void>();
    bool const silent = !answer && (answer.error().code == ETIMEDOUT ||
                                    answer.error().code == fabrics::probe_silent_code);
    later(silent ? action.timeout : probe_latency, [this, action, answer] {
      --in_flight_;
      session->probe_done(action.path, answer, now);
    });
  }
  void act(const execute::action::StopProbe&) {}
  void act(const execute::action::Write& action) {
    CHECK_MESSAGE(!writing_, "one write at a time");
    writing_ = true;
    const plan::Tid& tid = action.request.item.tid;
    writes.push_back({now, tid.endpoint->traddr->to_string(), tid.subsystem_nqn});
    execute::WriteOutcome outcome{.kind = execute::WriteOutcome::Kind::connected,
                                  .device = "nvme" + std::to_string(10 + writes.size()),
                                  .took = 100ms};
    if (write)
      outcome = write(action.request);
    later(outcome.took, [this, action, outcome] {
      writing_ = false;
      session->write_done(action.path, outcome, now);
    });
  }
  void act(const execute::action::ReadLog& action) {
    log_reads.push_back(action.request.device);
    execute::LogOutcome outcome;
    if (read) {
      outcome = read(action.request);
    } else if (auto found = logs.find(action.request.device); found != logs.end()) {
      outcome.kind = execute::LogOutcome::Kind::read;
      outcome.log = found->second;
    } else {
      outcome.kind = execute::LogOutcome::Kind::gone;
    }
    later(10ms, [this, action, outcome] { session->log_done(action.path, outcome, world()); });
  }
  void act(const execute::action::Disconnect& action) {
    disconnects.push_back(action.device);
    later(50ms, [this] { session->disconnect_done(now); });
  }
  void act(const execute::action::Keep& action) {
    bool const here = action.events == execute::action::Keep::Events::here;
    (here ? kept : independent).push_back(action.device);
  }
  void act(const execute::action::Adopt& action) { adopted.push_back(action.device); }
  void act(const execute::action::Log& action) { lines.push_back(action.line.message); }
  void act(const execute::action::Save&) {}
  void act(const execute::action::Finish&) { ++finished; }
  void act(const execute::action::Progress&) {}
  void act(const execute::action::BeginAgain& action) { session->begin(world(), action.logs); }

  std::multimap<base::Duration, std::function<void()>> pending_;
  std::uint64_t genctr_ = 0;
  unsigned in_flight_ = 0;
  bool writing_ = false;
};

inline execute::WriteOutcome failure_of(fabrics::ErrorClass error_class,
                                        base::Duration took = 5ms) {
  return {.kind = execute::WriteOutcome::Kind::failed,
          .error_class = error_class,
          .reason = "as scripted",
          .took = took,
          .secrets = "one"};
}

} // namespace nvmf::test
