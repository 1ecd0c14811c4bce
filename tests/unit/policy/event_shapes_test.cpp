#include "policy/event_shapes.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;
using base::EventKind;
using base::Subject;
using base::Transport;
using policy::Presence;

namespace {

// The keys that may have a value, those that always have one with a `!`.
std::string values_of(const policy::EventShape& shape) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(policy::MatchKey::udev); ++i) {
    auto const key = static_cast<policy::MatchKey>(i);
    Presence const presence = policy::presence(key, shape);
    if (presence != Presence::never)
      text += (text.empty() ? "" : " ") + std::string(policy::to_string(key)) +
              (presence == Presence::always ? "!" : "");
  }
  return text;
}

} // namespace

TEST_CASE("which events exist") {
  struct Row {
    EventKind kind;
    const char* shapes;
  };
  const char* const both = "dc:tcp dc:rdma dc:fc dc:loop io:tcp io:rdma io:fc io:loop ";
  const char* const dc = "dc:tcp dc:rdma dc:fc dc:loop ";
  for (const Row& row : {
           Row{EventKind::boot, both},
           Row{EventKind::firmware, "dc:tcp io:tcp "},
           Row{EventKind::discovery_log_changed, dc},
           Row{EventKind::discovery_reconnected, dc},
           Row{EventKind::fc_discovery, "dc:fc "},
           Row{EventKind::discovered, "io:tcp io:rdma io:fc io:loop "},
           Row{EventKind::referral, dc},
           Row{EventKind::controller_lost, both},
       }) {
    CAPTURE(base::to_string(row.kind));
    std::string shapes;
    for (Subject const subject : {Subject::discovery_controller, Subject::io_subsystem})
      for (Transport const transport : base::all_transports)
        if (policy::exists({subject, row.kind, transport}))
          shapes += (subject == Subject::io_subsystem ? "io:" : "dc:") +
                    std::string(base::to_string(transport)) + " ";
    CHECK(shapes == row.shapes);
  }
}

TEST_CASE("which values an event has") {
  const auto dc = Subject::discovery_controller;
  const auto io = Subject::io_subsystem;
  struct Row {
    policy::EventShape shape;
    const char* values;
  };
  for (const Row& row : {
           Row{{io, EventKind::boot, Transport::tcp},
               "event! transport! traddr! host-traddr trsvcid! host-iface subsystem-nqn! host-nqn "
               "hostname source identity"},
           Row{{dc, EventKind::boot, Transport::rdma},
               "event! transport! traddr! host-traddr trsvcid! discovery-nqn host-nqn hostname "
               "source identity"},
           Row{{io, EventKind::firmware, Transport::tcp},
               "event! transport! traddr! host-traddr trsvcid! host-iface subsystem-nqn! host-nqn "
               "hostname source identity portid secure-channel"},
           Row{{dc, EventKind::discovery_log_changed, Transport::tcp},
               "event! transport! traddr! host-traddr trsvcid host-iface discovery-nqn host-nqn "
               "hostname source identity owner persistent udev"},
           Row{{dc, EventKind::fc_discovery, Transport::fc},
               "event! transport! traddr! host-traddr discovery-nqn host-nqn hostname source "
               "identity udev"},
           Row{{io, EventKind::discovered, Transport::loop},
               "event! transport! traddr subsystem-nqn! discovery-nqn host-nqn hostname source "
               "identity portid secure-channel"},
           Row{{dc, EventKind::referral, Transport::rdma},
               "event! transport! traddr! host-traddr trsvcid discovery-nqn host-nqn hostname "
               "source identity"},
           Row{{io, EventKind::controller_lost, Transport::tcp},
               "event! transport! traddr! host-traddr trsvcid host-iface subsystem-nqn! "
               "discovery-nqn host-nqn hostname source identity portid secure-channel udev"},
           Row{{dc, EventKind::controller_lost, Transport::fc},
               "event! transport! traddr! host-traddr discovery-nqn host-nqn hostname source "
               "identity udev"},
       }) {
    CAPTURE(base::to_string(row.shape.kind));
    CAPTURE(base::to_string(row.shape.transport));
    CHECK(values_of(row.shape) == row.values);
  }
}
