// Findings: the mistakes and doubts about a text that an administrator wrote.
//
// A finding is data: a code of the catalogue (catalogue.hpp), words, and places. Renderers
// (render.hpp) turn a list of them into `human`, `short`, `json` or `sarif`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::diag {

// A text with its path, as given on the command line or found in the search path. Shared by all
// spans into it.
struct Source {
  std::string path;
  std::string text;

  // The 1-based line without its line end; empty past the last.
  std::string_view line(std::size_t number) const;
};
using SourcePtr = std::shared_ptr<const Source>;

// 1-based; a column counts bytes. {0,0}: the file as a whole.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

// From `start` up to, not including, `end`.
struct Span {
  SourcePtr source;
  Position start;
  Position end;

  // Path of the source; empty if there is none.
  std::string_view path() const;
  // `PATH:LINE`, or the path alone for a whole file.
  std::string place() const;
};

enum class Severity : std::uint8_t { error, warning, info, on_request };

// How to write it instead. `replacement` is the text for the finding's place, where there is one
// that cannot mean anything else.
struct Advice {
  std::string help; // empty: none to give
  std::optional<std::string> replacement;

  Advice() = default;
  Advice(std::string words) : help(std::move(words)) {}
  Advice(const char* words) : help(words) {}
  Advice(std::string words, std::string text)
      : help(std::move(words)), replacement(std::move(text)) {}
  bool empty() const { return help.empty(); }
};
// "write `TEXT`".
Advice write_instead(std::string text);

struct LabelledSpan {
  Span span;
  std::string label; // "not a condition"; may be empty
  bool primary = true;
};

struct Finding {
  std::uint16_t code = 0; // 203 is NVP203
  Severity severity = Severity::error;
  std::string message; // lower case, no final period, user text in backticks
  std::string help;    // "did you mean `transport`?"; empty: none
  std::vector<std::string> notes;
  std::vector<LabelledSpan> spans;        // the first primary one is the finding's place
  std::optional<std::string> witness;     // an example event that shows it
  std::optional<std::string> replacement; // for its place, if the help says it

  void take(Advice advice) {
    help = std::move(advice.help);
    replacement = std::move(advice.replacement);
  }
};

// Collects findings; the code that finds goes on, so that one run shows every mistake.
class Sink {
public:
  // The severity is the catalogue's unless it is given.
  Finding& add(std::uint16_t code, std::string message, Span where, std::string label = {});
  Finding& add(Severity severity, std::uint16_t code, std::string message, Span where,
               std::string label = {});

  const std::vector<Finding>& findings() const { return findings_; }
  std::vector<Finding>& findings() { return findings_; }
  bool has_errors() const;

private:
  std::vector<Finding> findings_;
};

} // namespace nvmf::diag
