#include "decide/samples.hpp"
#include "plan/known_device.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using base::EventKind;

namespace {

decide::Controller controller(decide::ControllerType type, const char* traddr) {
  return {.device = "nvme0",
          .state = "live",
          .type = type,
          .transport = base::Transport::tcp,
          .traddr = base::Traddr::parse(base::Transport::tcp, traddr),
          .trsvcid = 8009,
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
      {"an I/O controller reconnected", EventKind::discovery_reconnected,
       std::vector{controller(io, "10.0.0.1")}, "nvme0 is no discovery controller"},
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
