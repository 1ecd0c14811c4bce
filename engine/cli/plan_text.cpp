#include "cli/plan_text.hpp"

#include "cli/fit_text.hpp"
#include "cli/names_text.hpp"
#include "cli/plan_rows.hpp"
#include "plan/schedule.hpp"

#include <algorithm>
#include <fmt/format.h>

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

// `discover` is longer than its siblings, which are other discovery controllers' entries.
std::size_t outcome_width(const PlanRow& row) { return row.outcome == Outcome::discover ? 8 : 7; }

// Columns taken before the name: two blanks a level, the sign, a blank, the outcome, two blanks.
std::size_t indent_of(const PlanRow& row) { return 2 * row.depth + 2 + outcome_width(row) + 2; }

// How the rows of all plans of one output are laid out.
class Layout {
public:
  Layout(const std::vector<std::vector<PlanRow>>& plans, std::optional<std::size_t> window)
      : window_(window) {
    for (const auto& rows : plans)
      for (const PlanRow& row : rows)
        nqns_.insert(row.nqn);
    nqns_.erase("");
    measure(plans);
    if (!window_)
      return;
    if (excess() > 0) {
      places_ = false;
      measure(plans);
    }
    if (excess() > 0)
      shorten_names(plans);
    if (excess() > 0) {
      sources_ = false;
      nqn_columns_.reset();
      measure(plans);
      shorten_names(plans);
    }
    if (excess() > 0) {
      node_names_ = false;
      nqn_columns_.reset();
      measure(plans);
      shorten_names(plans);
    }
  }

  std::string line(const PlanRow& row, const Palette& palette) const {
    const std::string indent(2 * row.depth, ' ');
    if (!row.note.empty())
      return indent + palette.paint(Style::faint, row.note) + '\n';
    const Mark mark = mark_of(row.outcome);
    const std::string word =
        fmt::format("{} {}", mark.sign, padded(decide::to_string(row.outcome), outcome_width(row)));
    std::string rest = "  " + padded(left_of(row), left_ - indent_of(row)) + "  ";
    if (places_ && !row.place.empty())
      rest += padded(row.why, why_) + "  " + row.place;
    else
      rest +=
          window_ ? cut_behind_word(row.why, *window_ - std::min(*window_, left_ + 2)) : row.why;
    rest.erase(rest.find_last_not_of(' ') + 1);
    return indent + palette.paint(mark.style, word) + rest + '\n';
  }

private:
  // The width that a reason is worth: more of it is cut.
  static constexpr std::size_t enough_of_why = 26;
  static constexpr std::size_t fewest_of_nqn = 14;

  void measure(const std::vector<std::vector<PlanRow>>& plans) {
    names_ = nqn_names(nqns_, nqn_columns_);
    nqn_ = address_ = left_ = why_ = place_ = reason_ = 0;
    for (const auto& rows : plans)
      for (const PlanRow& row : rows)
        if (row.note.empty() && !row.nqn.empty()) {
          const std::size_t name = width(names_.at(row.nqn));
          nqn_ = std::max(nqn_, window_ ? name : column_width(name));
          address_ = std::max(address_, width(address_of(row)));
        }
    for (const auto& rows : plans)
      for (const PlanRow& row : rows) {
        if (!row.note.empty())
          continue;
        const std::size_t used = row.nqn.empty() ? width(address_of(row)) : nqn_ + 2 + address_;
        left_ = std::max(left_, indent_of(row) + used);
        place_ = std::max(place_, width(row.place));
        (row.place.empty() ? reason_ : why_) =
            std::max(row.place.empty() ? reason_ : why_, width(row.why));
      }
  }

  std::size_t excess() const {
    const std::size_t placed =
        places_ && place_ > 0 ? why_ + 2 + place_ : std::min(why_, enough_of_why);
    const std::size_t wanted = left_ + 2 + std::max(placed, std::min(reason_, enough_of_why));
    return wanted - std::min(wanted, *window_);
  }

  void shorten_names(const std::vector<std::vector<PlanRow>>& plans) {
    nqn_columns_ = std::max(fewest_of_nqn, nqn_ - std::min(nqn_, excess()));
    measure(plans);
  }

  std::string address_of(const PlanRow& row) const {
    const std::string& side = sources_ ? row.host_side : row.interface;
    const std::string address = side.empty() ? row.port : row.port + ' ' + side;
    return node_names_ ? address : with_port_names(address);
  }

  std::string left_of(const PlanRow& row) const {
    return row.nqn.empty() ? address_of(row)
                           : padded(names_.at(row.nqn), nqn_) + "  " + address_of(row);
  }

  std::optional<std::size_t> window_;
  std::set<std::string> nqns_;
  NqnNames names_;
  std::optional<std::size_t> nqn_columns_; // none: as wide as the names are
  bool places_ = true;                     // file and line of what decided
  bool sources_ = true;                    // source addresses beside interfaces
  bool node_names_ = true;                 // of Fibre Channel, beside the names of ports
  std::size_t nqn_ = 0;
  std::size_t address_ = 0;
  std::size_t left_ = 0; // from the start of the line to the rule or reason
  std::size_t why_ = 0;  // of those with a place
  std::size_t place_ = 0;
  std::size_t reason_ = 0; // of those without
};

std::string heading(const ShownPlan& shown, const Screen& screen) {
  // An event from which nothing follows has no endpoint.
  std::string event = shown.plan.id.empty() ? "the event" : event_text(shown.plan.event);
  if (screen.columns && width(event) > *screen.columns)
    event = cut_behind_word(with_port_names(event), *screen.columns);
  return screen.palette.paint(Style::strong, event) + '\n';
}

// After how many attempts, or how long, the connection is given up.
std::string end_text(const plan::Retry& retry) {
  std::string text;
  if (retry.attempts)
    text += fmt::format("; {} attempts in all", *retry.attempts);
  if (retry.give_up_after != base::infinite_duration)
    text += "; gives up after " + base::format_duration(retry.give_up_after);
  else if (!retry.attempts)
    text += "; never gives up";
  return text;
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
                       Detail detail, const Screen& screen) {
  std::vector<std::vector<PlanRow>> rows; // of each plan; none of one that is not shown
  for (const ShownPlan& shown : plans)
    rows.push_back(detail != Detail::changes || changes_something(shown) ? plan_rows(shown, detail)
                                                                         : std::vector<PlanRow>());
  const Layout layout(rows, screen.columns);
  std::string text = policy_line(policy);
  for (std::size_t at = 0; at < plans.size(); ++at) {
    if (rows[at].empty())
      continue;
    text += '\n' + heading(plans[at], screen);
    for (const PlanRow& row : rows[at])
      text += layout.line(row, screen.palette);
  }
  return text + '\n' + summary_text(plans, screen);
}

std::string summary_text(const std::vector<ShownPlan>& shown, const Screen& screen) {
  std::vector<plan::Plan> plans;
  for (const ShownPlan& one : shown)
    plans.push_back(one.plan);
  std::string list;
  for (const auto& [outcome, count] : plan::summary(plans))
    if (count > 0)
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, decide::to_string(outcome));
  list = (list.empty() ? "nothing to do" : list) + '.';
  const std::string_view promise = "Nothing was changed.";
  const std::string line = fmt::format("Plan: {}   {}\n", list, promise);
  if (!screen.columns || width(line) <= *screen.columns)
    return line;
  constexpr std::size_t behind_plan = 6;
  return fmt::format("Plan: {}\n{}\n", wrapped(list, behind_plan, *screen.columns), promise);
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
  return text +
         fmt::format(", at most {}, ±{}%", base::format_duration(retry.max_delay),
                     retry.jitter_percent) +
         end_text(retry);
}

std::string retry_text(const plan::Item& item) {
  if (!item.slow_lane || item.retry.attempts == 1)
    return retry_text(item.retry);
  return fmt::format("every {}: not connected to its discovery controller (NCC)",
                     base::format_duration(item.retry.slow_delay)) +
         end_text(item.retry);
}

} // namespace nvmf::cli
