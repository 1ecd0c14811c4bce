#include "cli/plan_rows.hpp"

#include "base/connect_option.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "cli/names_text.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;

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

// The text right of the address: the rule or guard with its place, or the reason.
void fill_why(PlanRow& row, const plan::Item& item) {
  using decide::Reason;
  if (item.outcome == Outcome::keep || item.outcome == Outcome::differs) {
    row.why = "connected as " + base::escaped(item.detail);
    return;
  }
  const bool has_reason = item.outcome == Outcome::refused || item.outcome == Outcome::ignored;
  if (has_reason && item.reason != Reason::ignored_by_rule) {
    row.why = reason_text(item);
    return;
  }
  if (item.reason == Reason::ignored_by_rule)
    row.why = "ignored-by-rule: ";
  if (item.decided_by) {
    if (item.decided_by->kind == plan::DecidedBy::Kind::target)
      row.why += "target ";
    else if (item.decided_by->kind == plan::DecidedBy::Kind::firmware)
      row.why += "firmware ";
    row.why += item.decided_by->name;
    if (!item.decided_by->path.empty())
      row.place = place_text(item.decided_by->path, item.decided_by->line);
  }
}

std::string option_text(base::OptionId id, const plan::ResolvedOption& option) {
  std::string text =
      fmt::format("{}: {}", base::connect_option(id).name, to_policy_text(id, option.value));
  text += "  from " + option.origin;
  if (!option.path.empty())
    text += ", " + place_text(option.path, option.line);
  return text;
}

PlanRow row_of(const plan::Item& item, std::size_t depth) {
  PlanRow row{.depth = depth, .outcome = item.outcome};
  if (item.tid.endpoint) {
    const base::Endpoint& endpoint = *item.tid.endpoint;
    row.port = fmt::format("{} {}", to_string(endpoint.transport), address_text(endpoint));
    row.host_side = host_side_text(endpoint);
    row.interface =
        endpoint.host_iface.empty() ? row.host_side : "via " + base::escaped(endpoint.host_iface);
  } else {
    row.port = "-";
  }
  if (item.subject == base::Subject::io_subsystem)
    row.nqn = item.tid.subsystem_nqn;
  fill_why(row, item);
  return row;
}

class PlanRowWriter {
public:
  PlanRowWriter(const ShownPlan& shown, Detail detail) : shown_(shown), detail_(detail) {}

  std::vector<PlanRow> write() {
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
      note(depth, item.string);
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

  void note(std::size_t depth, std::string text) {
    rows_.push_back({.depth = depth + 2, .note = std::move(text)});
  }

  void add_details(const plan::Item& item, std::size_t depth) {
    const bool has_own_nqn = item.subject == base::Subject::discovery_controller &&
                             !item.tid.subsystem_nqn.empty() &&
                             item.tid.subsystem_nqn != base::well_known_discovery_nqn;
    if (has_own_nqn)
      note(depth, "subsystem-nqn: " + base::escaped(item.tid.subsystem_nqn));
    if (item.outcome == Outcome::denied && !item.detail.empty())
      note(depth, "reason: " + base::escaped(item.detail));
    if (item.outcome != Outcome::connect && item.outcome != Outcome::discover)
      return;
    if (!item.bystander.empty())
      note(depth, base::escaped(item.detail));
    for (const auto& [id, option] : item.connect)
      note(depth, option_text(id, option));
    for (const base::OptionId id : item.left_out)
      note(depth, fmt::format("{} left out: {} does not take it", base::connect_option(id).name,
                              base::to_string(item.tid.endpoint->transport)));
    note(depth, "retry: " + retry_text(item));
  }

  const ShownPlan& shown_;
  Detail detail_;
  std::vector<PlanRow> rows_;
};

} // namespace

std::vector<PlanRow> plan_rows(const ShownPlan& shown, Detail detail) {
  return PlanRowWriter(shown, detail).write();
}

} // namespace nvmf::cli
