#include "analyze/overlap.hpp"

#include "analyze/overlap_search.hpp"
#include "analyze/reach_findings.hpp"

#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t conflicting_overlap = 405;

Overlap relation(Truth first_inside, Truth second_inside) {
  if (first_inside == Truth::yes)
    return second_inside == Truth::yes ? Overlap::equal : Overlap::inside;
  return second_inside == Truth::yes ? Overlap::contains : Overlap::partial;
}

bool both_connect(const policy::Rule& a, const policy::Rule& b) {
  return a.action == policy::Action::connect && b.action == policy::Action::connect;
}

std::string shown(const std::string& value) { return value.empty() ? "the default" : value; }

} // namespace

std::string_view to_string(Overlap overlap) {
  switch (overlap) {
  case Overlap::partial:
    return "partial";
  case Overlap::inside:
    return "inside";
  case Overlap::contains:
    return "contains";
  case Overlap::equal:
    return "equal";
  }
  return "";
}

std::optional<OverlappingRules> overlap_of(std::size_t first, std::size_t second,
                                           const CompiledPolicy& policy, Solver& solver) {
  const Region& a = policy.region(first);
  const Region& b = policy.region(second);
  base::TransportSet const differing = policy.differing_on(first, second);
  if (a.opaque || b.opaque || differing.empty())
    return std::nullopt;
  solver.meter().begin_question();
  Region both = intersection(a, b);
  both.shapes &= shapes_of(differing);
  if (solver.is_empty(both) != Truth::no)
    return std::nullopt;
  auto const candidates = policy.directory().candidates(first, first);
  std::vector<const Region*> earlier;
  for (std::size_t const other : candidates)
    earlier.push_back(&policy.region(other));
  Remainder const rest = solver.subtract(both, earlier);
  if (rest.empty != Truth::no)
    return std::nullopt;
  auto example = confirmed_among(rest.cell, solver, policy, first, candidates);
  Truth const first_inside = solver.contains(b, a);
  Truth const second_inside = solver.contains(a, b);
  if (!example || first_inside == Truth::unknown || second_inside == Truth::unknown)
    return std::nullopt;
  OverlappingRules result{.first = policy.decider(first).rule,
                          .second = policy.decider(second).rule,
                          .overlap = relation(first_inside, second_inside),
                          .example = std::move(*example),
                          .settings = {}};
  if (result.first->action == result.second->action)
    result.settings =
        changes(policy.settings(first), policy.settings(second), transports_of(both.shapes));
  result.conflicting =
      result.overlap == Overlap::partial && both_connect(*result.first, *result.second) &&
      !changes(options_of(policy.policy(), *result.first),
               options_of(policy.policy(), *result.second), transports_of(both.shapes))
           .empty();
  return result;
}

void report_conflicts(std::size_t second, const CompiledPolicy& policy, Solver& solver,
                      diag::Sink& sink) {
  constexpr unsigned most = 3; // of one rule; `analyze overlaps` shows the others
  const policy::Rule& rule = *policy.decider(second).rule;
  unsigned found = 0;
  for (std::size_t const first : policy.directory().candidates(second, second)) {
    const policy::Rule* other = policy.decider(first).rule;
    if (found == most || !other || !both_connect(*other, rule))
      continue;
    solver.meter().begin_question();
    if (!solver.meter().spend(policy.steps_to_compare(first, second)))
      return;
    if (policy.differing_on(first, second).empty() ||
        solver.contains(policy.region(second), policy.region(first)) == Truth::yes)
      continue;
    auto const overlap = overlap_of(first, second, policy, solver);
    if (!overlap || !overlap->conflicting)
      continue;
    ++found;
    const policy::Policy& texts = policy.policy();
    diag::Finding& finding =
        sink.add(conflicting_overlap,
                 fmt::format("rules `{}` and `{}` overlap and set different options",
                             texts.shown_name(*other), texts.shown_name(rule)),
                 rule.span);
    finding.notes.push_back(fmt::format("where both match, `{}` ({}) decides",
                                        texts.shown_name(*other),
                                        place_from(rule.span, other->span)));
    base::TransportSet const both =
        transports_of(policy.region(first).shapes & policy.region(second).shapes);
    for (const SettingChange& change :
         changes(options_of(texts, *other), options_of(texts, rule), both))
      finding.notes.push_back(fmt::format("`{}`: {} there, {} here", change.name,
                                          shown(change.before), shown(change.after)));
    finding.witness = describe(texts, overlap->example);
    finding.spans.push_back(
        {.span = other->span, .label = "decides where both match", .primary = false});
  }
}

Overlaps overlaps(const policy::Policy& policy, const Budget& budget) {
  const policy::Policy* const one[] = {&policy};
  EventSpace const space(one);
  Solver solver(space, budget);
  CompiledPolicy const compiled(policy, space);
  Overlaps result;
  for (std::size_t first = 0; first < compiled.size(); ++first)
    for (std::size_t const second : compiled.directory().candidates(first))
      if (second > first && compiled.decider(first).rule && compiled.decider(second).rule)
        if (auto overlap = overlap_of(first, second, compiled, solver))
          result.pairs.push_back(std::move(*overlap));
  result.incomplete = solver.meter().incomplete() || !compiled.is_exact();
  return result;
}

} // namespace nvmf::analyze
