// Connections that an administrator names to have them disconnected and kept away.
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "execute/state.hpp"
#include "fabrics/fabrics_port.hpp"
#include "service/named_paths.hpp"
#include "service/planner.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::service {

struct Connection {
  enum class Standing : std::uint8_t {
    ours,     // connected by this program, or the firmware's and followed
    wanted,   // connected by nobody known, and the policy wants it
    others,   // another program's: it would bring it back
    unwanted, // connected by nobody known, and nothing would bring it back
  };
  decide::Controller controller;
  Standing standing = Standing::unwanted;
  // The events by which it would be planned again: one for each way in which sources name it.
  std::vector<event::Event> known_as;
};

// The controllers that are connected and have that device name, address or subsystem, or are one
// of the live `paths`.
std::vector<Connection> named_connections(const base::FileSystem& files,
                                          const std::vector<execute::State>& states,
                                          const std::string& name,
                                          const std::vector<NamedPath>& paths);

// Notes that it is kept away, then disconnects it: in that order, for the removal is an event at
// once. Fine if it is gone meanwhile.
base::Result<void> disconnect(const PlannerWorld& world, fabrics::FabricsPort& port,
                              const Connection& connection);

} // namespace nvmf::service
