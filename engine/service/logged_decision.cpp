#include "service/logged_decision.hpp"

#include "base/utc_text.hpp"
#include "diag/shown_text.hpp"
#include "event/event_file.hpp"
#include "systemd/message_ids.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>

namespace nvmf::service {

namespace {

using decide::Outcome;
using decide::Reason;
using systemd::JournalEntry;

// A record has names of 223 bytes at most; a longer one is mostly properties.
constexpr std::size_t largest_event_text = 4096;

constexpr std::array decisions{systemd::message::event_planned, systemd::message::event_undecided,
                               systemd::message::controller_removed};

std::string field(const JournalEntry& entry, const std::string& name) {
  const auto found = entry.fields.find(name);
  return found == entry.fields.end() ? std::string() : found->second;
}

std::optional<LoggedDecision> decision_in(const JournalEntry& entry) {
  diag::Sink sink;
  const auto file = event::parse_event_file(std::make_shared<const diag::Source>(diag::Source{
                                                "<journal>", field(entry, event_file_field)}),
                                            sink);
  const auto* event = file ? std::get_if<event::Event>(&file->reading) : nullptr;
  if (event == nullptr)
    return std::nullopt;
  return LoggedDecision{.time = entry.time,
                        .event = *event,
                        .outcome = field(entry, "NVMF_OUTCOME"),
                        .reason = field(entry, "NVMF_REASON"),
                        .by = field(entry, "NVMF_RULE"),
                        .removed_by_hand =
                            field(entry, "MESSAGE_ID") == systemd::message::controller_removed};
}

bool is_accepted(Outcome outcome) {
  return outcome == Outcome::connect || outcome == Outcome::discover;
}

// A rule accepted the event; then the plan saw what is connected, or what is missing.
bool is_of_accepted(Outcome outcome) {
  return outcome == Outcome::keep || outcome == Outcome::differs || outcome == Outcome::refused;
}

// The reasons that the policy gives; the others are the host's.
bool is_of_policy(const std::optional<Reason>& reason) {
  return !reason || reason == Reason::denied || reason == Reason::no_rule_matched ||
         reason == Reason::ignored_by_rule;
}

std::string name_of(const policy::Policy& policy, const decide::Decision& decision) {
  if (decision.guard != nullptr)
    return policy.shown_name(*decision.guard);
  if (decision.target != nullptr)
    return decision.target->name;
  if (decision.firmware)
    return std::string(policy::nbft_name);
  return decision.rule != nullptr ? policy.shown_name(*decision.rule) : std::string();
}

} // namespace

std::string event_field_text(const event::Event& event) {
  std::string text = event::to_event_file(event);
  if (text.size() > largest_event_text) {
    event::Event without = event;
    without.udev.clear();
    text = event::to_event_file(without);
  }
  return text.size() > largest_event_text ? std::string() : text;
}

base::Result<std::vector<LoggedDecision>> logged_decisions(systemd::JournalReader& journal,
                                                           std::size_t limit) {
  const auto entries = journal.newest(decisions, limit);
  if (!entries)
    return tl::unexpected(entries.error());
  if (entries->empty())
    return base::failure("the journal of this boot has no decision");
  std::vector<LoggedDecision> read;
  for (const JournalEntry& entry : *entries)
    if (auto decision = decision_in(entry))
      read.push_back(std::move(*decision));
  if (read.empty())
    return base::failure("no event can be read back from the journal");
  return read;
}

Comparison compared(const policy::Policy& policy, const LoggedDecision& then,
                    const decide::Decision& now) {
  const auto outcome = decide::parse_outcome(then.outcome);
  if (!outcome)
    return Comparison::not_comparable;
  if (*outcome == Outcome::ignored && !is_of_policy(decide::parse_reason(then.reason)))
    return Comparison::not_comparable;
  const bool same = is_of_accepted(*outcome) ? is_accepted(now.outcome) : *outcome == now.outcome;
  return same && then.by == name_of(policy, now) ? Comparison::same : Comparison::another;
}

std::string time_text(const LoggedDecision& then) { return base::utc_text(then.time); }

std::string then_text(const policy::Policy& policy, const LoggedDecision& then,
                      const decide::Decision& now) {
  if (then.removed_by_hand)
    return "then: disconnected by hand, and kept away until the policy changes, the host boots or "
           "`nvmf-policy resume`\n";
  if (then.outcome.empty())
    return "decided then: not by the planner, which handed it over\n";
  std::string text = "decided then: " + diag::shown(then.outcome);
  if (!then.by.empty())
    text += " by " + diag::shown(then.by);
  if (!then.reason.empty())
    text += ": " + diag::shown(then.reason);
  if (compared(policy, then, now) == Comparison::another)
    text += "; now it is decided otherwise";
  return text + '\n';
}

} // namespace nvmf::service
