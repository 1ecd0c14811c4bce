#include "cli/explanation.hpp"

#include "cli/clause_text.hpp"
#include "cli/fit_text.hpp"
#include "cli/names_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;

Style style_of(Outcome outcome) {
  switch (outcome) {
  case Outcome::discover:
  case Outcome::connect:
    return Style::good;
  case Outcome::denied:
    return Style::bad;
  case Outcome::keep:
  case Outcome::differs:
  case Outcome::refused:
  case Outcome::ignored:
    break;
  }
  return Style::strong;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return result;
}

std::string by_text(const policy::Policy& policy, const decide::Decision& decision) {
  if (decision.guard != nullptr) {
    std::string text = fmt::format("by guard {}  {}", policy.shown_name(*decision.guard),
                                   place_text(decision.guard->span));
    return decision.guard->reason.empty() ? text : text + ": " + decision.guard->reason;
  }
  if (decision.rule != nullptr)
    return fmt::format("by rule {}  {}", policy.shown_name(*decision.rule),
                       place_text(decision.rule->span));
  if (decision.target != nullptr)
    return fmt::format("by target {}  {}", decision.target->name,
                       place_text(decision.target->span));
  return decision.firmware ? "by the firmware's table" : "no rule matched";
}

// The plan's decision in place of that of guards and rules.
std::string by_plan_text(const policy::Policy& policy, const Explanation& explanation) {
  const plan::Item& item = foremost(explanation.host.items);
  if (item.reason == decide::Reason::duplicate_of)
    return fmt::format("duplicate-of: {}", item.detail);
  return by_text(policy, explanation.decision);
}

// One guard or rule of the table.
struct TableLine {
  std::string what; // `guard`, `rule 1`
  std::string name;
  std::string verdict; // `yes`, `no`, `–`
  std::string why;
};

const decide::ClauseTrace* first_failed(const decide::MatchTrace& trace) {
  const auto failed = std::find_if(trace.clauses.begin(), trace.clauses.end(),
                                   [](const auto& clause) { return !clause.holds; });
  return failed == trace.clauses.end() ? nullptr : &*failed;
}

// The whole of the subjects that it does apply to.
std::string applies_to_text(const policy::SubjectSet& subjects) {
  return subjects.discovery_controllers ? "applies to discovery controllers"
                                        : "applies to I/O subsystems";
}

TableLine line_of(const policy::Policy& policy, const Explanation& explanation,
                  const decide::MatchTrace& trace, std::size_t number) {
  TableLine line;
  const bool is_guard = trace.guard != nullptr;
  line.what = is_guard ? "guard" : fmt::format("rule {}", number);
  line.name = is_guard ? policy.shown_name(*trace.guard) : policy.shown_name(*trace.rule);
  if (!trace.applies_to_event) {
    line.verdict = "–";
    line.why = applies_to_text(is_guard ? trace.guard->applies_to : trace.rule->applies_to);
    return line;
  }
  if (trace.matched) {
    line.verdict = "yes";
    const bool decides = is_guard ? explanation.decision.guard == trace.guard
                                  : explanation.decision.rule == trace.rule;
    const bool is_late = is_guard && explanation.denied_late;
    line.why = !decides  ? "matches, but is not asked"
               : is_late ? "decides, by the host side and identity that would be used"
                         : "decides";
    return line;
  }
  line.verdict = "no";
  if (const decide::ClauseTrace* failed = first_failed(trace))
    line.why = clause_text(*failed, is_guard ? explanation.guarded : explanation.event,
                           explanation.hostname);
  return line;
}

std::vector<TableLine> lines_of(const policy::Policy& policy, const Explanation& explanation) {
  std::vector<TableLine> lines;
  for (const decide::MatchTrace& trace : explanation.trace.guards)
    lines.push_back(line_of(policy, explanation, trace, 0));
  std::size_t number = 0;
  for (const decide::MatchTrace& trace : explanation.trace.rules)
    lines.push_back(line_of(policy, explanation, trace, ++number));
  return lines;
}

std::string table_text(const std::vector<TableLine>& lines, const Screen& screen) {
  std::size_t what = 0;
  std::size_t name = 0;
  for (const TableLine& line : lines) {
    what = std::max(what, width(line.what));
    name = std::max(name, width(line.name));
  }
  constexpr std::size_t blanks = 2 + 1 + 2 + 3 + 1;
  constexpr std::size_t fewest = 20; // columns for the reason
  const bool is_wide = !screen.columns || what + name + blanks + fewest <= *screen.columns;
  if (!is_wide)
    name = std::max(what + blanks + fewest + 8, *screen.columns) - what - blanks - fewest;
  const std::size_t left = what + name + blanks;
  std::string text;
  for (const TableLine& line : lines)
    text += fmt::format("  {} {}  {} {}\n", padded(line.what, what),
                        padded(shortened(line.name, name), name), padded(line.verdict, 3),
                        screen.columns ? fitted_words(line.why, left, *screen.columns) : line.why);
  return text;
}

// One line, or in a window as many as it takes; `first` columns of it are there already.
std::string line_text(const std::string& text, std::size_t first, const Screen& screen) {
  return (screen.columns ? fitted_words(text, first, *screen.columns) : text) + '\n';
}

std::string closest_text(const policy::Policy& policy, const Explanation& explanation) {
  const auto closest = decide::closest_rule(explanation.trace);
  if (!closest || explanation.decision.outcome != Outcome::ignored ||
      explanation.decision.rule != nullptr)
    return {};
  return fmt::format("closest: {}, {} of {} clauses {}\n", policy.shown_name(*closest->rule->rule),
                     closest->holding, closest->total, closest->holding == 1 ? "holds" : "hold");
}

} // namespace

std::string outcome_word(Outcome outcome, const Palette& palette) {
  return palette.paint(style_of(outcome), upper(decide::to_string(outcome)));
}

Explanation explain(const policy::Policy& policy, const event::Event& event,
                    const std::optional<std::string>& hostname) {
  Explanation result{.event = event, .hostname = hostname};
  result.decision = decide::decide(policy, event, hostname, &result.trace);
  const auto rules = decide::decide_without_guards(policy, event, hostname);
  const bool is_wanted = rules.outcome != Outcome::ignored;
  result.guarded = is_wanted ? decide::as_used(policy, event, rules.rule) : event;
  if (result.decision.guard != nullptr)
    result.without_guards = rules;
  return result;
}

void take_answer(const policy::Policy& policy, HostAnswer answer, Explanation& explanation) {
  explanation.host = std::move(answer);
  const plan::GuardedItem* guarded = foremost_guarded(explanation.host);
  if (guarded == nullptr)
    return;
  const auto& hostname = explanation.hostname;
  explanation.guarded = guarded->event;
  explanation.trace.guards = guarded->guards;
  explanation.decision = decide::decide_wish(policy, explanation.event, hostname);
  explanation.denied_late = explanation.decision.guard == nullptr &&
                            foremost(explanation.host.items).outcome == Outcome::denied;
  if (explanation.denied_late)
    explanation.decision = {.outcome = Outcome::denied,
                            .reason = decide::Reason::denied,
                            .guard = guarded->denied_by()};
  explanation.without_guards =
      explanation.decision.guard == nullptr
          ? std::nullopt
          : std::optional(decide::decide_without_guards(policy, explanation.event, hostname));
}

std::string explanation_text(const policy::Policy& policy, const Explanation& explanation,
                             const Screen& screen) {
  const decide::Decision& decision = explanation.decision;
  const bool is_asked = !explanation.host.items.empty();
  const Outcome outcome = is_asked ? foremost(explanation.host.items).outcome : decision.outcome;
  std::string text = outcome_word(outcome, screen.palette);
  const std::size_t behind_word = decide::to_string(outcome).size() + 2;
  text += "  " + line_text(is_asked ? by_plan_text(policy, explanation) : by_text(policy, decision),
                           behind_word, screen);
  text += table_text(lines_of(policy, explanation), screen);
  text += closest_text(policy, explanation);
  if (const auto& otherwise = explanation.without_guards)
    text += line_text(fmt::format("without guards: {}  {}", decide::to_string(otherwise->outcome),
                                  by_text(policy, *otherwise)),
                      0, screen);
  text += host_answer_text(explanation.host, screen.columns);
  if (explanation.logged)
    text += service::then_text(policy, *explanation.logged, decision);
  return text;
}

namespace {

template <class Named>
bool is_called(const policy::Policy& policy, const Named& one, const std::string& name) {
  return one.full_name == name || policy.shown_name(one) == name || one.name == name;
}

const decide::MatchTrace* find_trace(const policy::Policy& policy, const decide::Trace& trace,
                                     const std::string& name) {
  for (const decide::MatchTrace& one : trace.rules)
    if (is_called(policy, *one.rule, name))
      return &one;
  for (const decide::MatchTrace& one : trace.guards)
    if (is_called(policy, *one.guard, name))
      return &one;
  return nullptr;
}

std::string verdict_text(const policy::Policy& policy, const Explanation& explanation,
                         const decide::MatchTrace& trace) {
  if (!trace.applies_to_event)
    return "no, it " + applies_to_text(trace.guard != nullptr ? trace.guard->applies_to
                                                              : trace.rule->applies_to);
  if (!trace.matched)
    return "no";
  const decide::Decision& decision = explanation.decision;
  const bool decides =
      trace.guard != nullptr ? decision.guard == trace.guard : decision.rule == trace.rule;
  return decides ? "it decides" : "it matches, but comes after: " + by_text(policy, decision);
}

} // namespace

std::optional<std::string> why_not_text(const policy::Policy& policy,
                                        const Explanation& explanation, const std::string& name) {
  const decide::MatchTrace* trace = find_trace(policy, explanation.trace, name);
  if (trace == nullptr)
    return std::nullopt;
  const bool is_guard = trace->guard != nullptr;
  std::string text =
      fmt::format("{} {}  {}: {}\n", is_guard ? "guard" : "rule",
                  is_guard ? policy.shown_name(*trace->guard) : policy.shown_name(*trace->rule),
                  place_text(is_guard ? trace->guard->span : trace->rule->span),
                  verdict_text(policy, explanation, *trace));
  for (const decide::ClauseTrace& clause : trace->clauses)
    text += fmt::format("  {}  {}\n", clause.holds ? "yes" : "no ",
                        clause_text(clause, is_guard ? explanation.guarded : explanation.event,
                                    explanation.hostname));
  return text;
}

} // namespace nvmf::cli
