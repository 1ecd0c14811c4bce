// The mistake at a place of a text that yaml-cpp, or the look beside it, cannot take as YAML. The
// parser's messages are about tokens, and it often notices a mistake far behind the line that was
// made wrong.
#pragma once

#include "diag/finding.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::yaml {

struct Mistake {
  std::uint16_t code = 101;
  std::string message;
  std::string help;
  std::size_t length = 1;                   // in bytes
  std::size_t offset = 0;                   // behind where it was looked for
  std::optional<std::string> replacement{}; // of these bytes, if the help says it
};

// Something begins at `offset` where it may not begin.
Mistake unexpected(std::string_view text, std::size_t offset);

// An error of the parser: `said` is its message, noticed at `offset`; `from` is the end of the last
// node that it knew.
struct ParserError {
  std::string_view said;
  std::size_t offset = 0;
  std::size_t from = 0;
};
void explain(const diag::SourcePtr& source, const ParserError& error, diag::Sink& sink);

// Where the last finding is about a line, or the one below it, that is wrong by a blank of another
// kind, a comment of another language, or a `:` that is missing or has no blank behind it, that is
// said instead.
void explain_look_alike(const diag::SourcePtr& source, diag::Sink& sink);

// The same of a key that YAML takes as it is.
std::optional<Mistake> odd_blank_mistake(std::string_view line);

// Reports a quote or bracket that is still open at the end of the text, if the look finds one.
bool explain_open_end(const diag::SourcePtr& source, diag::Sink& sink);

} // namespace nvmf::yaml
