#include "decide/samples.hpp"
#include "service/sweep_choice.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

const std::optional<base::Traddr> address = base::Traddr::parse_any("10.20.1.10");

plan::Plan plan_of(const std::string& device) {
  return {.id = "0123456789abcdef",
          .event = {.endpoint = {.traddr = address, .trsvcid = 8009}, .device = device},
          .policy = {.digest = "sha256:now"}};
}

execute::State state_of(const std::string& id, const std::string& digest) {
  execute::State state{.id = id, .phase = execute::Phase::done};
  state.plan.policy.digest = digest;
  return state;
}

execute::State with_log(execute::State state, const std::string& device,
                        const std::string& traddr) {
  state.logs.push_back(
      {.tid = {.endpoint =
                   base::Endpoint{.traddr = base::Traddr::parse_any(traddr), .trsvcid = 8009}},
       .device = device});
  return state;
}

execute::State cancelled(execute::State state) {
  state.phase = execute::Phase::cancelled;
  return state;
}

} // namespace

TEST_CASE("was_looked_at: a log that was read, or a request that was dealt with") {
  const std::string same = "0123456789abcdef";
  const std::string other = "fedcba9876543210";
  struct Row {
    const char* name;
    plan::Plan plan;
    std::vector<execute::State> states;
    bool expected;
  };
  const Row rows[] = {
      {"nothing is known", plan_of("nvme0"), {}, false},
      {"its log was read for another event",
       plan_of("nvme0"),
       {with_log(state_of(other, "sha256:now"), "nvme0", "10.20.1.10")},
       true},
      {"its log was read under another policy",
       plan_of("nvme0"),
       {with_log(state_of(other, "sha256:before"), "nvme0", "10.20.1.10")},
       false},
      {"the number was another controller's",
       plan_of("nvme0"),
       {with_log(state_of(other, "sha256:now"), "nvme0", "10.20.1.99")},
       false},
      {"another device's log",
       plan_of("nvme0"),
       {with_log(state_of(other, "sha256:now"), "nvme1", "10.20.1.10")},
       false},
      {"connected, and its request never read a log",
       plan_of("nvme0"),
       {state_of(same, "sha256:now")},
       false},
      {"stopped on purpose", plan_of("nvme0"), {cancelled(state_of(same, "sha256:now"))}, true},
      {"not connected, and a request of its own is known",
       plan_of(""),
       {state_of(same, "sha256:now")},
       true},
      {"not connected, and only others are known",
       plan_of(""),
       {state_of(other, "sha256:now")},
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(service::was_looked_at(row.plan, row.states) == row.expected);
  }
}

TEST_CASE("was_looked_at: a stranger that stays, where our own controller serves in its place") {
  plan::Plan plan = plan_of("nvme0");
  plan.items = {{.device = "nvme5"}};
  CHECK(service::serving_device(plan) == "nvme5");
  const std::string same = "0123456789abcdef";
  CHECK(service::was_looked_at(plan,
                               {with_log(state_of(same, "sha256:now"), "nvme5", "10.20.1.10")}));
  CHECK_FALSE(service::was_looked_at(
      plan, {with_log(state_of(same, "sha256:now"), "nvme0", "10.20.1.10")}));
  plan.items.front().device.clear();
  CHECK(service::serving_device(plan) == "nvme0");
}

namespace {

std::optional<plan::RoutedSide> routed_by_eno1(const plan::Tid&) {
  return plan::RoutedSide{.host_iface = "eno1",
                          .host_traddr = base::Traddr::parse_any("10.20.1.77")};
}

std::optional<plan::RoutedSide> routed_by_eno2(const plan::Tid&) {
  return plan::RoutedSide{.host_iface = "eno2",
                          .host_traddr = base::Traddr::parse_any("10.20.1.78")};
}

// The event of a discovery controller, whose log lists one subsystem.
execute::State state_with_entry() {
  execute::State state = state_of("0123456789abcdef", "sha256:now");
  state.plan.event = {
      .kind = base::EventKind::boot,
      .subject = base::Subject::discovery_controller,
      .endpoint = {.transport = base::Transport::tcp, .traddr = address, .trsvcid = 8009},
      .target = "array"};
  execute::LogRecord log{.tid = {.endpoint = state.plan.event.endpoint}};
  log.log.entries = {{.trtype = 3,
                      .adrfam = 1,
                      .subtype = event::EntrySubtype::nvm_subsystem,
                      .trsvcid = "4420",
                      .subnqn = "nqn.2014-08.com.example:vol",
                      .traddr = "10.20.1.21"}};
  state.logs = {log};
  return state;
}

} // namespace

TEST_CASE("awaits_route: paths that a guard keeps away only as they are routed now") {
  const struct {
    const char* name;
    const char* guard;
    plan::AskRouting routing;
    bool expected;
  } rows[] = {
      {"the discovery controller", "host-iface: eno1", routed_by_eno1, true},
      {"by another interface", "host-iface: eno1", routed_by_eno2, false},
      {"an entry of its log", "traddr: 10.20.1.21, host-iface: eno1", routed_by_eno1, true},
      {"wherever it is routed", "traddr: 10.20.1.0/24", routed_by_eno1, false},
      {"routing is not known", "host-iface: eno1", {}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto policy = tests::loaded(fmt::format(R"(version: 1
deny: [{{ name: never, match: {{ {} }}, reason: x }}]
targets: [{{ name: array, transport: tcp, traddr: 10.20.1.10 }}]
rules: [{{ name: all, match: {{ transport: tcp }}, action: connect }}]
)",
                                                  row.guard));
    CHECK(service::awaits_route(*policy, {}, row.routing, state_with_entry()) == row.expected);
  }
}

TEST_CASE("known_generation: of the latest reading of this very controller") {
  const auto read_at = [](std::uint64_t genctr, std::chrono::seconds when) {
    execute::State state =
        with_log(state_of("fedcba9876543210", "sha256:now"), "nvme0", "10.20.1.10");
    state.logs.front().log.genctr = genctr;
    state.logs.front().read = when;
    return state;
  };
  using std::chrono::seconds;
  CHECK(service::known_generation(plan_of("nvme0"), {}) == std::nullopt);
  CHECK(service::known_generation(plan_of("nvme0"),
                                  {read_at(4, seconds(20)), read_at(3, seconds(10))}) == 4);
  CHECK(service::known_generation(plan_of("nvme1"), {read_at(4, seconds(20))}) == std::nullopt);
  CHECK(service::known_generation(plan_of(""), {read_at(4, seconds(20))}) == std::nullopt);
}
