// A policy of several files as if it were one: names made unique, each file's defaults moved into
// its rules.
#pragma once

#include "policy/policy.hpp"

#include <string>
#include <utility>
#include <vector>

namespace nvmf::policy {

struct FlatClause {
  MatchKey key = MatchKey::event;
  std::vector<Pattern> values;   // sources by their new names
  std::vector<std::string> sets; // by their new names
  std::string udev_property;
};

struct FlatMatch {
  bool any = false;
  std::vector<FlatClause> all;
  std::vector<FlatClause> none;
};

struct FlatGuard {
  std::string name;
  const Guard* guard = nullptr;
  FlatMatch match;
};

struct FlatRule {
  std::string name;
  const Rule* rule = nullptr;
  FlatMatch match;
  std::vector<std::string> profiles;
  OptionSettings connect; // the rule's own, and what its file's defaults add
  RetrySettings retry;
  // Secrets in `connect` that rank below those of an inherited identity where they were written.
  std::vector<base::OptionId> raised;
};

struct FlatTarget {
  Target target;
  std::vector<std::string> profiles;
};

// Pointers lead into the policy, which must outlive it.
struct FlatPolicy {
  File defaults; // the main file's
  std::vector<Identity> identities;
  std::vector<std::pair<std::string, std::shared_ptr<const Set>>> sets;
  std::vector<std::pair<std::string, std::shared_ptr<const Profile>>> profiles;
  std::vector<FlatTarget> targets;
  std::vector<FlatGuard> guards;
  std::vector<FlatRule> rules;
  BootWait boot;
  Limits limits;
};

// A secret in the defaults of a file ranks below those of an inherited identity, and in a rule
// above them. Where that matters it becomes the default of the whole; where two files say two such
// defaults, which cannot be said in one file, it is `raised` into the rule. A rule that can only
// ever match entries of a rule which is switched off is left out.
FlatPolicy flatten(const Policy& policy);

} // namespace nvmf::policy
