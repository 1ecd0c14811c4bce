// A policy as regions, in the order in which it decides: guards, then rules.
//
// A guard that looks at the identity is held against the one that a rule gives, so that where some
// rule names an identity such guards come once before each rule, for what that rule takes, and once
// after all rules.
#pragma once

#include "analyze/directory.hpp"
#include "analyze/event_space.hpp"
#include "analyze/example.hpp"
#include "analyze/settings.hpp"
#include "analyze/solver.hpp"
#include "analyze/source_names.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace nvmf::analyze {

// A guard or a rule; one of the two is set.
struct Decider {
  const policy::Guard* guard = nullptr;
  const policy::Rule* rule = nullptr;
  // Of a guard: only for what this rule takes, with the identity that the rule gives.
  const policy::Rule* before = nullptr;

  const policy::Match& match() const { return guard ? guard->match : rule->match; }
  const policy::SubjectSet& applies_to() const {
    return guard ? guard->applies_to : rule->applies_to;
  }
  const diag::Span& span() const { return guard ? guard->span : rule->span; }
  const std::string& shown_name(const policy::Policy& policy) const {
    return guard ? policy.shown_name(*guard) : policy.shown_name(*rule);
  }
};

class CompiledPolicy {
public:
  CompiledPolicy(const policy::Policy& policy, const EventSpace& space);

  const policy::Policy& policy() const { return policy_; }
  std::size_t size() const { return deciders_.size(); }
  const Decider& decider(std::size_t index) const { return deciders_[index]; }
  const Region& region(std::size_t index) const { return regions_[index]; }
  std::vector<const Region*> regions() const;
  const Directory& directory() const { return *directory_; }

  // The guards are held as decide() does; else some are held against the event as it came, because
  // there are too many of them.
  bool is_exact() const { return exact_; }
  // Each event of the rule that the guard denies as it came is denied in the end, too: no host side
  // and no identity that is known only then would make a difference.
  bool is_certain(std::size_t guard, const policy::Rule& rule) const;

  // Of `candidates`, without the opaque ones, which are never said to cover anything.
  std::vector<std::size_t> clear(const std::vector<std::size_t>& candidates) const;

  // The transports of events that both accept on which they decide differently. None: they decide
  // alike, with the same action and settings, and no `source` distinguishes the entries of their
  // logs.
  base::TransportSet differing_on(std::size_t a, std::size_t b) const;
  // The work to answer `differing_on`: rules of the same settings are compared once.
  std::uint64_t steps_to_compare(std::size_t a, std::size_t b) const;
  const Settings& settings(std::size_t index) const;
  const SourceNames& sources() const { return sources_; }

private:
  void add(Decider decider, Region region);
  void add_guards_before(const policy::Rule& rule, const EventSpace& space);

  const policy::Policy& policy_;
  bool exact_ = true;
  std::vector<Decider> deciders_;
  std::vector<Region> regions_;
  std::optional<Directory> directory_;
  SourceNames sources_;

  base::TransportSet changed_on(std::size_t a, std::size_t b) const;

  // Each different group of settings once, and which of them a decider has.
  std::size_t settings_id(std::size_t index) const;
  mutable std::map<Settings, std::size_t> ids_of_settings_;
  mutable std::vector<const Settings*> settings_;          // by id: keys of `ids_of_settings_`
  mutable std::vector<std::optional<std::size_t>> own_id_; // by decider
  // The transports on which two of them differ, by both ids.
  mutable std::unordered_map<std::uint64_t, base::TransportSet> compared_;
};

// An event of the cell that the decider at `index` decides, confirmed by `decide()` itself; nothing
// if no event can be found. Takes time in proportion to the policy: for reported findings only.
std::optional<Example> confirmed(const Cell& cell, Solver& solver, const CompiledPolicy& policy,
                                 std::size_t index);
// The same, but the matcher is asked only about the decider and those of `earlier`, which are all
// that could come before it.
std::optional<Example> confirmed_among(const Cell& cell, Solver& solver,
                                       const CompiledPolicy& policy, std::size_t index,
                                       const std::vector<std::size_t>& earlier);

} // namespace nvmf::analyze
