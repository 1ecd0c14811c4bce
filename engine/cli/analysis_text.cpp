#include "cli/analysis_text.hpp"

#include "analyze/example.hpp"
#include "cli/names_text.hpp"
#include "cli/terminal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

using analyze::ChangeKind;

std::string rule_with_place(const policy::Policy& policy, const policy::Rule& rule) {
  return fmt::format("{} ({})", policy.shown_name(rule), place_text(rule.span));
}

std::string left_over(std::size_t all, std::size_t shown) {
  return all > shown ? fmt::format("... and {} more\n", all - shown) : std::string();
}

std::string incomplete_text(bool incomplete) {
  return incomplete ? "incomplete: the budget was reached, there may be more\n" : "";
}

std::string coverers_text(const policy::Policy& policy, const analyze::RuleReach& reach) {
  std::string names;
  for (const analyze::Coverer& coverer : reach.covered_by)
    names +=
        (names.empty() ? "" : ", ") + (coverer.guard != nullptr ? policy.shown_name(*coverer.guard)
                                                                : policy.shown_name(*coverer.rule));
  return names;
}

std::string settings_text(const std::vector<analyze::SettingChange>& settings) {
  std::string text;
  for (const analyze::SettingChange& one : settings)
    text +=
        fmt::format("      {}: {} → {}\n", one.name, one.before.empty() ? "(not set)" : one.before,
                    one.after.empty() ? "(not set)" : one.after);
  return text;
}

std::string decision_text(const policy::Policy& policy, const decide::Decision& decision) {
  std::string text = analyze::describe(policy, decision);
  if (decision.guard != nullptr)
    text += "  " + place_text(decision.guard->span);
  else if (decision.rule != nullptr)
    text += "  " + place_text(decision.rule->span);
  else if (decision.target != nullptr)
    text += "  " + place_text(decision.target->span);
  return text;
}

std::string title_of(ChangeKind kind) {
  switch (kind) {
  case ChangeKind::newly_connected:
    return "newly connected";
  case ChangeKind::no_longer_connected:
    return "no longer connected";
  case ChangeKind::newly_discovered:
    return "newly discovered";
  case ChangeKind::no_longer_discovered:
    return "no longer discovered";
  case ChangeKind::other_options:
    return "other options";
  case ChangeKind::newly_denied:
    return "newly denied (ignored before)";
  case ChangeKind::no_longer_denied:
    return "no longer denied (ignored now)";
  case ChangeKind::other_guard:
    return "denied by another guard";
  case ChangeKind::other_reason:
    return "ignored for another reason";
  case ChangeKind::other_target:
    return "another target";
  }
  return {};
}

std::string change_text(const ComparedPolicies& policies, const analyze::Change& change) {
  std::string text = fmt::format("  {}\n", analyze::describe(change.event, change.hostname));
  text += fmt::format("    before  {}\n", change.only_after
                                              ? "no such target"
                                              : decision_text(policies.before, change.before));
  text += fmt::format("    after   {}\n", change.only_before
                                              ? "no such target"
                                              : decision_text(policies.after, change.after));
  return text + settings_text(change.settings);
}

// `no longer connected`; the changes of targets have sections of their own.
std::string section_of(const analyze::Change& change) {
  return (change.event.target.empty() ? "" : "targets ") + title_of(change.kind);
}

using Section = std::pair<const char*, const std::vector<analyze::SettingChange>*>;

std::vector<Section> other_sections(const analyze::Difference& difference) {
  return {{"other reasons of guards", &difference.reasons},
          {"other use of the firmware", &difference.firmware},
          {"other boot waits", &difference.boot},
          {"other limits", &difference.limits}};
}

// `2 differences: newly connected 1, other limits 1`.
std::string counts_text(const analyze::Difference& difference) {
  std::size_t total = 0;
  std::string counts;
  const auto add = [&](std::size_t count, const std::string& what) {
    total += count;
    if (count > 0)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", what, count);
  };
  const auto& changes = difference.changes;
  for (std::size_t i = 0, end = 0; i < changes.size(); i = end) {
    while (end < changes.size() && section_of(changes[end]) == section_of(changes[i]))
      ++end;
    add(end - i, section_of(changes[i]));
  }
  for (const auto& [title, settings] : other_sections(difference))
    add(settings->size(), title);
  return total == 0 ? std::string()
                    : fmt::format("{} difference{}: {}\n", total, total == 1 ? "" : "s", counts);
}

} // namespace

std::string reachability_text(const policy::Policy& policy, const analyze::Reachability& reach,
                              std::size_t limit) {
  std::size_t name = 0;
  for (const analyze::RuleReach& one : reach.rules)
    name = std::max(name, width(policy.shown_name(*one.rule)));
  std::string text;
  const std::size_t shown = std::min(limit, reach.rules.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const analyze::RuleReach& one = reach.rules[i];
    text += fmt::format("{}  {}\n", padded(policy.shown_name(*one.rule), name),
                        analyze::to_string(one.reach));
    if (!one.covered_by.empty())
      text += fmt::format("    its events are taken by {}\n", coverers_text(policy, one));
    if (one.example)
      text += fmt::format("    for example: {}\n", analyze::describe(policy, *one.example));
  }
  if (reach.rules.empty())
    text = "there are no rules\n";
  return text + left_over(reach.rules.size(), shown) + incomplete_text(reach.incomplete);
}

std::string overlaps_text(const policy::Policy& policy, const analyze::Overlaps& overlaps,
                          std::size_t limit) {
  std::string text;
  const std::size_t shown = std::min(limit, overlaps.pairs.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const analyze::OverlappingRules& pair = overlaps.pairs[i];
    text += fmt::format("{} before {}: {}{}\n", rule_with_place(policy, *pair.first),
                        rule_with_place(policy, *pair.second), analyze::to_string(pair.overlap),
                        pair.conflicting ? ", other options" : "");
    text += fmt::format("    for example: {}\n", analyze::describe(policy, pair.example));
    text += settings_text(pair.settings);
  }
  if (overlaps.pairs.empty())
    text = "no rules with different results overlap\n";
  return text + left_over(overlaps.pairs.size(), shown) + incomplete_text(overlaps.incomplete);
}

std::string difference_text(const ComparedPolicies& policies, const analyze::Difference& difference,
                            std::size_t limit) {
  if (difference.empty())
    return "no event is decided differently\n";
  std::string text = counts_text(difference);
  const std::size_t shown = std::min(limit, difference.changes.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const analyze::Change& change = difference.changes[i];
    if (i == 0 || section_of(difference.changes[i - 1]) != section_of(change))
      text += fmt::format("\n{}\n", section_of(change));
    text += change_text(policies, change);
  }
  text += left_over(difference.changes.size(), shown);
  for (const auto& [title, settings] : other_sections(difference))
    if (!settings->empty())
      text += fmt::format("\n{}\n{}", title, settings_text(*settings));
  return text + incomplete_text(difference.incomplete);
}

} // namespace nvmf::cli
