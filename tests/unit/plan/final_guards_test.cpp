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
        std::string_view(row.name).find("routing chooses") != std::string::npos;
    CHECK(run.is_denied_as_routed(0) == asks_routing);
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
