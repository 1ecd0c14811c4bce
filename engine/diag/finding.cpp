#include "diag/finding.hpp"

#include "diag/catalogue.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::diag {

std::string_view Source::line(std::size_t number) const {
  std::string_view rest = text;
  for (std::size_t at = 1; at < number; ++at) {
    auto const end = rest.find('\n');
    if (end == std::string_view::npos)
      return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r'))
    rest.remove_suffix(1);
  return rest;
}

std::string_view Span::path() const {
  return source ? std::string_view(source->path) : std::string_view();
}

std::string Span::place() const {
  return start.line == 0 ? std::string(path()) : fmt::format("{}:{}", path(), start.line);
}

Finding& Sink::add(std::uint16_t code, std::string message, Span where, std::string label) {
  const CatalogueEntry* entry = find_entry(code);
  return add(entry != nullptr ? entry->severity : Severity::error, code, std::move(message),
             std::move(where), std::move(label));
}

Finding& Sink::add(Severity severity, std::uint16_t code, std::string message, Span where,
                   std::string label) {
  Finding finding{.code = code, .severity = severity, .message = std::move(message)};
  finding.spans.push_back({.span = std::move(where), .label = std::move(label)});
  findings_.push_back(std::move(finding));
  return findings_.back();
}

bool Sink::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

Advice write_instead(std::string text) {
  std::string help = "write `" + text + "`";
  return {std::move(help), std::move(text)};
}

} // namespace nvmf::diag
