// A request's work with discovery controllers, their logs and the policy.
#include "execute/simulation.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::test;
using execute::LogOutcome;
using fabrics::ErrorClass;

namespace {

event::LogEntry referral_to(const std::string& address) {
  event::LogEntry entry =
      subsystem_entry(address, std::string(base::well_known_discovery_nqn), "8009");
  entry.subtype = event::EntrySubtype::referral;
  return entry;
}

} // namespace

TEST_CASE("an event of a connected discovery controller connects what its log lists") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11", "192.0.2.12"}));
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.log_reads == std::vector<std::string>{"nvme0"});
  CHECK(host.writes.size() == 3);
  CHECK(host.session->idle());
  CHECK(host.finished == 1);
  CHECK(host.disconnects.empty());
  auto const state = host.session->state();
  CHECK(state.phase == execute::Phase::done);
  CHECK(count_paths(state) == execute::PathCount{3, 3});
}

TEST_CASE("an empty log is a log") {
  Simulation host;
  host.set_log("nvme0", {});
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.session->idle());
  CHECK(host.finished == 1);
}

TEST_CASE("a new request reads the log again and leaves waiting paths their schedule") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1min;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.write = [](const execute::WriteRequest& request) {
    if (request.item.tid.endpoint->traddr->to_string() == "192.0.2.10")
      return failure_of(ErrorClass::refused);
    return execute::WriteOutcome{
        .kind = execute::WriteOutcome::Kind::connected, .device = "nvme9", .took = 10ms};
  };
  host.request(aen_of_nvme0());
  host.run(10s);
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11", "192.0.2.12"}));
  host.request(aen_of_nvme0());
  host.run(10s);
  CHECK(host.log_reads.size() == 2);
  CHECK(host.finished == 2);
  CHECK(host.write_times("192.0.2.10").size() == 1);
  CHECK(host.write_times("192.0.2.12").size() == 1);
  CHECK(host.state_of("192.0.2.10") == "waiting refused");
  host.run(1min);
  CHECK(host.write_times("192.0.2.10").size() == 2);
}

TEST_CASE("a request that comes while the log is read leads to another reading") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.request(aen_of_nvme0());
  host.request(aen_of_nvme0());
  host.run(5s);
  CHECK(host.log_reads.size() == 2);
  CHECK(host.finished == 1);
  CHECK(host.writes.size() == 1);
  CHECK(host.session->idle());
}

TEST_CASE("a path that the log no longer lists is not tried any more") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(100ms);
  host.set_log("nvme0", entries_at({"192.0.2.11"}));
  host.request(aen_of_nvme0());
  host.run(500ms);
  CHECK(host.state_of("192.0.2.10") == "none");
  std::size_t const tries = host.write_times("192.0.2.10").size();
  host.run(1h);
  CHECK(host.write_times("192.0.2.10").size() == tries);
  CHECK(host.write_times("192.0.2.11").size() > tries);
}

TEST_CASE("a path that was given up begins afresh with a new event") {
  Simulation host;
  host.policy->rules[1].retry.attempts = policy::RetrySettings::Attempts{1};
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.writes.size() == 1);
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.writes.size() == 2);
}

TEST_CASE("a device that is another one now leads to a new connection of the endpoint") {
  Simulation host;
  host.set_log("nvme11", entries_at({"192.0.2.10"}));
  // In sysfs it is still there when the event is decided; when it is opened it is gone.
  host.request(aen_of_nvme0());
  host.run(5s);
  REQUIRE(host.writes.size() == 2);
  CHECK(host.writes[0].traddr == "192.0.2.1");
  CHECK(host.writes[1].traddr == "192.0.2.10");
  CHECK(host.log_reads == std::vector<std::string>{"nvme0", "nvme11"});
}

TEST_CASE("a discovery controller that is not there is connected, and kept or not") {
  Simulation host;
  host.facts.controllers->clear();
  host.set_log("nvme11", entries_at({"192.0.2.10"}));
  auto plan = aen_of_nvme0();
  plan.event.device.clear();
  plan.event.kind = base::EventKind::boot;
  std::vector<std::string> expected;
  SUBCASE("persistent by default on tcp") {}
  SUBCASE("transient") {
    host.policy->rules[0].persistent = policy::Persistent::no;
    expected = {"nvme11"};
  }
  SUBCASE("persistent, where none is to stay") {
    host.discovery = plan::DiscoveryStay::until_read;
    host.open();
    expected = {"nvme11"};
  }
  SUBCASE("if supported, and it is not") {
    host.policy->rules[0].persistent = policy::Persistent::if_supported;
    expected = {"nvme11"};
  }
  SUBCASE("if supported, and another port of it says that it is") {
    host.policy->rules[0].persistent = policy::Persistent::if_supported;
    event::LogEntry self = subsystem_entry("192.0.2.2", "nqn.x:dc", "8009");
    self.subtype = event::EntrySubtype::current_discovery;
    self.eflags = event::eflag_explicit_persistent_connection;
    host.logs["nvme11"].entries.push_back(self);
    expected = {"nvme11"};
  }
  SUBCASE("if supported, and it is") {
    host.policy->rules[0].persistent = policy::Persistent::if_supported;
    event::LogEntry self = subsystem_entry("192.0.2.1", "nqn.x:dc", "8009");
    self.subtype = event::EntrySubtype::current_discovery;
    self.eflags = event::eflag_explicit_persistent_connection;
    host.logs["nvme11"].entries.push_back(self);
  }
  host.request(plan);
  host.run(5s);
  CHECK(host.disconnects == expected);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.session->idle());
  CHECK(host.finished == 1);
  auto const connected = host.session->connected_discovery_controllers();
  CHECK(connected.size() == (expected.empty() ? 1 : 0));
  if (!connected.empty())
    CHECK(connected[0].device == "nvme11");
}

TEST_CASE("ours is connected beside somebody else's discovery controller in passing") {
  Simulation host;
  host.facts.controllers->front().connect[base::OptionId::keep_alive_tmo] = std::int64_t{0};
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.set_log("nvme11", entries_at({"192.0.2.10", "192.0.2.11"}));
  decide::Controller own = host.facts.controllers->front();
  own.device = "nvme11";
  own.connect[base::OptionId::keep_alive_tmo] = std::int64_t{30};
  auto const connected = [](const char* device) {
    return execute::WriteOutcome{
        .kind = execute::WriteOutcome::Kind::connected, .device = device, .took = 5ms};
  };
  bool ours_is_refused = false;
  unsigned volumes = 0;
  host.write = [&](const execute::WriteRequest& request) {
    if (request.item.subject == base::Subject::io_subsystem)
      return connected(++volumes == 1 ? "nvme21" : "nvme22");
    if (ours_is_refused)
      return failure_of(ErrorClass::rejected);
    host.facts.controllers->push_back(own);
    return connected("nvme11");
  };
  SUBCASE("both logs are read") {
    host.request(aen_of_nvme0());
    host.run(5s);
    CHECK(host.log_reads == std::vector<std::string>{"nvme0", "nvme11"});
    CHECK(host.kept == std::vector<std::string>{"nvme11"});
    CHECK(host.state_of("192.0.2.11") == "live");
    CHECK(host.session->idle());
    CHECK(host.finished == 1);
    // From then on it serves.
    host.request(aen_of_nvme0());
    host.run(5s);
    CHECK(host.log_reads.size() == 3);
    CHECK(host.log_reads.back() == "nvme11");
    CHECK(host.write_times("192.0.2.1").size() == 1);
  }
  SUBCASE("it went before its log was read") {
    host.logs.erase("nvme0");
    host.request(aen_of_nvme0());
    host.run(5s);
    CHECK(host.log_reads == std::vector<std::string>{"nvme0", "nvme11"});
    CHECK(host.state_of("192.0.2.11") == "live");
  }
  SUBCASE("its log serves while ours is not there") {
    ours_is_refused = true;
    host.request(aen_of_nvme0());
    host.run(5s);
    CHECK(host.log_reads == std::vector<std::string>{"nvme0"});
    CHECK(host.state_of("192.0.2.10") == "live");
    CHECK(host.state_of("192.0.2.1") == "waiting rejected");
    CHECK(host.finished == 0);
    ours_is_refused = false;
    host.run(1h);
    CHECK(host.state_of("192.0.2.1") == "live");
    CHECK(host.log_reads == std::vector<std::string>{"nvme0", "nvme11"});
    CHECK(host.state_of("192.0.2.11") == "live");
    CHECK(host.finished == 1);
  }
  CHECK(host.disconnects.empty());
}

TEST_CASE("a unique discovery NQN is connected by, in place of the well-known one") {
  Simulation host;
  host.facts.controllers->clear();
  auto plan = aen_of_nvme0();
  plan.event.device.clear();
  host.read = [&](const execute::LogRequest& request) {
    LogOutcome outcome{.own_nqn = "nqn.2020-01.com.array:discovery"};
    outcome.kind = request.nqn == execute::LogRequest::Nqn::unique_first
                       ? LogOutcome::Kind::reconnect_as
                       : LogOutcome::Kind::read;
    return outcome;
  };
  SUBCASE("the array lets it") {
    host.request(plan);
    host.run(5s);
    REQUIRE(host.writes.size() == 2);
    CHECK(host.writes[1].nqn == "nqn.2020-01.com.array:discovery");
    CHECK(host.disconnects == std::vector<std::string>{"nvme11"});
    CHECK(host.session->state().paths[0].device == "nvme12");
  }
  SUBCASE("the array does not") {
    host.write = [](const execute::WriteRequest& request) {
      if (request.item.tid.subsystem_nqn != base::well_known_discovery_nqn)
        return failure_of(ErrorClass::rejected);
      return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                   .device = "nvme11"};
    };
    host.request(plan);
    host.run(5s);
    CHECK(host.disconnects.empty());
    CHECK(host.session->state().paths[0].device == "nvme11");
  }
  CHECK(host.finished == 1);
  CHECK(host.session->idle());
}

TEST_CASE("referrals are followed, in circles only once") {
  Simulation host;
  auto first = entries_at({"192.0.2.10"});
  first.push_back(referral_to("192.0.2.2"));
  first.push_back(referral_to("192.0.2.1"));
  host.set_log("nvme0", first);
  auto second = entries_at({"192.0.2.20"});
  second.push_back(referral_to("192.0.2.1"));
  host.read = [&](const execute::LogRequest& request) {
    LogOutcome outcome{.kind = LogOutcome::Kind::read};
    outcome.log = host.logs[request.device];
    if (request.device != "nvme0")
      outcome.log.entries = second;
    return outcome;
  };
  host.request(aen_of_nvme0());
  host.run(5s);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.state_of("192.0.2.20") == "live");
  CHECK(host.log_reads.size() == 2);
  CHECK(host.session->idle());
  // An event of the second must not take the place of the first.
  CHECK(host.kept.empty());
  CHECK(host.independent.size() == 1);
}

TEST_CASE("a discovery controller that nobody wants before its log was read does not stay") {
  Simulation host;
  host.facts.controllers->clear();
  auto plan = aen_of_nvme0();
  plan.event.device.clear();
  plan.event.kind = base::EventKind::boot;
  bool readable = false;
  host.read = [&](const execute::LogRequest&) {
    LogOutcome outcome{.kind = readable ? LogOutcome::Kind::read : LogOutcome::Kind::failed};
    outcome.error = {.message = "no answer", .code = EIO};
    return outcome;
  };
  auto const refuse = [&] {
    host.policy = std::make_shared<policy::Policy>(*host.policy);
    host.policy->digest = "sha256:another";
    host.policy->rules.clear();
    host.session->begin(host.world(), execute::action::BeginAgain::Logs::as_known);
  };
  std::vector<std::string> expected{"nvme11"};
  SUBCASE("its log cannot be read") {
    host.request(plan);
    host.run(1s);
  }
  SUBCASE("it is being connected") {
    host.request(plan);
    host.run(50ms);
  }
  SUBCASE("it was read, and was to stay: a change of the policy disconnects nothing") {
    readable = true;
    expected.clear();
    host.request(plan);
    host.run(1s);
    CHECK(host.kept == std::vector<std::string>{"nvme11"});
  }
  CHECK(host.writes.size() == 1);
  CHECK(host.disconnects.empty());
  refuse();
  host.run(5s);
  CHECK(host.disconnects == expected);
  CHECK(host.session->idle());
}

TEST_CASE("a referral that is away does not hold up the rest, and is asked again") {
  Simulation host;
  auto entries = entries_at({"192.0.2.10"});
  entries.push_back(referral_to("192.0.2.2"));
  host.set_log("nvme0", entries);
  bool there = false;
  host.probe = [&](const fabrics::ProbeTarget& target) {
    return target.address.bytes[3] == 2 && !there ? no_answer(ECONNREFUSED) : base::Result<void>();
  };
  host.read = [&](const execute::LogRequest& request) {
    LogOutcome outcome{.kind = LogOutcome::Kind::read};
    outcome.log = request.device == "nvme0" ? host.logs["nvme0"] : event::DiscoveryLog{};
    if (request.device != "nvme0")
      outcome.log.entries = entries_at({"192.0.2.20"});
    return outcome;
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.finished == 1);
  CHECK_FALSE(host.session->idle());
  there = true;
  host.run(10s);
  CHECK(host.state_of("192.0.2.20") == "live");
  CHECK(host.session->idle());
}

TEST_CASE("a log that cannot be read is read again, and the request stays until it was") {
  Simulation host;
  host.policy->rules[0].retry.first_delay = 2s;
  int failures = 2;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.read = [&](const execute::LogRequest& request) {
    LogOutcome outcome{.kind = LogOutcome::Kind::read};
    outcome.log = host.logs[request.device];
    if (failures-- > 0) {
      outcome.kind = LogOutcome::Kind::failed;
      outcome.error = {.message = "the log changed", .code = fabrics::log_unstable_code};
    }
    return outcome;
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.finished == 0);
  CHECK(host.state_of("192.0.2.1") == "waiting log-unstable");
  host.run(10s);
  CHECK(host.log_reads.size() == 3);
  CHECK(host.finished == 1);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("cancelled means that nothing new begins") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11", "192.0.2.12"}));
  host.request(aen_of_nvme0());
  host.run(50ms);
  CHECK(host.writes.size() == 1);
  host.session->cancel("stopped");
  host.run(1h);
  CHECK(host.writes.size() == 1);
  auto const state = host.session->state();
  CHECK(state.phase == execute::Phase::cancelled);
  CHECK(count_paths(state) == execute::PathCount{1, 3});
  CHECK(host.session->idle());
}

TEST_CASE("after a crash the retries go on where they were") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1min;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(30s);
  host.open(host.session->state());
  SUBCASE("the discovery controller answers") {}
  SUBCASE("the discovery controller is away") {
    host.facts.controllers->clear();
    host.probe = [](const fabrics::ProbeTarget& target) {
      return target.address.bytes[3] == 1 ? no_answer(ETIMEDOUT) : base::Result<void>();
    };
  }
  host.request(aen_of_nvme0(), execute::Session::Claim::resumed);
  host.run(20s);
  CHECK(host.write_times("192.0.2.10").size() == 1);
  host.run(15s);
  auto const times = host.write_times("192.0.2.10");
  REQUIRE(times.size() == 2);
  CHECK(times[1] - times[0] == 60006ms);
  CHECK(host.state_of("192.0.2.10") == "waiting refused");
}

TEST_CASE("an earlier executor's knowledge is forgotten with a path that no log lists") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1h;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(30s);
  host.open(host.session->state());
  host.request(aen_of_nvme0(), execute::Session::Claim::resumed);
  host.run(1s);
  CHECK(host.write_times("192.0.2.10").size() == 1);
  host.set_log("nvme0", {});
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "none");
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.write_times("192.0.2.10").size() == 2);
}

TEST_CASE("hostile logs connect nothing and end") {
  Simulation host;
  std::vector<event::LogEntry> entries;
  for (int i = 0; i < 500; ++i)
    entries.push_back(subsystem_entry("192.0.2.10", "nqn.2024-01.com.example:same"));
  entries.push_back(subsystem_entry("192.0.2.11", "nqn.x:a,nqn=nqn.y:b"));
  entries.push_back(subsystem_entry("192.0.2.12\n", "nqn.x:newline"));
  entries.push_back(subsystem_entry("192.0.2.13", "nqn.x:\x1b[31m"));
  host.set_log("nvme0", entries);
  host.request(aen_of_nvme0());
  host.run(5s);
  REQUIRE(host.writes.size() == 1);
  CHECK(host.writes[0].nqn == "nqn.2024-01.com.example:same");
  CHECK(host.session->idle());
  for (const std::string& line : host.lines)
    CHECK(line.find('\x1b') == std::string::npos);
}

TEST_CASE("another policy is obeyed at once, without reading the log again") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.write = [](const execute::WriteRequest& request) {
    return failure_of(request.item.tid.endpoint->traddr->to_string() == "192.0.2.10"
                          ? ErrorClass::invalid
                          : ErrorClass::refused);
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "given-up invalid");
  std::size_t const tries = host.write_times("192.0.2.11").size();
  host.policy = std::make_shared<policy::Policy>(*host.policy);
  host.policy->digest = "sha256:other";
  policy::Guard guard{.name = "away", .full_name = "50-autoconnect/away"};
  guard.match.all.push_back(
      {.key = policy::MatchKey::traddr, .values = {*base::IpAddress::parse("192.0.2.11")}});
  host.policy->guards.push_back(guard);
  host.session->begin(host.world(), execute::action::BeginAgain::Logs::as_known);
  host.run(1h);
  CHECK(host.log_reads.size() == 1);
  CHECK(host.write_times("192.0.2.10").size() == 2);
  CHECK(host.write_times("192.0.2.11").size() == tries);
  CHECK(host.state_of("192.0.2.11") == "none");
  CHECK(host.session->idle());
}

TEST_CASE(
    "what another controller's identity holds back is connected when that controller is gone") {
  Simulation host;
  const std::string hostid = "22222222-2222-3333-4444-555555555555";
  host.policy->identities["second"] = {.name = "second",
                                       .hostnqn =
                                           policy::TextOrFile{.text = "nqn.2014-08.x:second"},
                                       .hostid = policy::TextOrFile{.text = hostid}};
  host.policy->rules[1].identity = "second";
  decide::Controller theirs = host.facts.controllers->front();
  theirs.device = "nvme9";
  theirs.type = decide::ControllerType::io;
  theirs.endpoint.traddr = ip("192.0.2.99");
  theirs.subsystem_nqn = "nqn.2014-08.x:theirs";
  theirs.host_nqn = "nqn.2014-08.x:somebody";
  theirs.hostid = hostid;
  host.facts.controllers->push_back(theirs);
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.writes.empty());
  CHECK_FALSE(host.session->idle());
  host.facts.controllers->pop_back();
  host.run(1min);
  REQUIRE(host.writes.size() == 1);
  CHECK(host.log_reads.size() == 1);
}

TEST_CASE("a path that an administrator disconnected stays away until it is released") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.writes.size() == 2);

  // 192.0.2.10 is gone from sysfs (it never was in these facts) and noted as kept away.
  host.kept_away = {"192.0.2.10"};
  host.writes.clear();
  host.request(aen_of_nvme0());
  host.run(1h);
  CHECK(host.write_times("192.0.2.10").empty());
  CHECK(host.state_of("192.0.2.10") == "given-up");
  CHECK(host.session->idle());
  auto const state = host.session->state();
  auto const path = std::find_if(state.paths.begin(), state.paths.end(), [](const auto& each) {
    return each.tid.endpoint->traddr->to_string() == "192.0.2.10";
  });
  REQUIRE(path != state.paths.end());
  CHECK(path->reason == "removed-by-administrator");
  CHECK(path->device.empty());

  host.kept_away.clear();
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.write_times("192.0.2.10").size() == 1);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("deciding known logs again wakes nothing that waits") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1h;
  host.set_log("nvme0", entries_at({"192.0.2.1"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(1min);
  host.session->begin(host.world(), execute::action::BeginAgain::Logs::as_known);
  host.run(1min);
  CHECK(host.write_times("192.0.2.1").size() == 1);
}

TEST_CASE("what a log says of itself is asked first, then the log that refers to it") {
  struct Row {
    const char* name;
    const char* self; // of the referred one's own log
    bool self_says;
    bool parent_says;
    bool stays;
    event::EntrySubtype kind = event::EntrySubtype::current_discovery;
  };
  for (const Row& row : {Row{"its own word", "192.0.2.5", true, false, true},
                         Row{"a referral to it in its own log", "192.0.2.5", true, false, false,
                             event::EntrySubtype::referral},
                         Row{"a referral to it against the parent's", "192.0.2.5", false, true,
                             true, event::EntrySubtype::referral},
                         Row{"its own word against the parent's", "192.0.2.5", false, true, false},
                         Row{"the parent's", "192.0.2.6", false, true, true},
                         Row{"nobody's", "192.0.2.6", true, false, false}}) {
    CAPTURE(row.name);
    Simulation host;
    host.policy->rules[0].persistent = policy::Persistent::if_supported;
    event::LogEntry referral = referral_to("192.0.2.5");
    if (row.parent_says)
      referral.eflags = event::eflag_explicit_persistent_connection;
    host.set_log("nvme0", {referral});
    event::LogEntry self = subsystem_entry(row.self, "nqn.x:dc", "8009");
    self.subtype = row.kind;
    if (row.self_says)
      self.eflags = event::eflag_explicit_persistent_connection;
    host.set_log("nvme11", {self});
    host.request(aen_of_nvme0());
    host.run(5s);
    CHECK(host.disconnects.empty() == row.stays);
  }
}

TEST_CASE("a discovery controller that is not kept is asked again, unless none is to stay") {
  Simulation host;
  host.facts.controllers->clear();
  host.policy->rules[0].persistent = policy::Persistent::no;
  for (const char* device : {"nvme11", "nvme12", "nvme13", "nvme14", "nvme15"})
    host.set_log(device, {});
  auto plan = aen_of_nvme0();
  plan.event.device.clear();
  plan.event.kind = base::EventKind::boot;
  SUBCASE("every quarter of an hour") {
    host.request(plan);
    host.run(40min);
    CHECK(host.log_reads == std::vector<std::string>{"nvme11", "nvme12", "nvme13"});
    CHECK(host.disconnects == host.log_reads);
    CHECK(host.session->polls());
    CHECK(host.session->idle());
    CHECK(host.session->state().phase == execute::Phase::done);
  }
  SUBCASE("not in a program that ends") {
    host.policy->rules[0].poll = 10s;
    host.discovery = plan::DiscoveryStay::until_read;
    host.open();
    host.request(plan);
    host.run(40min);
    CHECK(host.log_reads == std::vector<std::string>{"nvme11"});
    CHECK_FALSE(host.session->polls());
  }
  SUBCASE("as often as its rule says") {
    host.policy->rules[0].poll = 10s;
    host.request(plan);
    host.run(35s);
    CHECK(host.log_reads.size() == 4);
  }
  SUBCASE("and each time it is let go, though sysfs still has it when its log is there") {
    host.policy->rules[0].poll = 10s;
    host.read = [&](const execute::LogRequest& request) {
      host.facts.controllers = {{.device = request.device,
                                 .state = "live",
                                 .type = decide::ControllerType::discovery,
                                 .endpoint = *request.item.tid.endpoint,
                                 .subsystem_nqn = std::string(base::well_known_discovery_nqn)}};
      return execute::LogOutcome{.kind = execute::LogOutcome::Kind::read};
    };
    host.request(plan);
    for (int i = 0; i < 4; ++i) {
      host.run(5s);
      for (const execute::LogRecord& log : host.session->state().logs)
        CHECK(log.device.empty());
      host.facts.controllers->clear();
      host.run(5s);
    }
    CHECK(host.disconnects.size() == host.log_reads.size());
    CHECK(host.log_reads.size() == 4);
  }
  SUBCASE("never") {
    host.policy->rules[0].poll = base::infinite_duration;
    host.request(plan);
    host.run(40min);
    CHECK(host.log_reads.size() == 1);
    CHECK_FALSE(host.session->polls());
  }
  SUBCASE("though it could not be connected the last time") {
    host.policy->rules[0].retry.attempts = policy::RetrySettings::Attempts{1};
    host.request(plan);
    host.run(1min);
    host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
    host.run(15min);
    CHECK(host.writes.size() == 2);
    host.write = nullptr;
    host.run(15min);
    CHECK(host.log_reads.size() == 2);
  }
  SUBCASE("not any more when nobody wants it") {
    host.request(plan);
    host.run(1min);
    auto changed = std::make_shared<policy::Policy>(*host.policy);
    changed->digest = "sha256:other";
    changed->rules.erase(changed->rules.begin());
    host.policy = changed;
    host.run(40min);
    CHECK(host.log_reads.size() == 1);
    CHECK_FALSE(host.session->polls());
  }
}

TEST_CASE("what was removed for no known reason waits a moment, then comes back or stays away") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.doubted = {{"192.0.2.10", 10s}, {"192.0.2.11", 10s}};
  host.kept_away = {"192.0.2.11"};
  host.request(aen_of_nvme0());
  host.run(9s);
  CHECK(host.writes.empty());
  CHECK(host.state_of("192.0.2.10") == "waiting");
  // A look in between neither hurries nor says it again.
  host.request(aen_of_nvme0());
  host.run(500ms);
  CHECK(host.writes.empty());
  host.run(2s);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.write_times("192.0.2.10").front() >= 10s);
  CHECK(host.state_of("192.0.2.11") == "given-up");
  std::string const doubt = "doubtful: the reason of its removal is not known; `nvmf-policy resume` "
                            "connects it now";
  std::erase(host.lines, "log of nvme0 read: 2 entries");
  CHECK(host.lines ==
        std::vector<std::string>{
            "waiting: nqn.2024-01.com.example:192.0.2.10 at 192.0.2.10:4420: " + doubt,
            "waiting: nqn.2024-01.com.example:192.0.2.11 at 192.0.2.11:4420: " + doubt,
            "given up: nqn.2024-01.com.example:192.0.2.11 at 192.0.2.11:4420: "
            "removed-by-administrator",
            "live: nqn.2024-01.com.example:192.0.2.10 at 192.0.2.10:4420 as nvme11"});
}

TEST_CASE("resumed, a doubted path is connected at once") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.doubted = {{"192.0.2.10", 10s}};
  host.request(aen_of_nvme0());
  host.run(1s);
  host.doubted.clear();
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE(
    "while exclusions cannot be read nothing new is connected, and what is live stays known") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.run(1s);
  REQUIRE(host.state_of("192.0.2.10") == "live");
  host.facts.exclusions_problem = "/etc/nvme/exclusions.conf: Too many open files";
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.write_times("192.0.2.11").empty());
  CHECK(host.lines.back() ==
        "pending: nqn.2024-01.com.example:192.0.2.11 at 192.0.2.11:4420: exclusions-unreadable: "
        "/etc/nvme/exclusions.conf: Too many open files");
  host.facts.exclusions_problem.clear();
  host.run(2min);
  CHECK(host.state_of("192.0.2.11") == "live");
}

TEST_CASE("what is not wanted is told of once for as long as it is listed") {
  Simulation host;
  host.policy->rules.pop_back(); // nobody wants subsystems
  auto const lines_for = [&](const std::string& address) {
    return std::count_if(host.lines.begin(), host.lines.end(), [&](const std::string& line) {
      return line.find(address) != std::string::npos;
    });
  };
  policy::Guard guard{.name = "none"};
  guard.match.any = true;
  guard.applies_to = {.discovery_controllers = false, .io_subsystems = true};
  host.policy->guards = {guard};
  for (int read = 0; read < 5; ++read) {
    host.set_log("nvme0", entries_at({"192.0.2.10"}));
    host.request(aen_of_nvme0());
    host.run(1s);
  }
  CHECK(lines_for("192.0.2.10") == 1);
  host.set_log("nvme0", {});
  host.request(aen_of_nvme0());
  host.run(1s);
  // Forgotten with the log that listed it.
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(lines_for("192.0.2.10") == 2);
}
