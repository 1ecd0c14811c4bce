#include "execute/simulation.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::test;
using fabrics::ErrorClass;

namespace {

event::LogEntry entry_at(const std::string& address) {
  return subsystem_entry(address, "nqn.2024-01.com.example:" + address);
}

} // namespace

TEST_CASE("answers are written in the order in which they came") {
  Simulation host;
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11"), entry_at("192.0.2.12")});
  // The first is slow to answer: the others do not wait for it.
  host.probe = [&](const fabrics::ProbeTarget& target) {
    host.probe_latency = target.address.bytes[3] == 10 ? 500ms : 1ms;
    return base::Result<void>();
  };
  host.request(aen_of_nvme0());
  host.run(2s);
  REQUIRE(host.writes.size() == 3);
  CHECK(host.writes[0].traddr == "192.0.2.11");
  CHECK(host.writes[0].at == 11ms);
  CHECK(host.writes[1].traddr == "192.0.2.12");
  CHECK(host.writes[2].traddr == "192.0.2.10");
}

TEST_CASE("an unresponsive target never goes before one that answers") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 1min;
  host.policy->rules[1].connect[base::OptionId::hdr_digest] = {.value = true};
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11")});
  int refusals = 1;
  host.write = [&](const execute::WriteRequest& request) {
    bool const silent = request.item.tid.endpoint->traddr->to_string() == "192.0.2.10";
    if (silent) {
      bool const suspect = request.lane == execute::WriteRequest::Lane::suspect;
      CHECK(suspect == (host.write_times("192.0.2.10").size() > 1));
      return failure_of(ErrorClass::hung, 10s);
    }
    if (refusals-- > 0)
      return failure_of(ErrorClass::rejected, 1ms);
    return execute::WriteOutcome{
        .kind = execute::WriteOutcome::Kind::connected, .device = "nvme9", .took = 100ms};
  };
  host.request(aen_of_nvme0());
  host.run(5min);
  CHECK(host.state_of("192.0.2.11") == "live");
  // With digests a deeper probe says nothing: the kernel is asked again, once a slow-delay.
  CHECK(host.write_times("192.0.2.10").size() >= 3);
}

TEST_CASE("a turn that another process has is waited for and counts no try") {
  Simulation host;
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.write = [&](const auto&) {
    if (host.writes.size() == 1)
      return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::postponed, .wait = 90s};
    return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected, .device = "nvme9"};
  };
  host.request(aen_of_nvme0());
  host.run(89s);
  CHECK(host.state_of("192.0.2.10") == "waiting");
  CHECK(host.session->state().paths.back().tries == 0);
  host.run(2s);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("a path that an administrator disconnected while it was written is tried no more") {
  Simulation host;
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.write = [](const execute::WriteRequest& request) {
    CHECK_FALSE(request.policy_digest.empty());
    return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::kept_away, .took = 1ms};
  };
  host.request(aen_of_nvme0());
  host.run(10min);
  CHECK(host.state_of("192.0.2.10") == "given-up");
  CHECK(host.writes.size() == 1);
}

TEST_CASE("records that say that their target is away are retried slowly") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 4min;
  auto entry = entry_at("192.0.2.10");
  entry.eflags = event::eflag_not_connected_to_cdc;
  host.set_log("nvme0", {entry});
  host.write = [](const auto&) { return failure_of(ErrorClass::refused, 0ms); };
  host.request(aen_of_nvme0());
  host.run(10min);
  CHECK(host.writes.size() == 3);
}

TEST_CASE("trouble of this host counts no try and is never given up for") {
  Simulation host;
  host.policy->rules[1].retry.attempts = policy::RetrySettings::Attempts{2};
  host.policy->rules[1].retry.first_delay = 20s;
  host.policy->rules[1].retry.give_up_after = 30s;
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.write = [&](const auto&) {
    return failure_of(host.now < 10min ? ErrorClass::local : ErrorClass::refused);
  };
  host.request(aen_of_nvme0());
  host.run(10min);
  CHECK(host.state_of("192.0.2.10") == "waiting local");
  CHECK(host.session->state().paths.back().tries == 0);
  CHECK(host.writes.size() > 100);
  // The rule's schedule begins with the target's first answer.
  host.run(5s);
  CHECK(host.state_of("192.0.2.10") == "waiting refused");
  host.run(1min);
  CHECK(host.state_of("192.0.2.10") == "given-up refused");
}

TEST_CASE("a probe or a log that this host had no descriptor for is tried again") {
  Simulation host;
  host.policy->rules[0].retry.attempts = policy::RetrySettings::Attempts{1};
  host.policy->rules[1].retry.attempts = policy::RetrySettings::Attempts{1};
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.probe = [&](const auto&) {
    return host.now < 1min ? no_answer(EMFILE) : base::Result<void>();
  };
  host.read = [&](const auto& request) {
    if (host.now < 30s)
      return execute::LogOutcome{.kind = execute::LogOutcome::Kind::failed,
                                 .error = {.message = "too many", .code = ENFILE}};
    return execute::LogOutcome{.kind = execute::LogOutcome::Kind::read,
                               .log = host.logs.at(request.device)};
  };
  host.request(aen_of_nvme0());
  host.run(20s);
  CHECK(host.state_of("192.0.2.1") == "waiting local");
  host.run(20s);
  CHECK(host.state_of("192.0.2.10") == "waiting local");
  host.run(1min);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("jitter moves the delays and nothing else") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 10s;
  host.policy->rules[1].retry.factor = 1;
  host.policy->rules[1].retry.jitter_percent = 50;
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.write = [](const auto&) { return failure_of(ErrorClass::refused, 0ms); };
  host.request(aen_of_nvme0());
  host.run(25s);
  // The simulation's random number is the middle.
  auto const times = host.write_times("192.0.2.10");
  REQUIRE(times.size() == 3);
  CHECK(times[1] - times[0] == 10s + 1ms);
}

TEST_CASE("each change of a path is one line, with its words") {
  Simulation host;
  host.policy->rules[1].retry.attempts = policy::RetrySettings::Attempts{2};
  host.set_log("nvme0", {entry_at("192.0.2.10")});
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(1min);
  std::vector<std::string> const expected{
      "log of nvme0 read: 1 entries",
      "waiting: nqn.2024-01.com.example:192.0.2.10 at 192.0.2.10:4420: refused: as scripted",
      "given up: nqn.2024-01.com.example:192.0.2.10 at 192.0.2.10:4420: refused: no more tries "
      "after "
      "2: as scripted"};
  CHECK(host.lines == expected);
}

TEST_CASE("tries that end alike are one line") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1s;
  host.policy->rules[1].retry.factor = 1;
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11")});
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.probe = [](const fabrics::ProbeTarget& target) {
    return target.address.bytes[3] == 11 ? no_answer(fabrics::no_route_code) : base::Result<void>();
  };
  host.request(aen_of_nvme0());
  for (int change = 0; change < 20; ++change) {
    host.run(10s);
    host.session->network_changed(host.now, host.facts.interfaces);
  }
  host.run(1s);
  CHECK(host.write_times("192.0.2.10").size() > 100);
  CHECK(host.probes.size() > 120);
  CHECK(host.lines.size() == 3); // the log, and each path once
  // Another end is news, and so is the first one when it comes back.
  host.write = [](const auto&) { return failure_of(ErrorClass::rejected); };
  host.run(3s);
  CHECK(host.lines.size() == 4);
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.run(10min);
  CHECK(host.lines.size() == 5);
}

TEST_CASE("a log that fails alike is one line until it was read") {
  Simulation host;
  bool fails = true;
  host.read = [&](const auto&) {
    if (fails)
      return execute::LogOutcome{.kind = execute::LogOutcome::Kind::failed,
                                 .error = {.message = "as scripted", .code = EIO}};
    return execute::LogOutcome{.kind = execute::LogOutcome::Kind::read};
  };
  host.request(aen_of_nvme0());
  host.run(10min);
  CHECK(host.log_reads.size() > 3);
  CHECK(host.lines.size() == 2); // the log, and its path
  fails = false;
  host.run(10min);
  CHECK(host.lines.back() == "log of nvme0 read: 0 entries");
}

TEST_CASE("paths at an address where a connect was answered go before those of unknown targets") {
  Simulation host;
  std::vector<event::LogEntry> entries{entry_at("192.0.2.10"), entry_at("192.0.2.11")};
  entries.push_back(subsystem_entry("192.0.2.10", "nqn.2024-01.com.example:second"));
  host.set_log("nvme0", entries);
  host.request(aen_of_nvme0());
  host.run(2s);
  REQUIRE(host.writes.size() == 3);
  CHECK(host.writes[0].traddr == "192.0.2.10");
  CHECK(host.writes[1].traddr == "192.0.2.10");
  CHECK(host.writes[2].traddr == "192.0.2.11");
}

TEST_CASE("a missing route is waited for and counts no try; other failures do not wake") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1min;
  host.policy->rules[1].retry.attempts = policy::RetrySettings::Attempts{.count = 2};
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11")});
  bool routed = false;
  host.probe = [&](const fabrics::ProbeTarget& target) -> base::Result<void> {
    if (target.address.bytes[3] == 11)
      return base::errno_failure("probe", ETIMEDOUT);
    if (routed)
      return {};
    return base::failure("no route to 192.0.2.10", fabrics::no_route_code);
  };
  host.request(aen_of_nvme0());
  host.run(10s);
  CHECK(host.state_of("192.0.2.10") == "pending unreachable");
  CHECK(host.session->state().paths[1].tries == 0);
  CHECK(host.session->state().paths[1].reason == "no route to 192.0.2.10");
  CHECK(host.state_of("192.0.2.11") == "waiting unreachable");
  auto const probes = host.probes.size();
  for (int change = 0; change < 3; ++change) {
    host.session->network_changed(host.now, host.facts.interfaces);
    host.run(5s);
  }
  CHECK(host.probes.size() == probes + 3);
  CHECK(host.state_of("192.0.2.10") == "pending unreachable");
  routed = true;
  host.session->network_changed(host.now, host.facts.interfaces);
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("a path that a newer log drops while it is being written is reported afterwards") {
  Simulation host;
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11")});
  bool fails = false;
  SUBCASE("the kernel connects it") {}
  SUBCASE("the kernel does not") { fails = true; }
  host.write = [&](const execute::WriteRequest& request) {
    if (request.item.tid.endpoint->traddr->to_string() != "192.0.2.10")
      return execute::WriteOutcome{
          .kind = execute::WriteOutcome::Kind::connected, .device = "nvme9", .took = 1ms};
    if (fails)
      return failure_of(ErrorClass::rejected, 3s);
    return execute::WriteOutcome{
        .kind = execute::WriteOutcome::Kind::connected, .device = "nvme8", .took = 3s};
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "connecting");
  host.set_log("nvme0", {entry_at("192.0.2.11")});
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "connecting");
  CHECK_FALSE(host.session->idle());
  host.run(2s);
  CHECK(host.state_of("192.0.2.10") == "none");
  CHECK(host.session->idle());
  CHECK(host.finished == 2);
  auto const told = [&](const std::string& begin) {
    return std::any_of(host.lines.begin(), host.lines.end(),
                       [&](const std::string& line) { return line.starts_with(begin); });
  };
  CHECK(told("live: nqn.2024-01.com.example:192.0.2.10") == !fails);
  CHECK(told("no longer wanted: nqn.2024-01.com.example:192.0.2.10") == fails);
}

TEST_CASE("a path that waits for a portal which did not answer a write is not written after it") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 1min;
  host.set_log("nvme0", {subsystem_entry("192.0.2.10", "nqn.2024-01.com.example:a"),
                         subsystem_entry("192.0.2.10", "nqn.2024-01.com.example:b"),
                         subsystem_entry("192.0.2.10", "nqn.2024-01.com.example:c"),
                         entry_at("192.0.2.11")});
  host.write = [&](const execute::WriteRequest& request) {
    if (request.item.tid.endpoint->traddr->to_string() == "192.0.2.11")
      return execute::WriteOutcome{
          .kind = execute::WriteOutcome::Kind::connected, .device = "nvme9", .took = 100ms};
    bool const first = host.writes.size() == 1;
    CHECK((request.lane == execute::WriteRequest::Lane::usual) == first);
    if (first)
      return failure_of(ErrorClass::hung, 60s);
    return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::postponed, .wait = 1min};
  };
  host.request(aen_of_nvme0());
  host.run(62s);
  CHECK(host.state_of("192.0.2.11") == "live");
  REQUIRE(host.writes.size() == 4);
  CHECK(host.writes[1].traddr == "192.0.2.11");
}

TEST_CASE("a discovery controller that was given up has had its request") {
  Simulation host;
  host.facts.controllers->clear();
  host.policy->rules[0].retry.attempts = policy::RetrySettings::Attempts{.count = 2};
  auto plan = aen_of_nvme0();
  plan.event.device.clear();
  host.probe = [](const auto&) { return base::errno_failure("probe", ETIMEDOUT); };
  host.request(plan);
  host.run(3s);
  CHECK(host.finished == 0);
  host.run(1min);
  CHECK(host.state_of("192.0.2.1") == "given-up unreachable");
  CHECK(host.finished == 1);
  CHECK(host.session->idle());
}

TEST_CASE("a path that cannot be probed lets young probes go first, and no others") {
  struct {
    const char* name;
    base::Duration latency; // of the probes
    std::vector<std::string> order;
    base::Duration last_from, last_to; // when the last write begins
  } const rows[] = {
      {"soon answered", 50ms, {"192.0.2.11", "192.0.2.12", "192.0.2.10"}, 250ms, 300ms},
      {"answered late", 600ms, {"192.0.2.10", "192.0.2.11", "192.0.2.12"}, 700ms, 750ms},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Simulation host;
    policy::Rule unprobed = host.policy->rules[1];
    unprobed.probe = false;
    unprobed.match = {.all = {{.key = policy::MatchKey::traddr,
                               .values = {*base::IpAddress::parse("192.0.2.10")}}}};
    host.policy->rules.insert(host.policy->rules.begin(), unprobed);
    host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11"), entry_at("192.0.2.12")});
    host.probe_latency = row.latency;
    host.request(aen_of_nvme0());
    host.run(5s);
    std::vector<std::string> order;
    for (auto const& write : host.writes)
      order.push_back(write.traddr);
    CHECK(order == row.order);
    REQUIRE_FALSE(host.writes.empty());
    CHECK(host.writes.back().at >= row.last_from);
    CHECK(host.writes.back().at < row.last_to);
  }
}

TEST_CASE("a target known not to answer comes after those that cannot be probed") {
  Simulation host;
  host.policy->rules[1].probe = false;
  host.policy->rules[1].retry.slow_delay = 1min;
  host.policy->rules[1].retry.first_delay = 1min;
  host.policy->rules[1].retry.factor = 1;
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11"), entry_at("192.0.2.12")});
  host.write = [&](const execute::WriteRequest& request) {
    std::string const address = request.item.tid.endpoint->traddr->to_string();
    if (address == "192.0.2.10")
      return failure_of(ErrorClass::hung, 1ms);
    // The last one holds the writer until all three are due again.
    return failure_of(ErrorClass::refused, address == "192.0.2.12" ? base::Duration(5min) : 1ms);
  };
  host.request(aen_of_nvme0());
  host.run(6min);
  REQUIRE(host.writes.size() >= 5);
  CHECK(host.writes[3].traddr == "192.0.2.11");
  CHECK(host.writes[4].traddr == "192.0.2.10");
}
