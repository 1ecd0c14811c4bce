#include "decide/samples.hpp"
#include "event/event_file.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

decide::Controller discovery_controller(const char* device, const char* traddr) {
  return {.device = device,
          .state = "live",
          .type = decide::ControllerType::discovery,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, traddr),
                       .trsvcid = 8009},
          .subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .host_nqn = "nqn.a:host"};
}

std::vector<std::string> shown(const std::vector<event::Event>& events) {
  std::vector<std::string> lines;
  for (const event::Event& event : events)
    lines.push_back(std::string(to_string(event.kind)) + " " + event.target + " " + event.device +
                    " " + event.endpoint.traddr->to_string());
  return lines;
}

} // namespace

TEST_CASE("targets, connected discovery controllers and fc ports, each once") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }
  - { name: vol, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "nqn.a:vol" }
  - { name: dc-fc, transport: fc, traddr: "nn-1000000000000001:pn-1000000000000002" }
rules:
  - { name: all, match: { any: true }, action: discover }
)");
  decide::Facts facts;
  facts.identity = decide::HostIdentity{"nqn.a:host", ""};
  decide::Controller io = discovery_controller("nvme2", "10.20.1.21");
  io.type = decide::ControllerType::io;
  decide::Controller dead = discovery_controller("nvme4", "10.20.1.12");
  dead.state = "deleting";
  decide::Controller before_5_18 = discovery_controller("nvme5", "10.20.1.13");
  before_5_18.type = decide::ControllerType::unknown;
  facts.controllers = {discovery_controller("nvme0", "10.20.1.10"),
                       discovery_controller("nvme1", "10.20.1.11"), io, dead, before_5_18};
  base::FcAddress const seen{0x1000000000000001, 0x1000000000000002};
  base::FcAddress const other{0x1000000000000001, 0x1000000000000003};
  facts.fc_ports = {
      {.host = {0x2000000000000001, 0x2000000000000002}, .remotes = std::vector{seen, other}},
      {.host = {0x2000000000000001, 0x2000000000000003}, .remotes = std::vector{seen}}};
  CHECK(shown(plan::all_events(*policy, facts)) == std::vector<std::string>{
                                                       "boot dc-a nvme0 10.20.1.10",
                                                       "boot vol  10.20.1.21",
                                                       "boot dc-fc  " + seen.to_string(),
                                                       "boot dc-fc  " + seen.to_string(),
                                                       "discovery-log-changed  nvme1 10.20.1.11",
                                                       "discovery-log-changed  nvme5 10.20.1.13",
                                                       "fc-discovery   " + other.to_string(),
                                                   });
}

TEST_CASE("an fc target that no port sees is still an event") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: dc-fc, transport: fc, traddr: "nn-1000000000000001:pn-1000000000000002" }
rules:
  - { name: all, match: { any: true }, action: discover }
)");
  decide::Facts facts;
  facts.fc_ports.emplace();
  auto const events = plan::all_events(*policy, facts);
  REQUIRE(events.size() == 1);
  CHECK_FALSE(events[0].endpoint.host_traddr);
}

TEST_CASE("a target is an event for each address that its name has") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: [array-a.example, 10.20.1.10], host-iface: ens1f0 }
  - { name: vol, transport: tcp, traddr: array-b.example, subsystem-nqn: "nqn.a:v" }
rules:
  - { name: elsewhere, match: { traddr: 10.30.0.0/16 }, action: ignore }
  - { name: all, match: { any: true }, action: connect }
)");
  decide::Facts facts;
  facts.names["array-a.example"] = {*base::IpAddress::parse("10.20.1.1"),
                                    *base::IpAddress::parse("10.30.1.1")};
  std::string text;
  for (const event::Event& event : plan::all_events(*policy, facts)) {
    plan::Run run(*policy, facts, event);
    const plan::Item item = run.decide_event().front();
    text += event::endpoint_text(event) + " " + std::string(to_string(item.outcome)) +
            (item.reason ? " " + std::string(to_string(*item.reason)) + " " + item.detail : "") +
            "\n";
  }
  // Each address by itself, so that a match on addresses holds.
  CHECK(text == "10.20.1.1:8009 discover\n"
                "10.30.1.1:8009 ignored ignored-by-rule \n"
                "10.20.1.10:8009 discover\n"
                "array-b.example:4420 refused name-unresolved array-b.example\n");
}

TEST_CASE("a discovery controller under same-subnet is an event per interface of its subnet") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: both, transport: tcp, traddr: 10.20.1.10, host-side: same-subnet }
  - { name: pinned, transport: tcp, traddr: 10.20.1.11, host-iface: ens2, host-side: same-subnet }
  - { name: down, transport: tcp, traddr: 10.21.1.10, host-side: same-subnet }
  - { name: far, transport: rdma, traddr: 10.30.1.10, trsvcid: 8009, host-side: same-subnet }
  - { name: open, transport: tcp, traddr: 10.20.1.12 }
)");
  auto const address = [](const char* text) {
    return decide::InterfaceAddress{*base::IpAddress::parse(text), 24};
  };
  decide::Facts facts;
  facts.interfaces = {{.name = "ens1", .up = true, .addresses = {address("10.20.1.77")}},
                      {.name = "ens2", .up = true, .addresses = {address("10.20.1.78")}},
                      {.name = "ens3", .up = false, .addresses = {address("10.21.1.77")}}};
  std::string text;
  for (const event::Event& event : plan::all_events(*policy, facts)) {
    plan::Run run(*policy, facts, event);
    const plan::Item item = run.decide_event().front();
    const base::Endpoint& endpoint = *item.tid.endpoint;
    text += event.target + " " + to_text(endpoint.host_traddr) + "@" + endpoint.host_iface + " " +
            std::string(to_string(item.outcome)) +
            (item.reason ? " " + std::string(to_string(*item.reason)) + ": " + item.detail : "") +
            "\n";
  }
  CHECK(text == "both 10.20.1.77@ens1 discover\n"
                "both 10.20.1.78@ens2 discover\n"
                "pinned @ens2 discover\n"
                "down @ refused source-missing: no address of an interface that is up; ens3 is "
                "down\n"
                "far @ refused not-reachable-from-source: no interface has an address in the "
                "subnet of 10.30.1.10\n"
                "open @ discover\n");

  // One of them is connected: it is the target through its interface, the other is still wanted.
  decide::Controller live = discovery_controller("nvme0", "10.20.1.10");
  live.host_nqn.clear();
  live.endpoint.host_traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.78");
  live.endpoint.host_iface = "ens2";
  facts.controllers = {live};
  auto const events = plan::all_events(*policy, facts);
  CHECK(events[0].device.empty());
  CHECK(events[1].device == "nvme0");
  CHECK(events.size() == 6);

  // Which interfaces there are is not known: the kernel's routing.
  auto const unknown = plan::target_events(*policy, {}, *policy->find_target("both"));
  REQUIRE(unknown.size() == 1);
  CHECK_FALSE(unknown[0].endpoint.host_traddr);
}
