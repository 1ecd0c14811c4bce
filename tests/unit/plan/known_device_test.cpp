#include "base/nqn.hpp"
#include "decide/samples.hpp"
#include "plan/known_device.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;
using base::EventKind;

namespace {

decide::Controller controller(decide::ControllerType type, const char* traddr) {
  return {.device = "nvme0",
          .state = "live",
          .type = type,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, traddr),
                       .trsvcid = 8009},
          .subsystem_nqn = "nqn.a:discovery",
          .host_nqn = "nqn.a:host",
          .hostid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33"};
}

// "device host-nqn discovery-nqn", or why the event must not trigger.
std::string shown(const event::Reading& reading) {
  if (const auto* ignored = std::get_if<event::MustNotTrigger>(&reading))
    return ignored->why;
  const auto& event = std::get<event::Event>(reading);
  return event.device + " " + event.host_nqn + " " + event.discovery_nqn;
}

} // namespace

TEST_CASE("an event's device is looked up in the facts") {
  using enum decide::ControllerType;
  decide::Controller old_kernels = controller(unknown, "10.0.0.1");
  old_kernels.subsystem_nqn = base::well_known_discovery_nqn;
  struct {
    const char* name;
    EventKind kind;
    std::optional<std::vector<decide::Controller>> controllers;
    const char* expected;
  } const rows[] = {
      {"its identity and NQN", EventKind::discovery_log_changed,
       std::vector{controller(discovery, "10.0.0.1")}, "nvme0 nqn.a:host nqn.a:discovery"},
      {"another address: the number was used again", EventKind::discovery_log_changed,
       std::vector{controller(discovery, "10.0.0.2")}, "  nqn.2014-08.org.nvmexpress.discovery"},
      {"gone", EventKind::discovery_log_changed, std::vector<decide::Controller>{},
       "  nqn.2014-08.org.nvmexpress.discovery"},
      {"nothing is said about controllers", EventKind::discovery_log_changed, std::nullopt,
       "nvme0  nqn.2014-08.org.nvmexpress.discovery"},
      {"an I/O controller has no log", EventKind::discovery_log_changed,
       std::vector{controller(io, "10.0.0.1")}, "  nqn.2014-08.org.nvmexpress.discovery"},
      {"a discovery controller of a kernel before 5.18", EventKind::discovery_reconnected,
       std::vector{old_kernels}, "nvme0 nqn.a:host nqn.2014-08.org.nvmexpress.discovery"},
      {"an I/O controller of a kernel before 5.18", EventKind::discovery_reconnected,
       std::vector{controller(unknown, "10.0.0.1")}, "nvme0 is not a discovery controller"},
      {"an I/O controller reconnected", EventKind::discovery_reconnected,
       std::vector{controller(io, "10.0.0.1")}, "nvme0 is not a discovery controller"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = tests::log_changed_tcp("10.0.0.1");
    event.kind = row.kind;
    event.device = "nvme0";
    decide::Facts facts;
    facts.controllers = row.controllers;
    CHECK(shown(plan::checked_with_facts(event, facts)) == row.expected);
  }
}

TEST_CASE("an event's device is the controller with the same endpoint") {
  auto const ip = [](const char* text) { return base::Traddr::parse(base::Transport::tcp, text); };
  struct {
    const char* name;
    std::function<void(event::Event&, decide::Controller&)> change;
    bool same;
  } const rows[] = {
      {"as it is", [](auto&, auto&) {}, true},
      {"transport", [](auto&, auto& c) { c.endpoint.transport = base::Transport::rdma; }, false},
      {"port", [](auto&, auto& c) { c.endpoint.trsvcid = 4420; }, false},
      {"the same host address, spelt otherwise",
       [&](auto& e, auto& c) {
         e.endpoint.host_traddr = ip("10.0.0.7");
         c.endpoint.host_traddr = ip("::ffff:10.0.0.7");
       },
       true},
      {"a host address, where the event has none",
       [&](auto&, auto& c) { c.endpoint.host_traddr = ip("10.0.0.7"); }, false},
      {"no host address, where the event has one",
       [&](auto& e, auto&) { e.endpoint.host_traddr = ip("10.0.0.7"); }, false},
      {"interface", [](auto&, auto& c) { c.endpoint.host_iface = "eth0"; }, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = tests::log_changed_tcp("10.0.0.1");
    event.device = "nvme0";
    auto known = controller(decide::ControllerType::discovery, "10.0.0.1");
    row.change(event, known);
    decide::Facts facts;
    facts.controllers = {known};
    auto const reading = plan::checked_with_facts(event, facts);
    CHECK(std::get<event::Event>(reading).device == (row.same ? "nvme0" : ""));
  }
}

TEST_CASE("an identity that the facts do not show leaves the event's own") {
  event::Event event = tests::log_changed_tcp("10.0.0.1");
  event.device = "nvme0";
  event.host_nqn = "nqn.a:own";
  event.hostid = "own";
  auto known = controller(decide::ControllerType::discovery, "10.0.0.1");
  known.host_nqn.clear();
  known.subsystem_nqn.clear();
  decide::Facts facts;
  facts.controllers = {known};
  auto const reading = plan::checked_with_facts(event, facts);
  const auto& checked = std::get<event::Event>(reading);
  CHECK(checked.host_nqn == "nqn.a:own");
  CHECK(checked.hostid == "own");
  CHECK(checked.discovery_nqn == event.discovery_nqn);
}
