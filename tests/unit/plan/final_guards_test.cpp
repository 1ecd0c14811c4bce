// Guards are held against what would be used, not only against the event as it came.
#include "decide/samples.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

const std::string guarded_uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string blue_uuid = "7fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string guarded_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + guarded_uuid;
const std::string blue_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + blue_uuid;

std::shared_ptr<const policy::Policy> with_guard(const std::string& match,
                                                 const std::string& rule_part) {
  return tests::loaded(fmt::format(R"(version: 1
identities:
  blue: {{ hostnqn: "{}", hostid: {} }}
deny:
  - {{ name: never, match: {{ {} }}, reason: "not here" }}
rules:
  - {{ name: volumes, match: {{ transport: [tcp, rdma] }}, action: connect{} }}
)",
                                   blue_nqn, blue_uuid, match, rule_part));
}

decide::Facts facts_of_guarded_host() {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{guarded_nqn, guarded_uuid};
  // The target's subnet.
  facts.interfaces = {
      {.name = "ens1", .up = true, .addresses = {}},
      {.name = "ens2",
       .up = true,
       .addresses = {{.address = *base::IpAddress::parse("10.20.1.77"), .prefix_length = 24}}}};
  return facts;
}

// Everything leaves by eno1, from 192.0.2.7.
std::optional<plan::RoutedSide> by_eno1(const plan::Tid&) {
  return plan::RoutedSide{.host_iface = "eno1",
                          .host_traddr = base::Traddr::parse(base::Transport::tcp, "192.0.2.7")};
}

std::optional<plan::RoutedSide> no_route(const plan::Tid&) { return std::nullopt; }

} // namespace

TEST_CASE("a guard holds for the host side and the identity that would be used") {
  const struct {
    const char* name;
    const char* guard;
    const char* rule;
    const char* host_iface; // inherited
    plan::AskRouting routing;
    const char* expected;
  } rows[] = {
      {"the interface that routing chooses", "host-iface: eno1", "", "", by_eno1, "denied"},
      {"the address that routing chooses", "host-traddr: 192.0.2.0/24", "", "", by_eno1, "denied"},
      {"another interface than routing's", "host-iface: ens1", "", "", by_eno1, "connect"},
      {"the path names its interface, routing its address", "host-iface: eno1", "", "ens1", by_eno1,
       "connect"},
      {"routing is not known", "host-iface: eno1", "", "", {}, "connect"},
      {"there is no route", "host-iface: eno1", "", "", no_route, "connect"},
      {"the rule's identity", "host-nqn: \"*:uuid:7fa2*\"", ", identity: blue", "", {}, "denied"},
      {"the inherited identity, where the rule has another",
       "host-nqn: \"*:uuid:6fa2*\"",
       ", identity: blue",
       "",
       {},
       "connect"},
      {"all but the rule's identity",
       "not: { identity: blue }",
       ", identity: blue",
       "",
       {},
       "connect"},
      {"all but an identity that is not used", "not: { identity: blue }", "", "", {}, "denied"},
      {"all but the rule's host NQN",
       "not: { host-nqn: \"*:uuid:7fa2*\" }",
       ", identity: blue",
       "",
       {},
       "connect"},
      {"all but the interface that the rule's host side is on",
       "not: { host-iface: ens2 }",
       ", host-side: same-subnet",
       "ens1",
       {},
       "connect"},
      {"the inherited interface, where the rule takes another",
       "host-iface: ens1",
       ", host-side: same-subnet",
       "ens1",
       {},
       "connect"},
      {"the interface that the rule takes",
       "host-iface: ens2",
       ", host-side: same-subnet",
       "ens1",
       {},
       "denied"},
      {"the inherited interface, where routing chooses", "host-iface: ens1", ", host-side: any",
       "ens1", by_eno1, "connect"},
      {"all but the interface that is routed to", "not: { host-iface: eno1 }", "", "", by_eno1,
       "connect"},
      {"all but an interface, where routing is not known",
       "not: { host-iface: eno1 }",
       "",
       "",
       {},
       "connect"},
      {"all but an interface, where there is no route that routing chooses",
       "not: { host-iface: eno1 }", "", "", no_route, "denied"},
      {"all but another than routing chooses", "not: { host-iface: ens1 }", "", "", by_eno1,
       "denied"},
      {"the name of the rule's identity", "identity: blue", ", identity: blue", "", {}, "denied"},
      {"the inherited identity's name, where the rule names none",
       "identity: blue",
       "",
       "",
       {},
       "connect"},
      {"the inherited identity is another's", "host-nqn: \"*:uuid:7fa2*\"", "", "", {}, "connect"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const policy = with_guard(row.guard, row.rule);
    event::Event event = tests::discovered_tcp("10.20.1.21", "nqn.2014-08.com.example:vol");
    event.host_nqn = guarded_nqn;
    event.hostid = guarded_uuid;
    event.endpoint.host_iface = row.host_iface;
    decide::Facts const known = facts_of_guarded_host();
    plan::Run run(*policy, known, event, {.routing = row.routing});
    auto const items = run.decide_event();
    REQUIRE(items.size() == 1);
    CHECK(decide::to_string(items.front().outcome) == row.expected);
    // Another route would make a difference.
    bool const asks_routing =
        std::string_view(row.name).find("routing chooses") != std::string::npos &&
        std::string_view(row.expected) == "denied";
    CHECK(run.is_denied_as_routed(0) == asks_routing);
  }
}

TEST_CASE("of the host sides of same-subnet a guard denies the ones it names") {
  auto const policy = with_guard("host-iface: ens2", ", host-side: same-subnet");
  decide::Facts known = facts_of_guarded_host();
  known.interfaces->front().addresses = {
      {.address = *base::IpAddress::parse("10.20.1.78"), .prefix_length = 24}};
  event::Event event = tests::discovered_tcp("10.20.1.21", "nqn.2014-08.com.example:vol");
  event.endpoint.host_iface = "ens2";
  plan::Run run(*policy, known, event);
  auto const items = run.decide_event();
  REQUIRE(items.size() == 2);
  CHECK(items[0].outcome == decide::Outcome::connect);
  CHECK(items[0].tid.endpoint->host_iface == "ens1");
  CHECK(items[1].outcome == decide::Outcome::denied);
  CHECK(items[1].decided_by->name == "never");
  CHECK(run.guarded(1).event.endpoint.host_iface == "ens2");
  CHECK(run.guarded(1).event.identity == "default");
}

TEST_CASE("what nothing wants is denied as it came") {
  auto const policy = tests::loaded(R"(version: 1
deny: [{ name: never, match: { host-iface: ens1 }, reason: x }]
rules: [{ name: none, match: { transport: tcp }, action: ignore }]
)");
  event::Event event = tests::discovered_tcp("10.20.1.21", "nqn.2014-08.com.example:vol");
  event.endpoint.host_iface = "ens1";
  decide::Facts const known = facts_of_guarded_host();
  CHECK(plan::Run(*policy, known, event).decide_event().front().outcome == decide::Outcome::denied);
  event.endpoint.host_iface = "ens2";
  CHECK(plan::Run(*policy, known, event).decide_event().front().outcome ==
        decide::Outcome::ignored);
}

namespace {

// Connected as `guarded`, which is this host's own, from ens2, by the kernel's choice.
decide::Controller serving_controller() {
  return {.device = "nvme3",
          .state = "live",
          .type = decide::ControllerType::discovery,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.10"),
                       .trsvcid = 8009},
          .src_addr = base::Traddr::parse(base::Transport::tcp, "10.20.1.77"),
          .subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .host_nqn = guarded_nqn,
          .hostid = guarded_uuid,
          .connect = {{base::OptionId::keep_alive_tmo, std::int64_t{30}}}};
}

} // namespace

TEST_CASE("a connected discovery controller is guarded as it is connected") {
  const struct {
    const char* name;
    const char* guard;
    const char* expected;
  } rows[] = {
      {"by the interface that the kernel chose", "host-iface: ens2", "denied"},
      {"by another", "host-iface: ens1", "discover"},
      {"by all but that interface", "not: { host-iface: ens2 }", "discover"},
      {"by its identity, which the rule's does not replace", "identity: default", "denied"},
      {"by the rule's identity, which it does not have", "identity: blue", "discover"},
      {"by its address", "traddr: 10.20.1.10", "denied"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const policy = tests::loaded(fmt::format(R"(version: 1
identities:
  blue: {{ hostnqn: "{}", hostid: {} }}
deny: [{{ name: never, match: {{ {} }}, reason: x }}]
rules: [{{ name: all, match: {{ transport: tcp }}, action: discover, identity: blue }}]
)",
                                                  blue_nqn, blue_uuid, row.guard));
    decide::Facts known = facts_of_guarded_host();
    decide::Controller const live = serving_controller();
    known.controllers = {live};
    event::Event const event{.kind = base::EventKind::discovery_log_changed,
                             .subject = base::Subject::discovery_controller,
                             .endpoint = live.endpoint,
                             .discovery_nqn = live.subsystem_nqn,
                             .host_nqn = live.host_nqn,
                             .hostid = live.hostid,
                             .device = live.device};
    plan::Run run(*policy, known, event);
    CHECK(decide::to_string(run.decide_event().front().outcome) == row.expected);
  }
}

TEST_CASE("a discovery controller is guarded by its route, too") {
  auto const policy = tests::loaded(R"(version: 1
deny: [{ name: never, match: { host-iface: eno1 }, reason: x }]
targets: [{ name: array, transport: tcp, traddr: 10.20.1.10 }]
rules: [{ name: all, match: { transport: tcp }, action: discover }]
)");
  event::Event const event{
      .kind = base::EventKind::boot,
      .subject = base::Subject::discovery_controller,
      .endpoint = {.transport = base::Transport::tcp,
                   .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.10"),
                   .trsvcid = 8009},
      .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
      .target = "array"};
  decide::Facts const known = facts_of_guarded_host();
  plan::Run free(*policy, known, event);
  CHECK(free.decide_event().front().outcome == decide::Outcome::discover);
  plan::Run routed(*policy, known, event, {.routing = by_eno1});
  CHECK(routed.decide_event().front().outcome == decide::Outcome::denied);
}
