// A thing that is to be connected, and how far it is: one I/O subsystem over one path, or one
// discovery controller.
#pragma once

#include "event/log_entry.hpp"
#include "execute/state.hpp"
#include "fabrics/error_class.hpp"
#include "fabrics/probe.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nvmf::execute {

using PathId = std::uint32_t;

struct Path {
  PathId id = 0;
  std::string key; // plan::path_key
  plan::Item item;
  std::optional<std::size_t> index; // of the item in the reading that listed it last
  unsigned generation = 0;          // that reading

  PathState state = PathState::pending;
  std::string device;
  std::uint64_t incarnation = 0; // of the controller `device` (host::incarnation_of); 0: unknown
  std::uint32_t tries = 0;
  std::optional<BootTime> first_try;
  std::optional<BootTime> next_try; // also when a given-up path's secret is looked at again
  std::optional<fabrics::ErrorClass> error_class;
  std::string reason;
  std::string told; // the journal's latest line about it
  // Pending until this host's addresses, interfaces or routes change.
  bool awaits_network = false;
  // Waiting until it is asked again whether somebody meant its removal.
  bool is_doubted = false;

  enum class Maker : std::uint8_t { somebody, us };
  Maker maker = Maker::somebody; // of the controller `device`
  bool kept = false;             // discovery controllers of which we are the maker: it is to stay
  fabrics::FailedAttempt::Probe probe = fabrics::FailedAttempt::Probe::not_made;
  BootTime probe_began{};
  bool once_hung = false;
  std::optional<std::string> refused_secrets; // fingerprint with which authentication failed

  // Discovery controllers.
  enum class Log : std::uint8_t {
    unknown, // not read in this generation
    reading, // a reader is at it
    stored,  // decided with what an earlier generation or executor read
    read,    // read in this generation and decided
  };
  Log log_state = Log::unknown;
  bool reads_bystander = false; // the log being read is that of item.bystander
  unsigned decided_in = 0;      // the generation that decided its log last
  std::optional<event::DiscoveryLog> log;
  BootTime log_read{};
  std::string told_log; // the journal's latest line about its log
  std::string own_nqn;
  std::uint64_t replaced_incarnation = 0;
  std::string replaced_device; // connected under the well-known NQN, until the unique one is there
  bool unique_nqn_tried = false;

  bool is_discovery() const { return item.subject == base::Subject::discovery_controller; }
  // Nothing more is going to happen to it by itself.
  bool is_settled() const {
    bool const at_rest = state == PathState::live || state == PathState::given_up;
    return at_rest && !next_try && log_state != Log::reading;
  }
};

PathRecord record_of(const Path& path);

// All paths of one hand-over. References stay valid until the path is erased.
//
// Code that may change a path gets it from here, so that the next try and the number of paths that
// are not settled are known without a walk over all of them. A reference is not kept past the call
// of the session in which it was got.
class PathTable {
public:
  Path* find(PathId id);
  Path* find(const std::string& key);
  // A new path for the item.
  Path& add(const std::string& key, plan::Item item);
  void erase(PathId id);

  std::map<PathId, Path>& all();
  const std::map<PathId, Path>& all() const { return paths_; }
  const Path& look(PathId id) const { return paths_.at(id); }
  // Those of discovery controllers, few among many.
  const std::set<PathId>& discovery() const { return discovery_; }

  // The earliest `next_try`.
  std::optional<BootTime> next_try() const;
  // Path::is_settled holds for each.
  bool all_settled() const;

private:
  struct Noted {
    std::optional<BootTime> next_try;
    bool settled = true;
  };
  void reconcile() const;
  void note(PathId id) const;

  std::map<PathId, Path> paths_;
  std::map<std::string, PathId> ids_;
  std::set<PathId> discovery_;
  PathId next_ = 1;
  // Notes about each path; those about `touched_` may be older than the path.
  mutable std::map<PathId, Noted> noted_;
  mutable std::set<std::pair<BootTime, PathId>> by_next_try_;
  mutable std::size_t unsettled_ = 0;
  mutable std::vector<PathId> touched_;
  mutable bool all_touched_ = false;
};

} // namespace nvmf::execute
