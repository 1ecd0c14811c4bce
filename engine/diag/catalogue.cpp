#include "diag/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry table[] = {
    {.code = 101, .slug = "invalid-yaml", .severity = error, .needs_host = false},
    {.code = 102, .slug = "duplicate-key", .severity = error, .needs_host = false},
    {.code = 103, .slug = "anchor-or-alias", .severity = error, .needs_host = false},
    {.code = 104, .slug = "explicit-tag", .severity = error, .needs_host = false},
    {.code = 105, .slug = "several-documents", .severity = error, .needs_host = false},
    {.code = 106, .slug = "tab-used", .severity = error, .needs_host = false},
    {.code = 107, .slug = "invisible-or-bidi-character", .severity = error, .needs_host = false},
    {.code = 108, .slug = "too-large-or-deep", .severity = error, .needs_host = false},
    {.code = 109, .slug = "unterminated-quote", .severity = error, .needs_host = false},
    {.code = 201, .slug = "version-missing", .severity = error, .needs_host = false},
    {.code = 202, .slug = "version-unsupported", .severity = error, .needs_host = false},
    {.code = 203, .slug = "unknown-key", .severity = error, .needs_host = false},
    {.code = 204, .slug = "wrong-type", .severity = error, .needs_host = false},
    {.code = 205, .slug = "missing-key", .severity = error, .needs_host = false},
    {.code = 206, .slug = "out-of-range", .severity = error, .needs_host = false},
    {.code = 207, .slug = "bad-address", .severity = error, .needs_host = false},
    {.code = 208, .slug = "bad-nqn", .severity = error, .needs_host = false},
    {.code = 209, .slug = "duration-without-unit", .severity = error, .needs_host = false},
    {.code = 210, .slug = "ambiguous-scalar", .severity = error, .needs_host = false},
    {.code = 211, .slug = "host-bits-set", .severity = warning, .needs_host = false},
    {.code = 212, .slug = "option-not-for-transport", .severity = error, .needs_host = false},
    {.code = 213, .slug = "deprecated-key", .severity = warning, .needs_host = false},
    {.code = 214, .slug = "empty-match", .severity = error, .needs_host = false},
    {.code = 215, .slug = "options-exclude-each-other", .severity = error, .needs_host = false},
    {.code = 301, .slug = "unknown-set", .severity = error, .needs_host = false},
    {.code = 302, .slug = "wrong-set-kind", .severity = error, .needs_host = false},
    {.code = 303, .slug = "unknown-profile", .severity = error, .needs_host = false},
    {.code = 304, .slug = "duplicate-name", .severity = error, .needs_host = false},
    {.code = 305, .slug = "profile-conflict", .severity = error, .needs_host = false},
    {.code = 306, .slug = "unused-definition", .severity = info, .needs_host = false},
    {.code = 307, .slug = "disable-unknown-rule", .severity = error, .needs_host = false},
    {.code = 308, .slug = "missing-file-or-credential", .severity = warning, .needs_host = true},
    {.code = 309, .slug = "unknown-identity", .severity = error, .needs_host = false},
    {.code = 310, .slug = "shared-hostid", .severity = error, .needs_host = false},
    {.code = 311, .slug = "unknown-source", .severity = error, .needs_host = false},
    {.code = 312, .slug = "shared-hostnqn", .severity = error, .needs_host = false},
    {.code = 313, .slug = "not-with-several-keys", .severity = info, .needs_host = false},
    {.code = 401, .slug = "shadowed-rule", .severity = warning, .needs_host = false},
    {.code = 402, .slug = "redundant-rule", .severity = info, .needs_host = false},
    {.code = 403, .slug = "impossible-match", .severity = error, .needs_host = false},
    {.code = 404, .slug = "always-denied", .severity = warning, .needs_host = false},
    {.code = 405, .slug = "conflicting-overlap", .severity = info, .needs_host = false},
    {.code = 407, .slug = "matches-everything", .severity = info, .needs_host = false},
    {.code = 408, .slug = "dead-guard", .severity = info, .needs_host = false},
    {.code = 409, .slug = "discovered-unhandled", .severity = warning, .needs_host = false},
    {.code = 410, .slug = "target-without-rule", .severity = warning, .needs_host = false},
    {.code = 501, .slug = "inline-secret", .severity = error, .needs_host = false},
    {.code = 502, .slug = "secret-readable-by-others", .severity = error, .needs_host = true},
    {.code = 503, .slug = "policy-writable-by-others", .severity = error, .needs_host = true},
    {.code = 504, .slug = "untrusted-path", .severity = warning, .needs_host = true},
    {.code = 505,
     .slug = "broad-connect-unauthenticated",
     .severity = on_request,
     .needs_host = false},
    {.code = 506, .slug = "tls-without-key", .severity = warning, .needs_host = false},
    {.code = 507, .slug = "shared-host-identity", .severity = warning, .needs_host = false},
    {.code = 508, .slug = "guard-without-reason", .severity = info, .needs_host = false},
    {.code = 601, .slug = "unbounded-retry", .severity = on_request, .needs_host = false},
    {.code = 602, .slug = "no-growth-or-jitter", .severity = warning, .needs_host = false},
    {.code = 603, .slug = "max-below-first-delay", .severity = error, .needs_host = false},
    {.code = 604, .slug = "limit-never-reached", .severity = info, .needs_host = false},
    {.code = 605, .slug = "loss-shorter-than-reconnect", .severity = warning, .needs_host = false},
    {.code = 606, .slug = "fast-fail-not-below-loss", .severity = warning, .needs_host = false},
    {.code = 607, .slug = "keep-alive-disabled", .severity = warning, .needs_host = false},
    {.code = 608, .slug = "guard-on-free-host-side", .severity = warning, .needs_host = false},
    {.code = 609, .slug = "infinite-loss-with-give-up", .severity = info, .needs_host = false},
    {.code = 701, .slug = "file-not-read", .severity = warning, .needs_host = false},
    {.code = 702, .slug = "masked-file", .severity = info, .needs_host = false},
    {.code = 703, .slug = "shadowed-file", .severity = info, .needs_host = false},
    {.code = 704, .slug = "vendor-before-main", .severity = warning, .needs_host = false},
    {.code = 705, .slug = "limit-tightened", .severity = info, .needs_host = false},
    {.code = 706, .slug = "other-orchestrator-active", .severity = warning, .needs_host = true},
    {.code = 707, .slug = "excluded-target", .severity = warning, .needs_host = true},
    {.code = 708, .slug = "directory-unreadable", .severity = error, .needs_host = false},
    {.code = 801, .slug = "name-not-kebab", .severity = warning, .needs_host = false},
    {.code = 803, .slug = "not-formatted", .severity = on_request, .needs_host = false},
    {.code = 804, .slug = "suppression-without-reason", .severity = warning, .needs_host = false},
    {.code = 805, .slug = "suppression-unused", .severity = warning, .needs_host = false},
    {.code = 806, .slug = "suppression-unknown-code", .severity = error, .needs_host = false},
    {.code = 901, .slug = "unknown-name-in-test", .severity = error, .needs_host = false},
    {.code = 902, .slug = "duplicate-test-name", .severity = error, .needs_host = false},
    {.code = 903, .slug = "contradictory-expectation", .severity = error, .needs_host = false},
    {.code = 904, .slug = "event-lacks-matched-field", .severity = warning, .needs_host = false},
    {.code = 905, .slug = "untested-rule", .severity = on_request, .needs_host = false},
};

} // namespace

std::span<const CatalogueEntry> catalogue() { return table; }

const CatalogueEntry* find_entry(std::uint16_t code) {
  auto const entries = catalogue();
  auto const at = std::lower_bound(
      entries.begin(), entries.end(), code,
      [](const CatalogueEntry& entry, std::uint16_t wanted) { return entry.code < wanted; });
  return at != entries.end() && at->code == code ? &*at : nullptr;
}

std::string code_name(std::uint16_t code) { return fmt::format("NVP{:03}", code); }

std::optional<std::uint16_t> parse_code(std::string_view text) {
  for (const CatalogueEntry& entry : catalogue())
    if (entry.slug == text)
      return entry.code;
  std::string_view digits = text;
  if (digits.size() == 6 && std::toupper(static_cast<unsigned char>(digits[0])) == 'N' &&
      std::toupper(static_cast<unsigned char>(digits[1])) == 'V' &&
      std::toupper(static_cast<unsigned char>(digits[2])) == 'P')
    digits.remove_prefix(3);
  std::uint16_t code = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  bool const is_code = digits.size() == 3 && error == std::errc() && end == digits.end();
  return is_code && find_entry(code) != nullptr ? std::optional(code) : std::nullopt;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
  case error:
    return "error";
  case warning:
    return "warning";
  case info:
  case on_request:
    return "info";
  }
  return {};
}

} // namespace nvmf::diag
