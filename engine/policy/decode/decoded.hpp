// One file as decoded: the policy's own structures, with names of other things not yet looked up.
#pragma once

#include "policy/policy.hpp"
#include "policy/read_values.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::policy {

struct DecodedClause {
  Clause clause;              // `sets` is empty
  std::vector<NameUse> sets;  // `@NAME`, without the `@`
  std::vector<NameUse> names; // of `source`
};

struct DecodedMatch {
  bool any = false;
  std::vector<DecodedClause> all;
  std::vector<DecodedClause> none;
  diag::Span span;
  bool damaged = false; // a part could not be read: say nothing about the whole
};

struct DecodedGuard {
  Guard guard;
  DecodedMatch match;
  std::optional<diag::Span> reason;
};

struct DecodedRule {
  Rule rule;
  DecodedMatch match;
  std::optional<Action> action; // none: missing or wrong
  std::optional<NameUse> identity;
  std::vector<NameUse> profiles;
};

struct DecodedTarget {
  Target target;
  std::optional<NameUse> identity;
  std::vector<NameUse> profiles;
};

// A cap, and its place.
template <class T>
struct Placed {
  T value;
  diag::Span span;
};

struct DecodedLimits {
  std::optional<Placed<std::uint32_t>> referral_depth;
  std::optional<Placed<std::uint32_t>> log_entries;
  std::optional<Placed<base::Duration>> probe_timeout;
  std::optional<Placed<std::uint32_t>> probes_in_flight;
};

struct DecodedFile {
  File file;
  diag::SourcePtr source;
  std::vector<std::shared_ptr<Set>> sets;
  std::vector<std::shared_ptr<Profile>> profiles;
  std::vector<Identity> identities;
  std::vector<DecodedTarget> targets;
  std::vector<DecodedGuard> guards;
  std::vector<DecodedRule> rules;
  std::vector<NameUse> disabled;
  std::optional<BootWait> boot;
  std::optional<NbftUse> nbft;
  DecodedLimits limits;
};

} // namespace nvmf::policy
