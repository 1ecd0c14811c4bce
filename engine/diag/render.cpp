#include "diag/render.hpp"

#include "diag/catalogue.hpp"
#include "diag/place.hpp"
#include "diag/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::diag {

namespace {

std::string short_place(const Span& span) {
  Position const start = shown_position(span.start);
  return fmt::format("{}:{}:{}", shown(span.path()), start.line, start.column);
}

} // namespace

const LabelledSpan* main_span(const Finding& finding) {
  auto const primary = std::find_if(finding.spans.begin(), finding.spans.end(),
                                    [](const LabelledSpan& span) { return span.primary; });
  if (primary != finding.spans.end())
    return &*primary;
  return finding.spans.empty() ? nullptr : &finding.spans.front();
}

Position shown_position(Position at) { return at.line == 0 ? Position{1, 1} : at; }

std::string_view slug_of(const Finding& finding) {
  const CatalogueEntry* entry = find_entry(finding.code);
  return entry != nullptr ? entry->slug : std::string_view("unknown");
}

std::string render_short(std::span<const Finding> findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (const LabelledSpan* where = main_span(finding))
      out += short_place(where->span) + ": ";
    out += fmt::format("{}[{}] {}: {}", to_string(finding.severity), code_name(finding.code),
                       slug_of(finding), shown_message(finding.message));
    if (!finding.help.empty())
      out += "; help: " + shown_message(finding.help);
    out += '\n';
  }
  return out;
}

Counts count(std::span<const Finding> findings) {
  Counts counts;
  for (const Finding& finding : findings)
    switch (finding.severity) {
    case Severity::error:
      ++counts.errors;
      break;
    case Severity::warning:
      ++counts.warnings;
      break;
    case Severity::info:
    case Severity::on_request:
      ++counts.infos;
      break;
    }
  return counts;
}

void sort_by_place(std::vector<Finding>& findings) {
  auto const key = [](const Finding& finding) {
    const LabelledSpan* where = main_span(finding);
    return where != nullptr ? std::pair(where->span.path(), where->span.start)
                            : std::pair(std::string_view(), Position{});
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
}

} // namespace nvmf::diag
