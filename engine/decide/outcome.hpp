// The words for what happens to an event, the same in dry run, JSON, tests, journal and manual
// pages.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nvmf::decide {

enum class Outcome : std::uint8_t { discover, connect, keep, differs, denied, ignored, refused };
inline constexpr std::array all_outcomes{Outcome::discover, Outcome::connect, Outcome::keep,
                                         Outcome::differs,  Outcome::denied,  Outcome::ignored,
                                         Outcome::refused};

enum class Reason : std::uint8_t {
  denied,
  no_rule_matched,
  ignored_by_rule,
  self_entry,
  duplicate_of,
  referral_loop,
  referral_depth,
  not_a_fabric,
  unknown_subtype,
  invalid_entry,
  over_limit,
  event_ignored,
  name_unresolved,
  exclusions_unreadable,
  excluded_by_list,
  source_missing,
  not_reachable_from_source,
  owned_by,
  identity_missing,
  identity_conflict,
  kernel_option_missing,
  security_required,
  secret_unavailable,
};
inline constexpr std::array all_reasons{Reason::denied,
                                        Reason::no_rule_matched,
                                        Reason::ignored_by_rule,
                                        Reason::self_entry,
                                        Reason::duplicate_of,
                                        Reason::referral_loop,
                                        Reason::referral_depth,
                                        Reason::not_a_fabric,
                                        Reason::unknown_subtype,
                                        Reason::invalid_entry,
                                        Reason::over_limit,
                                        Reason::event_ignored,
                                        Reason::name_unresolved,
                                        Reason::exclusions_unreadable,
                                        Reason::excluded_by_list,
                                        Reason::source_missing,
                                        Reason::not_reachable_from_source,
                                        Reason::owned_by,
                                        Reason::identity_missing,
                                        Reason::identity_conflict,
                                        Reason::kernel_option_missing,
                                        Reason::security_required,
                                        Reason::secret_unavailable};

std::string_view to_string(Outcome outcome);
std::string_view to_string(Reason reason); // `no-rule-matched`
std::optional<Outcome> parse_outcome(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);

} // namespace nvmf::decide
