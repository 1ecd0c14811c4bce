#include "load/fix.hpp"

#include "diag/place.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace nvmf::load {

namespace {

constexpr std::size_t most_passes = 16;
constexpr std::size_t most_single_tries = 64; // each loads the policy once

// A place in a text and what to write there.
struct Edit {
  std::string path;
  std::uint32_t line = 0;
  std::uint32_t column = 0; // 1-based, in bytes
  std::size_t length = 0;
  std::string text;

  auto place() const { return std::tie(path, line, column); }
};

// How much of each file the first error of its text hides; then the errors of each family of codes,
// because each hides those of the next; then the warnings.
using Badness = std::array<std::uint64_t, 11>;

Badness badness_of(const Loaded& loaded) {
  constexpr std::uint64_t most_lines = std::uint64_t{1} << 32;
  Badness badness{};
  std::map<std::string_view, std::uint64_t> hidden;
  for (const diag::Finding& finding : loaded.findings.findings()) {
    std::size_t const family = std::clamp<std::size_t>(finding.code / 100, 1, 9);
    if (finding.severity == diag::Severity::error)
      ++badness[family];
    else if (finding.severity == diag::Severity::warning)
      ++badness[10];
    const diag::LabelledSpan* const where = diag::main_span(finding);
    if (family == 1 && finding.severity == diag::Severity::error && where != nullptr) {
      std::uint64_t& of_file = hidden[where->span.path()];
      of_file = std::max(of_file, most_lines - where->span.start.line);
    }
  }
  for (auto const& [path, lines] : hidden)
    badness[0] += lines;
  return badness;
}

std::vector<Edit> edits_of(const Loaded& loaded, const WantsFix& wants) {
  std::vector<Edit> edits;
  for (const diag::Finding& finding : loaded.findings.findings()) {
    const diag::LabelledSpan* const where = diag::main_span(finding);
    if (!finding.replacement || where == nullptr || !wants(finding))
      continue;
    diag::Span const& span = where->span;
    if (span.start.line == 0 || span.end.line != span.start.line ||
        span.end.column <= span.start.column)
      continue;
    edits.push_back({.path = std::string(span.path()),
                     .line = span.start.line,
                     .column = span.start.column,
                     .length = span.end.column - span.start.column,
                     .text = *finding.replacement});
  }
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.place() < b.place(); });
  auto const overlaps = [](const Edit& a, const Edit& b) {
    return a.path == b.path && a.line == b.line && a.column + a.length > b.column;
  };
  edits.erase(std::unique(edits.begin(), edits.end(), overlaps), edits.end());
  return edits;
}

// Where a line begins; the end of the text if it has fewer.
std::size_t start_of_line(std::string_view text, std::uint32_t line) {
  std::size_t at = 0;
  for (; line > 1 && at < text.size(); --line)
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return at;
}

void apply(const Edit& edit, std::vector<FileText>& texts) {
  auto const file = std::find_if(texts.begin(), texts.end(),
                                 [&](const FileText& one) { return one.path == edit.path; });
  if (file == texts.end())
    return;
  std::size_t const at = start_of_line(file->text, edit.line) + edit.column - 1;
  if (at + edit.length <= file->text.size())
    file->text.replace(at, edit.length, edit.text);
}

// From the last to the first, so that places stay right.
std::vector<FileText> with_all(const std::vector<Edit>& edits, std::vector<FileText> texts) {
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
    apply(*edit, texts);
  return texts;
}

// Tries them one by one; the number of those that made it better.
std::size_t keep_good_ones(const std::vector<Edit>& edits, Badness best,
                           std::vector<FileText>& texts) {
  std::size_t kept = 0;
  std::size_t const tries = std::min(edits.size(), most_single_tries);
  for (std::size_t i = edits.size(); i > edits.size() - tries; --i) {
    std::vector<FileText> candidate = texts;
    apply(edits[i - 1], candidate);
    Badness const badness = badness_of(load_texts(candidate));
    if (badness >= best)
      continue;
    best = badness;
    texts = std::move(candidate);
    ++kept;
  }
  return kept;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

void add_line(std::string& out, char sign, std::string_view line) {
  out += sign;
  out += line;
  if (!line.ends_with('\n'))
    out += "\n\\ No newline at end of file\n";
}

} // namespace

Fixed fix_texts(std::vector<FileText> texts, const WantsFix& wants) {
  Fixed best{.texts = std::move(texts)};
  Badness badness = badness_of(load_texts(best.texts));
  // A replacement brings to light others that are possible, too.
  Fixed next = best;
  for (std::size_t pass = 0; pass < most_passes; ++pass) {
    std::vector<Edit> const edits = edits_of(load_texts(next.texts), wants);
    if (edits.empty())
      break;
    next = {with_all(edits, std::move(next.texts)), next.replaced + edits.size()};
    if (Badness const now = badness_of(load_texts(next.texts)); now < badness) {
      best = next;
      badness = now;
    }
  }
  std::vector<Edit> const rest = edits_of(load_texts(best.texts), wants);
  best.replaced += keep_good_ones(rest, badness, best.texts);
  return best;
}

std::string difference_of(const std::string& path, const std::string& before,
                          const std::string& after) {
  constexpr std::size_t context = 3;
  auto const old_lines = lines_of(before);
  auto const new_lines = lines_of(after);
  std::string out;
  std::size_t const count = std::min(old_lines.size(), new_lines.size());
  auto const differs = [&](std::size_t at) { return old_lines[at] != new_lines[at]; };
  for (std::size_t at = 0; at < count; ++at) {
    if (!differs(at))
      continue;
    std::size_t const first = at > context ? at - context : 0;
    std::size_t last = at; // changed, and no other within twice the context behind it
    for (std::size_t next = at; next < count && next <= last + 2 * context; ++next)
      if (differs(next))
        last = next;
    std::size_t const end = std::min(last + context + 1, count);
    if (out.empty())
      out = fmt::format("--- {0}\n+++ {0}\n", path);
    out += fmt::format("@@ -{0},{1} +{0},{1} @@\n", first + 1, end - first);
    for (std::size_t line = first; line < end;) {
      std::size_t stop = line;
      while (stop < end && differs(stop) == differs(line))
        ++stop;
      for (std::size_t i = line; i < stop; ++i)
        add_line(out, differs(i) ? '-' : ' ', old_lines[i]);
      for (std::size_t i = line; i < stop && differs(line); ++i)
        add_line(out, '+', new_lines[i]);
      line = stop;
    }
    at = end - 1;
  }
  return out;
}

} // namespace nvmf::load
