// The four forms of a list of findings. All of them come from the same values; control characters
// of the administrator's text are shown escaped in each.
#pragma once

#include "diag/finding.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace nvmf::diag {

enum class Colour : std::uint8_t { off, on };

// For people: the message, the line with a caret, notes and help; a blank line between findings.
// Nothing needs a colour to be understood. In a window of so many `columns` texts are wrapped and
// excerpts cut; without one each is one line.
std::string render_human(std::span<const Finding> findings, Colour colour = Colour::off,
                         std::optional<std::size_t> columns = std::nullopt);

// One line each: `PATH:LINE:COL: error[NVP203] unknown-key: MESSAGE; help: HELP`.
std::string render_short(std::span<const Finding> findings);

// `{format_version, findings, summary}`, indented, with a final newline.
std::string render_json(std::span<const Finding> findings);

// SARIF 2.1.0, for code review tools.
std::string render_sarif(std::span<const Finding> findings);

struct Counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t infos = 0; // also those on request
};
Counts count(std::span<const Finding> findings);

// By path, line and column; equal places keep their order.
void sort_by_place(std::vector<Finding>& findings);

} // namespace nvmf::diag
