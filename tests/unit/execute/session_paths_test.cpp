// The course of the single path: probe, write, error, schedule.
#include "execute/simulation.hpp"

#include "plan/id.hpp"
#include <algorithm>

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::test;
using fabrics::ErrorClass;

TEST_CASE("a refused path is tried at the delays of its schedule") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 2s;
  host.policy->rules[1].retry.factor = 3;
  host.policy->rules[1].retry.max_delay = 10s;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [&](const execute::WriteRequest&) {
    return host.writes.size() < 5
               ? failure_of(ErrorClass::refused)
               : execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                       .device = "nvme9"};
  };
  host.request(aen_of_nvme0());
  host.run(1min);
  auto const times = host.write_times("192.0.2.10");
  REQUIRE(times.size() == 5);
  // 6 ms: the probe and the write.
  CHECK(times[1] - times[0] == 2006ms);
  CHECK(times[2] - times[1] == 6006ms);
  CHECK(times[3] - times[2] == 10006ms);
  CHECK(times[4] - times[3] == 10006ms);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.session->idle());
}

TEST_CASE("tries end after their number or their time") {
  Simulation host;
  auto& retry = host.policy->rules[1].retry;
  retry.first_delay = 1s;
  retry.factor = 1;
  SUBCASE("number") { retry.attempts = policy::RetrySettings::Attempts{3}; }
  SUBCASE("time") { retry.give_up_after = 2500ms; }
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(10min);
  CHECK(host.writes.size() >= 3);
  CHECK(host.writes.size() <= 4);
  CHECK(host.state_of("192.0.2.10") == "given-up refused");
  CHECK(host.session->idle());
  CHECK(host.locks.held.empty());
}

TEST_CASE("dead paths cost the live ones nothing") {
  Simulation host;
  std::vector<event::LogEntry> entries;
  for (int i = 0; i < 16; ++i) {
    entries.push_back(
        subsystem_entry("192.0.2." + std::to_string(100 + i), "nqn.x:dead" + std::to_string(i)));
    entries.push_back(
        subsystem_entry("192.0.2." + std::to_string(10 + i), "nqn.x:live" + std::to_string(i)));
  }
  host.set_log("nvme0", entries);
  bool dead_answer = false;
  host.probe = [&](const fabrics::ProbeTarget& target) {
    return target.address.bytes[3] >= 100 && !dead_answer ? no_answer(ETIMEDOUT)
                                                          : base::Result<void>();
  };
  host.request(aen_of_nvme0());
  host.run(1900ms);
  CHECK(host.writes.size() == 16);
  CHECK(host.writes.back().at <= 10ms + 1ms + 15 * 100ms);
  CHECK(host.most_probes == 32);
  dead_answer = true;
  host.run(10s);
  CHECK(host.writes.size() == 32);
  CHECK(host.session->idle());
}

TEST_CASE("paths that cannot be probed come after those that answered") {
  Simulation host;
  auto entries = entries_at({"192.0.2.10", "192.0.2.11"});
  entries[0].trtype = 1; // rdma
  host.set_log("nvme0", entries);
  host.request(aen_of_nvme0());
  host.run(2s);
  REQUIRE(host.writes.size() == 2);
  CHECK(host.writes[0].traddr == "192.0.2.11");
  CHECK(host.writes[1].traddr == "192.0.2.10");
}

TEST_CASE("no more probes in flight than the limit allows") {
  Simulation host;
  host.policy->limits.probes_in_flight = 2;
  host.set_log("nvme0",
               entries_at({"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.14"}));
  host.request(aen_of_nvme0());
  host.run(2s);
  CHECK(host.most_probes == 2);
  CHECK(host.writes.size() == 5);
}

TEST_CASE("a target that accepts and does not answer is found out before the kernel is asked") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 5min;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  std::vector<fabrics::ProbeTarget::Depth> depths;
  host.probe = [&](const fabrics::ProbeTarget& target) {
    if (target.address.bytes[3] != 10)
      return base::Result<void>();
    depths.push_back(target.depth);
    return no_answer(fabrics::probe_silent_code);
  };
  host.write = [](const execute::WriteRequest& request) {
    if (request.item.tid.endpoint->traddr->to_string() == "192.0.2.10")
      return failure_of(ErrorClass::hung, 10s);
    return execute::WriteOutcome{
        .kind = execute::WriteOutcome::Kind::connected, .device = "nvme9", .took = 100ms};
  };
  host.request(aen_of_nvme0());
  host.run(11min);
  CHECK(host.write_times("192.0.2.10").empty());
  // At once, and after each slow-delay.
  CHECK(depths == std::vector(3, fabrics::ProbeTarget::Depth::icresp));
  CHECK(host.state_of("192.0.2.10") == "waiting hung");
  CHECK(host.state_of("192.0.2.11") == "live");
}

TEST_CASE("a rejected path is tried at its slow delay") {
  Simulation host;
  host.policy->rules[1].retry.slow_delay = 3min;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::rejected, 0ms); };
  host.request(aen_of_nvme0());
  host.run(7min);
  auto const times = host.write_times("192.0.2.10");
  REQUIRE(times.size() == 3);
  CHECK(times[1] - times[0] == 3min + 1ms);
}

TEST_CASE("an option string that the kernel does not take is not tried again") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::invalid); };
  host.request(aen_of_nvme0());
  host.run(24h);
  CHECK(host.writes.size() == 1);
  CHECK(host.state_of("192.0.2.10") == "given-up invalid");
  CHECK(host.session->idle());
}

TEST_CASE("failed authentication waits for another secret") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [&](const auto&) {
    return host.secret_state == "one"
               ? failure_of(ErrorClass::auth)
               : execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                       .device = "nvme9"};
  };
  host.request(aen_of_nvme0());
  host.run(1h);
  CHECK(host.writes.size() == 1);
  CHECK(host.state_of("192.0.2.10") == "given-up auth");
  SUBCASE("a new event with the same secret changes nothing") {
    host.request(aen_of_nvme0());
    host.run(1h);
    CHECK(host.writes.size() == 1);
  }
  SUBCASE("another secret is tried") {
    host.secret_state = "two";
    host.run(1min);
    CHECK(host.state_of("192.0.2.10") == "live");
    CHECK(host.session->idle());
  }
}

TEST_CASE("a missing source waits for the network and counts no try") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  bool there = false;
  host.probe = [&](const auto&) { return there ? base::Result<void>() : no_answer(EADDRNOTAVAIL); };
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.state_of("192.0.2.10") == "pending source-missing");
  CHECK(host.session->state().paths.back().tries == 0);
  CHECK_FALSE(host.session->idle());
  there = true;
  host.session->network_changed(host.now, host.facts.interfaces);
  host.run(200ms);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("items that the plan holds back are decided again when the network changes") {
  Simulation host;
  host.policy->rules[1].host_side = policy::HostSide::same_subnet;
  host.facts.interfaces = {
      {.name = "eth1", .up = false, .addresses = {{*base::IpAddress::parse("192.0.2.200"), 24}}}};
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.request(aen_of_nvme0());
  host.run(5s);
  CHECK(host.state_of("192.0.2.10") == "pending");
  CHECK(host.writes.empty());
  CHECK_FALSE(host.session->idle());
  host.facts.interfaces->front().up = true;
  host.session->network_changed(host.now, host.facts.interfaces);
  host.run(1s);
  CHECK(host.state_of("192.0.2.10") == "live");
  CHECK(host.log_reads.size() == 1);
  CHECK(host.session->idle());
}

TEST_CASE("another interface in the subnet is another path, and news of anything else is none") {
  Simulation host;
  host.policy->rules[1].host_side = policy::HostSide::same_subnet;
  auto const interface = [](const char* name, const char* address) {
    return decide::Interface{
        .name = name, .up = true, .addresses = {{*base::IpAddress::parse(address), 24}}};
  };
  host.facts.interfaces = {interface("eth1", "192.0.2.200")};
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [&, device = 20](const auto&) mutable {
    return execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                 .device = "nvme" + std::to_string(++device)};
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.session->idle());
  CHECK(host.session->follows_network());
  CHECK(host.writes.size() == 1);
  auto restart = [&] {
    execute::State state = host.session->state();
    // It is taken up again, although nothing is left to be tried.
    REQUIRE(state.phase == execute::Phase::done);
    REQUIRE(is_open(state));
    plan::Plan const plan = state.plan;
    host.log_reads.clear();
    host.open(std::move(state));
    host.request(plan, execute::Session::Claim::resumed);
    host.run(1s);
    CHECK(host.session->idle());
  };
  auto const paths_after = [&] {
    host.session->network_changed(host.now, host.facts.interfaces);
    host.run(1s);
    return count_paths(host.session->state());
  };
  // The first is in sysfs from here on.
  host.facts.controllers->push_back({.device = "nvme21",
                                     .state = "live",
                                     .type = decide::ControllerType::io,
                                     .endpoint = {.traddr = ip("192.0.2.10"), .trsvcid = 4420},
                                     .src_addr = ip("192.0.2.200"),
                                     .subsystem_nqn = "nqn.2024-01.com.example:192.0.2.10",
                                     .host_nqn = aen_of_nvme0().event.host_nqn});
  host.facts.interfaces->push_back(interface("eth2", "192.0.2.201"));
  host.facts.interfaces->back().up = false;
  CHECK(paths_after() == execute::PathCount{1, 1});
  SUBCASE("seen by the same executor") {}
  SUBCASE("seen by the next one") {
    restart();
    CHECK(count_paths(host.session->state()) == execute::PathCount{1, 1});
    CHECK(host.session->follows_network());
  }
  host.facts.interfaces->back().up = true;
  CHECK(paths_after() == execute::PathCount{2, 2});
  CHECK(host.log_reads.size() == 1);
  // One that goes takes no path along.
  host.facts.interfaces->pop_back();
  CHECK(paths_after() == execute::PathCount{2, 2});
  host.session->network_changed(host.now, std::nullopt);
  host.run(1s);
  CHECK(count_paths(host.session->state()) == execute::PathCount{2, 2});
}

TEST_CASE("an event of the same target port wakes what waits for it") {
  Simulation host;
  host.policy->rules[1].retry.first_delay = 1h;
  host.set_log("nvme0", entries_at({"192.0.2.1", "192.0.2.10"}));
  host.write = [](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(1min);
  host.request(aen_of_nvme0());
  host.run(1min);
  CHECK(host.write_times("192.0.2.1").size() == 2);
  CHECK(host.write_times("192.0.2.10").size() == 1);
}

TEST_CASE("a path that another source retries is not retried twice") {
  Simulation host;
  host.policy->rules[1].retry.max_delay = 1min;
  host.locks.others["192.0.2.10"] = "array-a";
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [&](const auto&) {
    return host.now < 5min ? failure_of(ErrorClass::refused)
                           : execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                                   .device = "nvme9"};
  };
  host.request(aen_of_nvme0());
  host.run(5min);
  CHECK(host.writes.size() == 1);
  CHECK(host.state_of("192.0.2.10") == "pending refused");
  CHECK(host.session->state().paths.back().reason == "duplicate-of: array-a retries it");
  CHECK(std::any_of(host.lines.begin(), host.lines.end(), [](const std::string& line) {
    return line.find("duplicate-of: array-a retries it") != std::string::npos;
  }));
  CHECK_FALSE(host.session->idle());
  host.locks.others.clear();
  host.run(2min);
  CHECK(host.state_of("192.0.2.10") == "live");
}

TEST_CASE("a path that is connected already is left alone and counts as live") {
  Simulation host;
  auto const plan = aen_of_nvme0();
  host.facts.controllers->push_back({.device = "nvme5",
                                     .state = "live",
                                     .type = decide::ControllerType::io,
                                     .endpoint = {.traddr = ip("192.0.2.10"), .trsvcid = 4420},
                                     .subsystem_nqn = "nqn.2024-01.com.example:192.0.2.10",
                                     .host_nqn = plan.event.host_nqn,
                                     .hostid = plan.event.hostid,
                                     .owner = "stas"});
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.request(plan);
  host.run(1s);
  CHECK(host.writes.size() == 1);
  CHECK(host.writes[0].traddr == "192.0.2.11");
  CHECK(count_paths(host.session->state()) == execute::PathCount{2, 2});
}

TEST_CASE("a guard is held against the interface that routing chooses, before each write") {
  Simulation host;
  policy::Guard guard{
      .name = "no-lan", .full_name = "50-autoconnect/no-lan", .reason = "storage only"};
  guard.match.all.push_back({.key = policy::MatchKey::host_iface, .values = {base::Glob("lan0")}});
  host.policy->guards = {guard};
  std::string interface;
  host.routing = [&](const plan::Tid& tid) {
    bool const is_moving = tid.endpoint->traddr->to_string() == "192.0.2.10";
    return std::optional(plan::RoutedSide{.host_iface = is_moving ? interface : "san0"});
  };
  host.write = [&](const execute::WriteRequest&) { return failure_of(ErrorClass::refused); };
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  SUBCASE("from the beginning") {
    interface = "lan0";
    host.request(aen_of_nvme0());
    host.run(1min);
    CHECK(host.write_times("192.0.2.10").empty());
  }
  SUBCASE("until the route changes") {
    interface = "lan0";
    host.request(aen_of_nvme0());
    host.run(1min);
    CHECK(host.session->follows_network());
    interface = "san0";
    host.session->network_changed(host.now, host.facts.interfaces);
    host.run(100ms);
    CHECK(host.write_times("192.0.2.10").size() == 1);
    CHECK(host.log_reads.size() == 1);
    CHECK_FALSE(host.session->follows_network());
    // And back.
    interface = "lan0";
    host.run(1min);
    CHECK(host.write_times("192.0.2.10").size() == 1);
    return;
  }
  SUBCASE("since its latest try") {
    interface = "san0";
    host.request(aen_of_nvme0());
    host.run(2s);
    auto const before = host.write_times("192.0.2.10").size();
    CHECK(before > 0);
    interface = "lan0";
    host.run(1min);
    CHECK(host.write_times("192.0.2.10").size() == before);
  }
  CHECK(host.state_of("192.0.2.10") == "none");
  CHECK(host.state_of("192.0.2.11") == "waiting refused");
  CHECK(std::count_if(host.lines.begin(), host.lines.end(), [](const std::string& line) {
          return line.find("denied: ") == 0 && line.find("192.0.2.10") != std::string::npos &&
                 line.find(": storage only") != std::string::npos;
        }) == 1);
}

TEST_CASE("a live path of the firmware's table is adopted, and tried again when it was lost") {
  Simulation host;
  constexpr const char* root = "nqn.a:root";
  firmware::Table table;
  table.host = {.nqn = host.facts.identity->hostnqn, .id = host.facts.identity->hostid};
  table.subsystems = {
      {.index = 1, .traddr = *base::IpAddress::parse("192.0.2.30"), .trsvcid = 4420, .nqn = root}};
  host.facts.nbft = {table};
  host.policy->rules.clear();
  plan::Plan boot{.id = "0123456789abcdef"};
  boot.event = {.kind = base::EventKind::firmware,
                .subject = base::Subject::io_subsystem,
                .endpoint = {.traddr = ip("192.0.2.30"), .trsvcid = 4420},
                .subsystem_nqn = root,
                .host_nqn = table.host.nqn,
                .hostid = table.host.id};
  host.facts.controllers->push_back({.device = "nvme5",
                                     .state = "live",
                                     .type = decide::ControllerType::io,
                                     .endpoint = boot.event.endpoint,
                                     .subsystem_nqn = root,
                                     .host_nqn = table.host.nqn,
                                     .hostid = table.host.id});
  host.request(boot);
  host.run(1min);
  CHECK(host.adopted == std::vector<std::string>{"nvme5"});
  CHECK(host.writes.empty());
  CHECK(host.state_of("192.0.2.30") == "live");
  // The remembered path, as the planner makes an event of its loss.
  host.facts.controllers->pop_back();
  plan::Plan lost = boot;
  lost.event.kind = base::EventKind::controller_lost;
  host.request(lost);
  host.run(1min);
  REQUIRE(host.writes.size() == 1);
  CHECK(host.writes.front().nqn == root);
  CHECK(host.state_of("192.0.2.30") == "live");
}

TEST_CASE("a path that is retried is held under the name of its source") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10"}));
  host.write = [&](const auto&) { return failure_of(ErrorClass::refused); };
  host.request(aen_of_nvme0());
  host.run(10s);
  CHECK(host.locks.sources == std::set<std::string>{"nvme0"});
}

TEST_CASE("a path that is withdrawn waits for an event or another policy") {
  Simulation host;
  host.set_log("nvme0", entries_at({"192.0.2.10", "192.0.2.11"}));
  host.write = [](const execute::WriteRequest& request) {
    bool const is_first = request.item.tid.endpoint->traddr->to_string() == "192.0.2.10";
    return is_first ? failure_of(ErrorClass::refused)
                    : execute::WriteOutcome{.kind = execute::WriteOutcome::Kind::connected,
                                            .device = "nvme5"};
  };
  auto const key_of = [&](const std::string& traddr) {
    for (const execute::PathRecord& path : host.session->state().paths)
      if (path.tid.endpoint->traddr->to_string() == traddr)
        return plan::path_key(path.subject, path.tid);
    return std::string();
  };
  host.request(aen_of_nvme0());
  host.run(1s);
  REQUIRE(host.state_of("192.0.2.10") == "waiting refused");
  host.session->withdraw(key_of("192.0.2.10"), host.now);
  host.session->withdraw(key_of("192.0.2.11"), host.now);
  host.session->withdraw("another", host.now);
  std::size_t const tried = host.write_times("192.0.2.10").size();
  host.run(24h);
  CHECK(host.write_times("192.0.2.10").size() == tried);
  CHECK(host.state_of("192.0.2.10") == "given-up");
  CHECK(host.state_of("192.0.2.11") == "live");
  CHECK(host.session->idle());
  CHECK(host.locks.held.empty());
  SUBCASE("an event") { host.request(aen_of_nvme0()); }
  SUBCASE("another policy") {
    host.policy = connect_everything();
    host.policy->digest = "sha256:other";
    host.session->begin(host.world(), execute::action::BeginAgain::Logs::as_known);
  }
  host.run(1s);
  CHECK(host.write_times("192.0.2.10").size() > tried);
}
