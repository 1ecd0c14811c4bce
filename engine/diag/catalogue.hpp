// The catalogue of findings: every code that `check` or a service can report, a page each in the
// folder pages/ (write_pages.cmake says what a page looks like). Examples are what a main file
// says below `version: 1`, unless they are about files or the host; the tests load them.
//
// Codes are permanent. A code that is retired is never given to anything else.
#pragma once

#include "diag/finding.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nvmf::diag {

struct CatalogueEntry {
  std::uint16_t code = 0;  // 203
  std::string_view slug;   // `unknown-key`
  Severity severity;       // the usual one; a finding may be raised with another
  std::string_view title;  // one line, what was found
  std::string_view why;    // why it is reported and what to do, in sentences
  std::string_view bad;    // a policy (or a part of one) that has it
  std::string_view good;   // the same put right
  bool needs_host = false; // only `check --host` looks for it
};

// All entries, in the order of their codes. The build writes this function from the pages.
std::span<const CatalogueEntry> catalogue();

// The entry of a code; null if there is none.
const CatalogueEntry* find_entry(std::uint16_t code);

// Only the analysis of what a policy decides finds it: 4xx and 608, but not 403, for which a policy
// does not load.
bool is_about_reachability(std::uint16_t code);

// `NVP203`.
std::string code_name(std::uint16_t code);

// The code that `NVP203`, `nvp203`, `203` or a slug names; none if there is no such entry.
std::optional<std::uint16_t> parse_code(std::string_view text);

// `error`, `warning`, `info`; `info` also for what is reported on request only.
std::string_view to_string(Severity severity);

} // namespace nvmf::diag
