#include "analyze/source_names.hpp"

#include "analyze/clause_values.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

bool has_any(const Names& accepted, const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return accepted.contains(name); });
}

} // namespace

Names names_below(const policy::Rule& rule, const policy::Target* target) {
  Names names{rule.name, rule.full_name};
  if (target)
    names.insert(target->name);
  return names;
}

SourceNames::SourceNames(const policy::Policy& policy) {
  auto const look_at = [&](const policy::Match& match) {
    for (const auto* clauses : {&match.all, &match.none})
      for (const policy::Clause& clause : *clauses)
        if (clause.key == policy::MatchKey::source) {
          auto const accepted = texts_in(clause);
          clauses_.emplace_back(accepted.begin(), accepted.end());
        }
  };
  for (const policy::Guard& guard : policy.guards)
    look_at(guard.match);
  for (const policy::Rule& rule : policy.rules)
    look_at(rule.match);
}

bool SourceNames::asks_for(const Names& names) const {
  return std::any_of(clauses_.begin(), clauses_.end(),
                     [&](const Names& accepted) { return has_any(accepted, names); });
}

bool SourceNames::alike(const Names& a, const Names& b) const {
  return std::all_of(clauses_.begin(), clauses_.end(), [&](const Names& accepted) {
    return has_any(accepted, a) == has_any(accepted, b);
  });
}

std::string SourceNames::shown(const Names& names) const {
  std::string text;
  for (const std::string& name : names)
    if (name.find('/') == std::string::npos && asks_for({name}))
      text += (text.empty() ? "" : " and ") + name;
  return text;
}

} // namespace nvmf::analyze
