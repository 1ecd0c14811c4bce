#include "base/text_lines.hpp"
#include "diag/catalogue.hpp"
#include "diag/place.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <vector>

namespace nvmf::diag {

namespace {

constexpr std::size_t widest_excerpt = 96; // columns of a line that are shown around the caret
constexpr std::size_t narrowest_excerpt = 40;

struct Palette {
  std::string_view error, warning, info, strong, frame, off;
};
constexpr Palette plain{};
constexpr Palette coloured{.error = "\x1b[1;31m",
                           .warning = "\x1b[1;33m",
                           .info = "\x1b[1;36m",
                           .strong = "\x1b[1m",
                           .frame = "\x1b[1;34m",
                           .off = "\x1b[0m"};

std::string_view severity_colour(const Palette& palette, Severity severity) {
  switch (severity) {
  case Severity::error:
    return palette.error;
  case Severity::warning:
    return palette.warning;
  case Severity::info:
  case Severity::on_request:
    return palette.info;
  }
  return {};
}

// The part of a line that is shown, and the place of its caret.
struct Window {
  std::string text;
  std::size_t caret = 0; // columns before it
  std::size_t length = 1;
};

// Back to the beginning of the character that `at` lies in.
std::size_t character_start(std::string_view line, std::size_t at) {
  while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80)
    --at;
  return at;
}

// Bytes that the span covers on its first line.
std::size_t marked_bytes(const Span& span, std::size_t start, std::size_t line_size) {
  std::size_t const end = span.end.line == span.start.line && span.end.column > span.start.column
                              ? std::min<std::size_t>(span.end.column - 1, line_size)
                              : line_size;
  bool const one_line = span.end.line == span.start.line && span.end.column > span.start.column;
  if (!one_line && span.end.line <= span.start.line)
    return 1;
  return end > start ? end - start : 1;
}

// `window_width`: columns of the line that there is room for.
Window window_of(const Span& span, std::string_view line, std::size_t window_width) {
  std::size_t const window_before = window_width * 5 / 12;
  std::size_t const start = std::min<std::size_t>(span.start.column - 1, line.size());
  std::size_t const marked = marked_bytes(span, start, line.size());
  std::size_t const first = line.size() > window_width && start > window_before
                                ? character_start(line, start - window_before)
                                : 0;
  std::size_t const last = character_start(line, std::min(line.size(), first + window_width));
  std::string_view const before = first > 0 ? "…" : "";
  Window window;
  window.text = fmt::format("{}{}{}", before, shown(line.substr(first, last - first)),
                            last < line.size() ? "…" : "");
  window.caret = (first > 0 ? 1 : 0) + shown_width(line.substr(first, start - first));
  std::size_t const visible = std::min(start + marked, last);
  window.length = std::max<std::size_t>(
      1, visible > start ? shown_width(line.substr(start, visible - start)) : 1);
  return window;
}

// The lines of texts: thousands of findings about some texts, in any order, walk over each once.
class Lines {
public:
  std::string_view of(const Span& span) {
    std::vector<std::size_t>& starts = starts_[span.source];
    std::string_view const text = span.source->text;
    if (starts.empty())
      starts.push_back(0);
    while (starts.size() < span.start.line) {
      std::size_t const end = text.find('\n', starts.back());
      if (end == std::string_view::npos)
        return {};
      starts.push_back(end + 1);
    }
    std::size_t const start = starts[span.start.line - 1];
    std::string_view line = text.substr(start, text.find('\n', start) - start);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    return line;
  }

private:
  std::map<SourcePtr, std::vector<std::size_t>> starts_; // of those lines that were looked at
};

struct Pen {
  const Palette& palette;
  std::optional<std::size_t> columns;
  Lines lines{};

  // Columns of a line of the text beside `margin`, with a `…` at either end.
  std::size_t excerpt_width(std::size_t margin) const {
    std::size_t const beside = margin + 5;
    std::size_t const room = columns && *columns > beside ? *columns - beside : widest_excerpt;
    return std::clamp(columns ? room : widest_excerpt, narrowest_excerpt, widest_excerpt);
  }

  std::string in_window(const std::string& text, std::size_t first) const {
    return columns ? base::fitted_words(text, first, *columns) : text;
  }
};

std::string excerpt(const LabelledSpan& labelled, std::string_view indent, Pen& pen,
                    std::string_view colour) {
  const Palette& palette = pen.palette;
  const Span& span = labelled.span;
  Window const window = window_of(span, pen.lines.of(span), pen.excerpt_width(indent.size()));
  std::string const number = fmt::format("{:>{}}", span.start.line, indent.size());
  char const mark = labelled.primary ? '^' : '-';
  std::string out = fmt::format("{}{} |{}\n", palette.frame, indent, palette.off);
  out += fmt::format("{}{} |{} {}\n", palette.frame, number, palette.off, window.text);
  out += fmt::format("{}{} |{} {}{}{}", palette.frame, indent, palette.off,
                     std::string(window.caret, ' '), colour, std::string(window.length, mark));
  if (!labelled.label.empty())
    out += " " + shown(labelled.label);
  return out + std::string(palette.off) + "\n";
}

std::string place_line(const Span& span, std::string_view indent, const Palette& palette,
                       std::string_view arrow) {
  std::string place = shown(span.path());
  if (span.start.line > 0)
    place += fmt::format(":{}:{}", span.start.line, span.start.column);
  return fmt::format("{}{}{}{} {}\n", palette.frame, indent, arrow, palette.off, place);
}

bool has_line(const Span& span) { return span.source && span.start.line > 0; }

// As wide as the largest line number.
std::string margin(const Finding& finding) {
  std::size_t width = 1;
  for (const LabelledSpan& labelled : finding.spans)
    width = std::max(width, std::to_string(labelled.span.start.line).size());
  return std::string(std::max<std::size_t>(width, 1), ' ');
}

std::string remark(std::string_view indent, const Pen& pen, std::string_view word,
                   std::string_view text) {
  std::size_t const first = indent.size() + 3 + word.size() + 2;
  return fmt::format("{}{} ={} {}: {}\n", pen.palette.frame, indent, pen.palette.off, word,
                     pen.in_window(shown_message(text), first));
}

std::string places(const Finding& finding, std::string_view indent, Pen& pen) {
  const Palette& palette = pen.palette;
  std::string out;
  std::string_view const colour = severity_colour(palette, finding.severity);
  for (const LabelledSpan& labelled : finding.spans) {
    if (labelled.span.path().empty())
      continue;
    out += place_line(labelled.span, indent, palette, out.empty() ? "-->" : ":::");
    if (has_line(labelled.span))
      out += excerpt(labelled, indent, pen, labelled.primary ? colour : palette.frame);
  }
  return out;
}

std::string one(const Finding& finding, Pen& pen) {
  const Palette& palette = pen.palette;
  std::string const indent = margin(finding);
  // `error[NVP203]: `
  std::size_t const first = to_string(finding.severity).size() + code_name(finding.code).size() + 4;
  std::string out =
      fmt::format("{}{}[{}]{}{}: {}{}\n", severity_colour(palette, finding.severity),
                  to_string(finding.severity), code_name(finding.code), palette.off, palette.strong,
                  pen.in_window(shown_message(finding.message), first), palette.off);
  out += places(finding, indent, pen);
  const LabelledSpan* where = main_span(finding);
  bool const has_remarks = !finding.help.empty() || !finding.notes.empty() || finding.witness;
  if (has_remarks && where != nullptr && has_line(where->span))
    out += fmt::format("{}{} |{}\n", palette.frame, indent, palette.off);
  for (const std::string& note : finding.notes)
    out += remark(indent, pen, "note", note);
  if (finding.witness)
    out += remark(indent, pen, "note", "for example: " + *finding.witness);
  if (!finding.help.empty())
    out += remark(indent, pen, "help", finding.help);
  return out;
}

} // namespace

std::string render_human(std::span<const Finding> findings, Colour colour,
                         std::optional<std::size_t> columns) {
  Pen pen{.palette = colour == Colour::on ? coloured : plain, .columns = columns};
  std::string out;
  for (const Finding& finding : findings) {
    if (!out.empty())
      out += '\n';
    out += one(finding, pen);
  }
  return out;
}

} // namespace nvmf::diag
