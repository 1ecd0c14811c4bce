// Everything that this host knows about a subsystem or an address: which log or target names it,
// how the policy decides it now, what the services did about it, and what cannot be known.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "cli/host_answer.hpp"
#include "cli/terminal.hpp"
#include "event/event.hpp"
#include "execute/state.hpp"
#include "plan/plan.hpp"
#include "plan/run.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nvmf::cli {

// The log of a discovery controller that has an entry for a path, or the event that names it.
struct Listing {
  std::string target; // whose discovery controller or path it is; empty: of no target
  base::Subject subject = base::Subject::discovery_controller;
  plan::Tid tid; // of the discovery controller, or of the path itself
  // Of a log; none: the path is named by a target or an event of its own.
  std::optional<std::size_t> entries;
  std::optional<base::Duration> age;
};

struct KnownPath {
  plan::Item item; // as the policy decides it now
  event::Event event;
  std::vector<Listing>
      listed_by; // empty: it is connected, or was disconnected by hand, and no more
  HostAnswer host;
  std::optional<execute::PathRecord> path; // as the services have it; none: they do not try it
  bool is_kept_away = false;               // disconnected by hand
  // The command that asks again for the source that lists it, where that was cancelled; else empty.
  std::string resume_source;
};

struct KnownPaths {
  std::vector<KnownPath> paths;
  // Sources that may know more and could not be asked, and why; for people.
  std::vector<std::string> unknown;
  // NQNs of the subsystems that this host knows, among which a misspelt name is looked for.
  std::set<std::string> nqns;
  bool in_charge = false;
  base::Duration now{}; // since boot
};

// `name` is an NQN or an address in any spelling. Fails where the state cannot be read.
base::Result<KnownPaths> find_known_paths(base::FileSystem& files, const base::Clock& clock,
                                          const policy::Policy& policy, const decide::Facts& facts,
                                          const plan::AskRouting& routing, const std::string& name);

// The first word of each path is its outcome in the plan.
std::string known_paths_text(const KnownPaths& known, const std::string& name,
                             const Screen& screen);
// One document: `{format_version, name, paths: [...], unknown: [...]}`.
std::string known_paths_json(const KnownPaths& known, const std::string& name);

// Of the NQNs that this host knows those that `name` is a part of, whatever its case, else the one
// that it is nearly spelt like; a few at most.
std::vector<std::string> near_nqns(const KnownPaths& known, const std::string& name);

// The command for the path; empty: there is nothing to do.
std::string remedy_for(const KnownPath& one, bool in_charge);

} // namespace nvmf::cli
