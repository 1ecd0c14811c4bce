#include "decide/outcome.hpp"

namespace nvmf::decide {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
  case Outcome::discover:
    return "discover";
  case Outcome::connect:
    return "connect";
  case Outcome::keep:
    return "keep";
  case Outcome::differs:
    return "differs";
  case Outcome::denied:
    return "denied";
  case Outcome::ignored:
    return "ignored";
  case Outcome::refused:
    return "refused";
  }
  return "";
}

std::string_view to_string(Reason reason) {
  switch (reason) {
  case Reason::denied:
    return "denied";
  case Reason::no_rule_matched:
    return "no-rule-matched";
  case Reason::ignored_by_rule:
    return "ignored-by-rule";
  case Reason::self_entry:
    return "self-entry";
  case Reason::duplicate_of:
    return "duplicate-of";
  case Reason::referral_loop:
    return "referral-loop";
  case Reason::referral_depth:
    return "referral-depth";
  case Reason::not_a_fabric:
    return "not-a-fabric";
  case Reason::unknown_subtype:
    return "unknown-subtype";
  case Reason::invalid_entry:
    return "invalid-entry";
  case Reason::over_limit:
    return "over-limit";
  case Reason::event_ignored:
    return "event-ignored";
  case Reason::name_unresolved:
    return "name-unresolved";
  case Reason::exclusions_unreadable:
    return "exclusions-unreadable";
  case Reason::excluded_by_list:
    return "excluded-by-list";
  case Reason::source_missing:
    return "source-missing";
  case Reason::not_reachable_from_source:
    return "not-reachable-from-source";
  case Reason::owned_by:
    return "owned-by";
  case Reason::identity_missing:
    return "identity-missing";
  case Reason::identity_conflict:
    return "identity-conflict";
  case Reason::kernel_option_missing:
    return "kernel-option-missing";
  case Reason::security_required:
    return "security-required";
  case Reason::secret_unavailable:
    return "secret-unavailable";
  }
  return "";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (Outcome outcome : all_outcomes)
    if (to_string(outcome) == text)
      return outcome;
  return std::nullopt;
}

std::optional<Reason> parse_reason(std::string_view text) {
  for (Reason reason : all_reasons)
    if (to_string(reason) == text)
      return reason;
  return std::nullopt;
}

} // namespace nvmf::decide
