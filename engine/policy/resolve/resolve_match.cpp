// Sets and sources of matches, and matches that can never hold.
#include "policy/resolve/resolver.hpp"

#include "base/nearest.hpp"
#include "policy/covers.hpp"
#include "policy/foreign.hpp"
#include "policy/situations.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

// The origins of a thing other than targets and rules.
constexpr std::string_view source_words[] = {"nbft", "zeroconf"};

bool is_source_word(std::string_view name) {
  return std::find(std::begin(source_words), std::end(source_words), name) !=
         std::end(source_words);
}

bool fits(MatchKey key, MatchKey set_kind) {
  return key == set_kind || (key == MatchKey::discovery_nqn && set_kind == MatchKey::subsystem_nqn);
}

void report_unknown_set(Resolver& resolver, const NameUse& use, std::size_t file) {
  if (resolver.incomplete)
    return;
  std::vector<std::string> names;
  for (const auto& [name, set] : resolver.sets[file])
    names.push_back(name);
  auto const near = base::nearest(use.name, names);
  if (near) // plainly meant, so not unused
    resolver.used.insert(resolver.sets[file].find(*near)->second.get());
  resolver.sink.add(301, fmt::format("unknown set `{}`", use.name), use.span).help =
      near ? fmt::format("did you mean `@{}`?", *near)
           : std::string("a file sees its own `sets` and those of the main file");
}

// False if some are missing, which leaves the condition narrower than it is meant.
bool resolve_sets(Resolver& resolver, DecodedClause& decoded, std::size_t file) {
  bool complete = true;
  for (const NameUse& use : decoded.sets) {
    auto const at = resolver.sets[file].find(use.name);
    if (at == resolver.sets[file].end()) {
      report_unknown_set(resolver, use, file);
      complete = false;
      continue;
    }
    resolver.used.insert(at->second.get());
    // A set without values was reported at its place; its kind may be unknown, too.
    if (fits(decoded.clause.key, at->second->kind) || at->second->values.empty()) {
      decoded.clause.sets.push_back(at->second);
      continue;
    }
    diag::Finding& finding = resolver.sink.add(
        302,
        fmt::format("`{}` needs a set of its kind, and `{}` is one of {}",
                    to_string(decoded.clause.key), use.name, to_string(at->second->kind)),
        use.span);
    finding.spans.push_back({at->second->span, "defined here", false});
    complete = false;
  }
  return complete;
}

const Target* find_target(const Resolver& resolver, const std::string& name) {
  for (const DecodedFile& file : resolver.files)
    for (const DecodedTarget& each : file.targets)
      if (each.target.name == name)
        return &each.target;
  return nullptr;
}

void report_unknown_source(Resolver& resolver, const NameUse& use, bool ambiguous) {
  if (resolver.incomplete)
    return;
  std::vector<std::string> names;
  for (const DecodedFile& file : resolver.files) {
    for (const DecodedTarget& target : file.targets)
      names.push_back(target.target.name);
    for (const DecodedRule& rule : file.rules)
      names.push_back(rule.rule.name);
  }
  auto const near = base::nearest(use.name, names);
  diag::Finding& finding =
      resolver.sink.add(311,
                        ambiguous ? fmt::format("several files have a rule `{}`", use.name)
                                  : fmt::format("`{}` names neither a target nor a rule", use.name),
                        use.span);
  if (ambiguous)
    finding.help = "name it in full, FILE/NAME";
  else if (auto help = foreign_value_help(*find_key(Section::match, "source"), use.name);
           use.name.starts_with('!') && !help.empty())
    finding.take(std::move(help));
  else if (near)
    finding.help = fmt::format("did you mean `{}`?", *near);
}

const Rule& rule_of(const Resolver& resolver, const Resolver::RuleName& name) {
  return resolver.files[name.file].rules[name.index].rule;
}

void report_target_and_rule(Resolver& resolver, const NameUse& use, const Target& target,
                            const Rule& rule) {
  diag::Finding& finding = resolver.sink.add(
      315, fmt::format("`{}` is the name of a target and of a rule", use.name), use.span);
  finding.spans.push_back({target.span, "the target", false});
  finding.spans.push_back({rule.span, "the rule", false});
  finding.help =
      fmt::format("give one of them another name, or write `{}` for the rule", rule.full_name);
}

// False if the name is that of nothing, or of two things. A rule is known to `decide` by either of
// its names.
bool resolve_source(Resolver& resolver, const NameUse& use, DecodedClause& decoded) {
  auto const rule = resolver.rule_names.find(use.name);
  bool const has_rule = rule != resolver.rule_names.end();
  const Target* const target = find_target(resolver, use.name);
  if (has_rule && target != nullptr) {
    report_target_and_rule(resolver, use, *target, rule_of(resolver, rule->second));
    return false;
  }
  bool const is_rule = has_rule && !rule->second.ambiguous;
  if (!is_rule && target == nullptr && !is_source_word(use.name)) {
    report_unknown_source(resolver, use, has_rule);
    return false;
  }
  if (is_rule)
    decoded.clause.values.emplace_back(rule_of(resolver, rule->second).full_name);
  decoded.clause.values.emplace_back(use.name);
  return true;
}

// Rules are left out: their decisions name them one by one.
void resolve_source_glob(Resolver& resolver, const NameUse& use, DecodedClause& decoded) {
  base::Glob const glob(use.name);
  SourceGlob source{.glob = use.name, .names = {}};
  auto const add = [&](std::string_view name) {
    if (glob.matches(name))
      source.names.emplace_back(name);
  };
  for (const DecodedFile& file : resolver.files)
    for (const DecodedTarget& each : file.targets)
      add(each.target.name);
  for (std::string_view const word : source_words)
    add(word);
  if (source.names.empty() && !resolver.incomplete) {
    bool const fits_rule =
        std::any_of(resolver.rule_names.begin(), resolver.rule_names.end(),
                    [&](const auto& entry) { return glob.matches(entry.first); });
    resolver.sink
        .add(diag::Severity::warning, 311, fmt::format("`{}` fits no target", use.name), use.span)
        .help =
        fits_rule ? "a glob is compared with targets only; write the names of the rules" : "";
  }
  decoded.clause.values.emplace_back(std::move(source));
}

bool resolve_sources(Resolver& resolver, DecodedClause& decoded) {
  bool complete = true;
  for (const NameUse& use : decoded.names)
    if (use.name.find_first_of("*?") != std::string::npos)
      resolve_source_glob(resolver, use, decoded);
    else
      complete = resolve_source(resolver, use, decoded) && complete;
  return complete;
}

std::vector<Clause> resolve_clauses(Resolver& resolver, std::vector<DecodedClause>& decoded,
                                    DecodedMatch& match, std::size_t file) {
  std::vector<Clause> clauses;
  for (DecodedClause& each : decoded) {
    bool const has_sets = resolve_sets(resolver, each, file);
    bool const has_sources = resolve_sources(resolver, each);
    match.damaged = match.damaged || !has_sets || !has_sources;
    clauses.push_back(std::move(each.clause));
  }
  return clauses;
}

bool names_io_key(const std::vector<Clause>& clauses) {
  return std::any_of(clauses.begin(), clauses.end(), [](const Clause& clause) {
    return clause.key == MatchKey::subsystem_nqn || clause.key == MatchKey::portid ||
           clause.key == MatchKey::secure_channel;
  });
}

// --- matches that can never hold

std::string who_has_none(const Clause& clause, const Action* action) {
  std::string_view const key = to_string(clause.key);
  if (action != nullptr && *action == Action::discover)
    return fmt::format("`{}` can never hold in a `discover` rule: it matches discovery controllers",
                       key);
  if (action != nullptr && *action == Action::connect)
    return fmt::format("`{}` can never hold in a `connect` rule: it matches I/O subsystems", key);
  return fmt::format("`{}` can never hold beside a condition on I/O subsystems", key);
}

void report_pair(Resolver& resolver, const Clause& clause, const Clause& other) {
  diag::Finding& finding =
      resolver.sink.add(403,
                        fmt::format("`{}` and `{}` can never hold together", to_string(other.key),
                                    to_string(clause.key)),
                        clause.span);
  finding.spans.push_back({other.span, "leaves it no value", false});
}

void report_empty(Resolver& resolver, const Match& match, const Situations& start,
                  const Action* action) {
  Situations left = start;
  for (std::size_t i = 0; i < match.all.size(); ++i) {
    const Clause& clause = match.all[i];
    Situations const own = situations_of(clause);
    left &= own;
    if (left.any())
      continue;
    if ((start & own).none()) {
      resolver.sink.add(403, who_has_none(clause, action), clause.span);
      return;
    }
    for (std::size_t j = 0; j < i; ++j)
      if ((start & own & situations_of(match.all[j])).none()) {
        report_pair(resolver, clause, match.all[j]);
        return;
      }
    resolver.sink.add(403, "these conditions can never hold together", match.span);
    return;
  }
  resolver.sink.add(403, "`not` excludes everything that the other conditions leave", match.span);
}

bool is_everything(const Clause& clause) {
  return std::any_of(clause.values.begin(), clause.values.end(), [](const Pattern& pattern) {
    const auto* glob = std::get_if<base::Glob>(&pattern);
    return glob != nullptr && glob->pattern().find_first_not_of('*') == std::string::npos;
  });
}

// The condition that a clause below `not` cancels; null if there is none.
const Clause* cancelled_by(const Match& match, const Clause& negated, const SubjectSet& subjects) {
  for (const Clause& clause : match.all)
    if (covers(negated, clause))
      return &clause;
  bool const always_there =
      negated.key == MatchKey::subsystem_nqn && !subjects.discovery_controllers;
  return always_there && is_everything(negated) ? &negated : nullptr;
}

bool has_values(const Match& match) {
  auto const filled = [](const Clause& clause) {
    bool const sets_filled = std::none_of(clause.sets.begin(), clause.sets.end(),
                                          [](const auto& set) { return set->values.empty(); });
    return sets_filled && (!clause.values.empty() || !clause.sets.empty());
  };
  return std::all_of(match.all.begin(), match.all.end(), filled) &&
         std::all_of(match.none.begin(), match.none.end(), filled);
}

} // namespace

Match resolve_match(Resolver& resolver, DecodedMatch& decoded, std::size_t file) {
  Match match{.any = decoded.any, .span = decoded.span};
  match.all = resolve_clauses(resolver, decoded.all, decoded, file);
  match.none = resolve_clauses(resolver, decoded.none, decoded, file);
  return match;
}

SubjectSet subjects_of_match(const Match& match) {
  bool const io_only = names_io_key(match.all) || names_io_key(match.none);
  return {.discovery_controllers = !io_only, .io_subsystems = true};
}

bool check_possible(Resolver& resolver, const Match& match, const SubjectSet& subjects,
                    const Action* action) {
  // A value that could not be read was reported at its place.
  if (!has_values(match))
    return false;
  if (situations_of(match, subjects).none()) {
    report_empty(resolver, match, possible_situations() & situations_of(subjects), action);
    return false;
  }
  for (const Clause& negated : match.none)
    if (const Clause* cancelled = cancelled_by(match, negated, subjects)) {
      diag::Finding& finding = resolver.sink.add(
          403, fmt::format("`not` excludes all that `{}` matches", to_string(negated.key)),
          negated.span);
      if (cancelled != &negated)
        finding.spans.push_back({cancelled->span, "excluded here", false});
      return false;
    }
  return true;
}

} // namespace nvmf::policy
