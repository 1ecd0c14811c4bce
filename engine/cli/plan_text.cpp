#include "cli/plan_text.hpp"

#include "base/connect_option.hpp"
#include "base/wire_text.hpp"
#include "cli/names_text.hpp"
#include "plan/schedule.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace nvmf::cli {

namespace {

using decide::Outcome;

struct Mark {
  char sign;
  Style style;
};

Mark mark_of(Outcome outcome) {
  switch (outcome) {
  case Outcome::discover:
  case Outcome::connect:
    return {'+', Style::good};
  case Outcome::keep:
    return {'=', Style::plain};
  case Outcome::differs:
    return {'!', Style::caution};
  case Outcome::denied:
    return {'x', Style::bad};
  case Outcome::ignored:
    return {'.', Style::faint};
  case Outcome::refused:
    return {'-', Style::caution};
  }
  return {'?', Style::plain};
}

// One line in its columns, before they are aligned.
struct Row {
  std::size_t depth = 0;
  Outcome outcome = Outcome::ignored;
  std::string nqn;     // empty: the address takes its column, too
  std::string address; // where
  std::string why;     // rule, guard or reason
  std::string place;   // file and line of the rule or guard
  std::string note;    // a line that is not aligned and stands alone when `nqn` … are empty
};

// "REASON: DETAIL", "REASON; closest RULE", or the detail alone.
std::string reason_text(const plan::Item& item) {
  std::string text;
  if (item.reason)
    text = decide::to_string(*item.reason);
  if (!item.detail.empty())
    text += (text.empty() ? "" : ": ") + base::escaped(item.detail);
  if (!item.closest.empty())
    text += "; closest " + item.closest;
  return text;
}

// What stands right of the address: the rule or guard with its place, or the reason.
void fill_why(Row& row, const plan::Item& item) {
  using decide::Reason;
  if (item.outcome == Outcome::keep || item.outcome == Outcome::differs) {
    row.why = "connected as " + base::escaped(item.detail);
    return;
  }
  const bool reason_says_it = item.outcome == Outcome::refused || item.outcome == Outcome::ignored;
  if (reason_says_it && item.reason != Reason::ignored_by_rule) {
    row.why = reason_text(item);
    return;
  }
  if (item.reason == Reason::ignored_by_rule)
    row.why = "ignored-by-rule: ";
  if (item.decided_by) {
    if (item.decided_by->kind == plan::DecidedBy::Kind::target)
      row.why += "target ";
    row.why += item.decided_by->name;
    row.place = place_text(item.decided_by->path, item.decided_by->line);
  }
}

// A path as it tells itself apart from others when the host side is left out.
std::string path_key(const plan::Item& item) {
  return item.tid.subsystem_nqn + '\n' + (item.tid.endpoint ? item.tid.endpoint->port_key() : "");
}

// Renders one plan.
class PlanRows {
public:
  PlanRows(const ShownPlan& shown, const ShortNqns& names, Detail detail)
      : shown_(shown), names_(names), detail_(detail) {
    for (const plan::Item& item : shown.plan.items)
      if (!via(item).empty())
        host_sides_[path_key(item)].insert(via(item));
  }

  std::vector<Row> rows() {
    const auto& items = shown_.plan.items;
    for (std::size_t at = 0; at < items.size(); ++at)
      if (!items[at].parent)
        add(at, 1);
    return std::move(rows_);
  }

private:
  void add(std::size_t at, std::size_t depth) {
    const plan::Item& item = shown_.plan.items[at];
    rows_.push_back(row_of(item, depth));
    if (detail_ == Detail::full)
      add_details(item, depth);
    if (!item.string.empty())
      rows_.push_back({.depth = depth + 2, .note = item.string});
    bool has_children = false;
    for (std::size_t child = at + 1; child < shown_.plan.items.size(); ++child)
      if (shown_.plan.items[child].parent == at) {
        has_children = true;
        add(child, depth + 1);
      }
    if (item.outcome == Outcome::discover && !has_children)
      rows_.push_back({.depth = depth + 1, .note = entries_text(item)});
  }

  std::string entries_text(const plan::Item& item) const {
    if (!shown_.log_problem.empty())
      return "entries unknown: " + shown_.log_problem;
    if (item.parent || shown_.log == LogKnowledge::not_read)
      return "entries unknown until contacted";
    return "the log is empty";
  }

  Row row_of(const plan::Item& item, std::size_t depth) const {
    Row row{.depth = depth, .outcome = item.outcome};
    if (item.tid.endpoint) {
      row.address = address_text(*item.tid.endpoint);
      if (!via(item).empty() && (is_told_apart(item) || detail_ == Detail::full))
        row.address += " via " + via(item);
    }
    if (item.subject == base::Subject::io_subsystem && !item.tid.subsystem_nqn.empty())
      row.nqn = detail_ == Detail::full ? base::escaped(item.tid.subsystem_nqn)
                                        : names_.name(item.tid.subsystem_nqn);
    fill_why(row, item);
    return row;
  }

  void add_details(const plan::Item& item, std::size_t depth) {
    const auto note = [&](std::string text) {
      rows_.push_back({.depth = depth + 2, .note = std::move(text)});
    };
    if (item.outcome == Outcome::denied && !item.detail.empty())
      note("reason: " + base::escaped(item.detail));
    if (item.outcome != Outcome::connect && item.outcome != Outcome::discover)
      return;
    for (const auto& [id, option] : item.connect)
      note(option_text(id, option));
    for (const base::OptionId id : item.left_out)
      note(fmt::format("{} left out: {} does not take it", base::connect_option(id).name,
                       base::to_string(item.tid.endpoint->transport)));
    note("retry: " + retry_text(item.retry));
  }

  // Several items have the path, each from another host side.
  bool is_told_apart(const plan::Item& item) const {
    return host_sides_.at(path_key(item)).size() > 1;
  }

  static std::string via(const plan::Item& item) {
    return item.tid.endpoint ? host_side_text(*item.tid.endpoint) : std::string();
  }

  static std::string option_text(base::OptionId id, const plan::ResolvedOption& option) {
    std::string text =
        fmt::format("{}: {}", base::connect_option(id).name, to_policy_text(id, option.value));
    text += "  from " + option.origin;
    if (!option.path.empty())
      text += ", " + place_text(option.path, option.line);
    return text;
  }

  const ShownPlan& shown_;
  const ShortNqns& names_;
  Detail detail_;
  std::map<std::string, std::set<std::string>> host_sides_; // by path
  std::vector<Row> rows_;
};

// Widths that hold what is usual, so that one plan looks like the next.
struct Columns {
  std::size_t nqn = 14;     // `…:` and a short name
  std::size_t address = 22; // an IPv4 address with its port
  std::size_t left = 0;     // from the start of the line to the rule or reason
  std::size_t why = 0;
};

// `discover` is longer than its siblings, which are other discovery controllers' entries.
std::size_t outcome_width(const Row& row) { return row.outcome == Outcome::discover ? 8 : 7; }

// Columns taken before the name: two blanks a level, the sign, a blank, the outcome, two blanks.
std::size_t indent_of(const Row& row) { return 2 * row.depth + 2 + outcome_width(row) + 2; }

Columns measure(const std::vector<Row>& rows) {
  Columns columns;
  for (const Row& row : rows)
    if (row.note.empty() && !row.nqn.empty()) {
      columns.nqn = std::max(columns.nqn, width(row.nqn));
      columns.address = std::max(columns.address, width(row.address));
    }
  for (const Row& row : rows) {
    if (!row.note.empty())
      continue;
    const std::size_t used =
        row.nqn.empty() ? width(row.address) : columns.nqn + 2 + columns.address;
    columns.left = std::max(columns.left, indent_of(row) + used);
    if (!row.place.empty())
      columns.why = std::max(columns.why, width(row.why));
  }
  return columns;
}

std::string line_of(const Row& row, const Columns& columns, const Palette& palette) {
  std::string line(2 * row.depth, ' ');
  if (!row.note.empty())
    return line + palette.paint(Style::faint, row.note) + '\n';
  const Mark mark = mark_of(row.outcome);
  line += palette.paint(
      mark.style,
      fmt::format("{} {}", mark.sign, padded(decide::to_string(row.outcome), outcome_width(row))));
  std::string left;
  if (!row.nqn.empty())
    left = padded(row.nqn, columns.nqn) + "  ";
  left += row.address;
  line += "  " + padded(left, columns.left - indent_of(row)) + "  ";
  line += row.place.empty() ? row.why : padded(row.why, columns.why) + "  " + row.place;
  return line.erase(line.find_last_not_of(' ') + 1) + '\n';
}

std::string plan_rows_text(const ShownPlan& shown, const ShortNqns& names, Detail detail,
                           const Palette& palette) {
  // An event from which nothing follows has no endpoint.
  const std::string event = shown.plan.id.empty() ? "the event" : event_text(shown.plan.event);
  std::string text = palette.paint(Style::strong, event) + '\n';
  const std::vector<Row> rows = PlanRows(shown, names, detail).rows();
  const Columns columns = measure(rows);
  for (const Row& row : rows)
    text += line_of(row, columns, palette);
  return text;
}

std::string summary_text(const std::vector<ShownPlan>& shown) {
  std::vector<plan::Plan> plans;
  for (const ShownPlan& one : shown)
    plans.push_back(one.plan);
  std::string list;
  for (const auto& [outcome, count] : plan::summary(plans))
    if (count > 0)
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, decide::to_string(outcome));
  return fmt::format("Plan: {}.   Nothing was changed.\n", list.empty() ? "nothing to do" : list);
}

std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

} // namespace

std::string policy_line(const policy::Policy& policy) {
  return fmt::format("Policy  {}…  {}, {}, {}\n", policy.digest.substr(0, 13),
                     counted(policy.files.size(), "file"), counted(policy.guards.size(), "guard"),
                     counted(policy.rules.size(), "rule"));
}

bool changes_something(const ShownPlan& shown) {
  return std::any_of(shown.plan.items.begin(), shown.plan.items.end(), [](const plan::Item& item) {
    return item.outcome != Outcome::keep && item.outcome != Outcome::ignored;
  });
}

std::string plans_text(const policy::Policy& policy, const std::vector<ShownPlan>& plans,
                       Detail detail, const Palette& palette) {
  std::string text = policy_line(policy);
  ShortNqns names;
  for (const ShownPlan& shown : plans)
    for (const plan::Item& item : shown.plan.items)
      names.add(item.tid.subsystem_nqn);
  for (const ShownPlan& shown : plans)
    if (detail != Detail::changes || changes_something(shown))
      text += '\n' + plan_rows_text(shown, names, detail, palette);
  return text + '\n' + summary_text(plans);
}

std::string retry_text(const plan::Retry& retry) {
  if (retry.attempts == 1)
    return "none";
  std::string delays;
  const std::uint32_t shown = std::min<std::uint32_t>(retry.attempts.value_or(5) - 1, 4);
  for (std::uint32_t n = 1; n <= shown; ++n)
    delays += ' ' + base::format_duration(plan::nominal_delay(retry, n));
  std::string text = "after" + delays;
  if (!retry.attempts || *retry.attempts > 5)
    text += " ...";
  text += fmt::format(", at most {}, ±{}%", base::format_duration(retry.max_delay),
                      retry.jitter_percent);
  if (retry.attempts)
    text += fmt::format("; {} attempts in all", *retry.attempts);
  if (retry.give_up_after != base::infinite_duration)
    text += "; gives up after " + base::format_duration(retry.give_up_after);
  else if (!retry.attempts)
    text += "; never gives up";
  return text;
}

} // namespace nvmf::cli
