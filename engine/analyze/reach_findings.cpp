#include "analyze/reach_findings.hpp"

#include "analyze/witness.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t shadowed_rule = 401;
constexpr std::uint16_t redundant_rule = 402;
constexpr std::uint16_t always_denied = 404;
constexpr std::uint16_t matches_everything = 407;

constexpr std::size_t coverers_named = 8;

const diag::Span& span_of(const Coverer& coverer) {
  return coverer.guard ? coverer.guard->span : coverer.rule->span;
}

const std::string& name_of(const Coverer& coverer, const policy::Policy& policy) {
  return coverer.guard ? policy.shown_name(*coverer.guard) : policy.shown_name(*coverer.rule);
}

std::string note(const RuleReach& reach, const policy::Policy& policy) {
  bool const one = reach.covered_by.size() == 1;
  return fmt::format("{} {} every event that it could match",
                     listed(reach.covered_by, policy, reach.rule->span),
                     one ? "takes" : "together take");
}

void add_places(const RuleReach& reach, diag::Finding& finding) {
  for (const Coverer& coverer : reach.covered_by)
    if (finding.spans.size() <= coverers_named)
      finding.spans.push_back(
          {.span = span_of(coverer), .label = "decides instead", .primary = false});
}

void report_shadowed(const RuleReach& reach, const policy::Policy& policy, diag::Sink& sink) {
  diag::Finding& finding = sink.add(
      shadowed_rule, fmt::format("rule `{}` can never decide", policy.shown_name(*reach.rule)),
      reach.rule->span);
  finding.notes.push_back(note(reach, policy));
  finding.witness = describe(policy, *reach.example);
  if (reach.covered_by.size() == 1 && reach.covered_by.front().rule)
    finding.help =
        fmt::format("if it is an exception, move `{}` before `{}`", policy.shown_name(*reach.rule),
                    name_of(reach.covered_by.front(), policy));
  add_places(reach, finding);
}

void report_redundant(const RuleReach& reach, const policy::Policy& policy, diag::Sink& sink) {
  diag::Finding& finding = sink.add(
      redundant_rule, fmt::format("rule `{}` changes nothing", policy.shown_name(*reach.rule)),
      reach.rule->span);
  finding.notes.push_back(note(reach, policy) + ", with the same outcome");
  finding.witness = describe(policy, *reach.example);
  finding.help = "remove it";
  add_places(reach, finding);
}

void report_denied(const RuleReach& reach, const policy::Policy& policy, diag::Sink& sink) {
  diag::Finding& finding = sink.add(
      always_denied, fmt::format("rule `{}` is always denied", policy.shown_name(*reach.rule)),
      reach.rule->span);
  bool const one = reach.covered_by.size() == 1;
  finding.notes.push_back(fmt::format("{} {} every event that it could match",
                                      listed(reach.covered_by, policy, reach.rule->span),
                                      one ? "denies" : "together deny"));
  finding.witness = describe(policy, *reach.example);
  finding.help = "guards cannot be overridden: narrow the guard or remove the rule";
  add_places(reach, finding);
}

} // namespace

std::string place_from(const diag::Span& from, const diag::Span& place) {
  if (from.path() == place.path() && place.start.line != 0)
    return fmt::format("line {}", place.start.line);
  return place.place();
}

std::string listed(const std::vector<Coverer>& coverers, const policy::Policy& policy,
                   const diag::Span& from) {
  std::size_t const named = std::min(coverers.size(), coverers_named);
  std::string text;
  for (std::size_t i = 0; i < named; ++i) {
    bool const last = i + 1 == coverers.size();
    text += i == 0 ? "" : (last ? " and " : ", ");
    text += fmt::format("{}`{}`", coverers[i].guard ? "guard " : "", name_of(coverers[i], policy));
    if (auto const place = place_from(from, span_of(coverers[i])); !place.empty())
      text += fmt::format(" ({})", place);
  }
  if (named < coverers.size())
    text += fmt::format(" and {} more", coverers.size() - named);
  return text;
}

void report_reach(const RuleReach& reach, const CompiledPolicy& policy, diag::Sink& sink) {
  switch (reach.reach) {
  case Reach::shadowed:
    return report_shadowed(reach, policy.policy(), sink);
  case Reach::redundant:
    if (!policy.sources().asks_for(names_below(*reach.rule)))
      report_redundant(reach, policy.policy(), sink);
    return;
  case Reach::always_denied:
    return report_denied(reach, policy.policy(), sink);
  case Reach::decides:
  case Reach::impossible:
  case Reach::unknown:
    return;
  }
}

void report_matches_everything(const Decider& decider, const Region& region,
                               const policy::Policy& policy, Solver& solver, diag::Sink& sink) {
  if (decider.match().any || region.opaque)
    return;
  solver.meter().begin_question();
  Region const all{.shapes = shapes_of(decider.applies_to())};
  if (solver.contains(region, all) != Truth::yes)
    return;
  auto witness = event_of(all, solver);
  if (!witness)
    return;
  auto const decision = decide::decide(policy, witness->event, witness->hostname);
  diag::Finding& finding =
      sink.add(matches_everything,
               fmt::format("{} `{}` matches everything it applies to",
                           decider.guard ? "guard" : "rule", decider.shown_name(policy)),
               decider.span());
  finding.help = "if that is meant, write `match: {any: true}`";
  finding.witness =
      describe(policy, Example{std::move(witness->event), std::move(witness->hostname), decision});
}

} // namespace nvmf::analyze
