// `# nvmf: allow NVP405 -- reason`: findings that an administrator has seen and accepts.
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::load {

// One code of one comment. It applies to the line it is on, or, alone on its line, to the next line
// that is not a comment.
struct Suppression {
  std::uint16_t code = 0;
  diag::Span span; // of the code
  std::uint32_t line = 0;
  bool used = false;
};

// The suppressions of a document. Reports comments without a reason (804) and codes that are none
// (806).
std::vector<Suppression> read_suppressions(const yaml::Document& document, diag::Sink& sink);

// Takes out of `findings` what is suppressed, and marks what was used. Errors stay, always.
void apply_suppressions(std::vector<diag::Finding>& findings,
                        std::vector<Suppression>& suppressions);

// The findings that were looked for: a suppression of any other cannot be called unused.
enum class LookedFor : std::uint8_t {
  text,         // what loading finds
  reachability, // that, and what the analysis finds
};

// Reports those that took nothing out (805).
void report_unused(const std::vector<Suppression>& suppressions, LookedFor looked_for,
                   diag::Sink& sink);

} // namespace nvmf::load
