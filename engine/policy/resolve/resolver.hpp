// The parts of `resolve`, one concern a file. All work on one state.
#pragma once

#include "policy/decode/decoded.hpp"
#include "policy/policy.hpp"
#include "policy/resolve/resolve.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nvmf::policy {

// The meaning of a name, seen from one file.
template <class T>
using Visible = std::map<std::string, std::shared_ptr<const T>, std::less<>>;

struct Resolver {
  Policy& policy;
  std::vector<DecodedFile>& files;
  diag::Sink& sink;
  bool incomplete = false;

  std::vector<Visible<Set>> sets; // by file
  std::vector<Visible<Profile>> profiles;
  std::set<const void*> used; // sets, profiles, identities that something names

  // Rules by bare and by full name. A bare one of several files names none.
  struct RuleName {
    std::size_t file = 0;
    std::size_t index = 0; // in its file
    bool ambiguous = false;
  };
  std::unordered_map<std::string, RuleName> rule_names;
  std::set<std::pair<std::size_t, std::size_t>> disabled; // file, index

  std::vector<std::size_t> sound_guards; // of the policy, see Resolved
  std::vector<std::size_t> sound_rules;
};

// `nbft`, `zeroconf`, `default`: no target, rule or other identity may be called so (317).
bool is_reserved(std::string_view name);
// Which names are defined, and which of them clash (304); identities (310, 312, 316,
// 507).
void collect_names(Resolver& resolver);
void collect_identities(Resolver& resolver);
// `disable-rules` (307).
void resolve_disabled(Resolver& resolver);
// A match with its sets and sources (301, 302, 311, 315), damaged if one of them is none. `file`:
// from where it is seen.
Match resolve_match(Resolver& resolver, DecodedMatch& match, std::size_t file);
// 403 and 212 need the whole match.
SubjectSet subjects_of_match(const Match& match);
// False: the match can never hold, or a value of it was not read.
bool check_possible(Resolver& resolver, const Match& match, const SubjectSet& subjects,
                    const Action* action);
// Profiles of a rule or target (303, 305) and its identity (309).
std::vector<std::shared_ptr<const Profile>>
resolve_profiles(Resolver& resolver, const std::vector<NameUse>& uses, std::size_t file);
std::optional<std::string> resolve_identity(Resolver& resolver, const std::optional<NameUse>& use);
// Guards, rules and targets (314), in order.
void resolve_rules(Resolver& resolver);
void resolve_guards(Resolver& resolver);
void resolve_targets(Resolver& resolver);
// `boot`, `limits` (705).
void resolve_limits(Resolver& resolver);
// 306.
void report_unused(Resolver& resolver);

} // namespace nvmf::policy
