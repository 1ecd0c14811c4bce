#include "execute/simulation.hpp"

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

TEST_CASE("a silent target never goes before one that answers") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 1min;
  host.policy->rules[1].connect[base::OptionId::hdr_digest] = {.value = true};
  host.set_log("nvme0", {entry_at("192.0.2.10"), entry_at("192.0.2.11")});
  int refusals = 1;
  host.write = [&](const execute::WriteRequest& request) {
    bool const silent = request.item.tid.traddr->to_string() == "192.0.2.10";
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
