#include "policy/yaml_error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace nvmf::policy {

namespace {

struct Translation {
  std::string_view theirs; // how yaml-cpp's message begins
  std::string_view ours;
  std::string_view help;
};
constexpr std::array translations{
    Translation{"illegal map value", "a `:` cannot stand here",
                "check the indentation; quote a value that contains `: `"},
    Translation{"illegal block entry", "a list entry (`- `) cannot stand here",
                "check the indentation; entries of one list begin in the same column"},
    Translation{"illegal map key", "a key cannot stand here", "check the indentation"},
    Translation{"end of map not found", "a key and `:` expected",
                "check the indentation; keys of one map begin in the same column"},
    Translation{"end of sequence not found", "a list entry (`- `) expected",
                "check the indentation; entries of one list begin in the same column"},
    Translation{"illegal flow end", "a bracket closes what was never opened", ""},
    Translation{"illegal document indicator in scalar", "`---` inside a quoted text", ""},
    Translation{"unknown escape character", "an escape that YAML does not know",
                "in double quotes a backslash begins an escape; use single quotes"},
    Translation{"bad character found while scanning hex number", "an escape that is no hex number",
                "in double quotes a backslash begins an escape; use single quotes"},
    Translation{"unexpected character in block scalar", "text behind `|` or `>`",
                "the text of a block begins on the next line"},
    Translation{"cannot set zero indentation for a block scalar", "a block with indentation 0", ""},
};

std::string_view rest_of_line(const diag::SourcePtr& source, diag::Position at) {
  std::string_view const line = source->line(at.line);
  return line.substr(std::min<std::size_t>(at.column - 1, line.size()));
}

// The first tab of the blanks that a line begins with.
std::optional<diag::Position> tab_in_indentation(const diag::SourcePtr& source,
                                                 std::uint32_t line) {
  std::string_view const text = source->line(line);
  std::size_t const content = std::min(text.find_first_not_of(" \t"), text.size());
  std::size_t const tab = text.substr(0, content).find('\t');
  if (tab == std::string_view::npos)
    return std::nullopt;
  return diag::Position{line, static_cast<std::uint32_t>(tab + 1)};
}

diag::Span one_column(const diag::SourcePtr& source, diag::Position at) {
  return {source, at, {at.line, at.column + 1}};
}

void report_unclosed(std::uint16_t code, std::string message, diag::Span opened, diag::Span noticed,
                     diag::Sink& sink) {
  diag::Finding& finding = sink.add(code, std::move(message), std::move(opened), "opened here");
  finding.spans.push_back({std::move(noticed), "noticed here", false});
}

diag::Position position_at(std::string_view text, std::size_t offset) {
  std::string_view const before = text.substr(0, offset);
  auto const line = std::count(before.begin(), before.end(), '\n') + 1;
  std::size_t const start = before.rfind('\n') + 1; // npos + 1 is 0
  return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(offset - start + 1)};
}

// The parser tells only where the text ended.
void report_unclosed_quote(const diag::SourcePtr& source, const TreeBuilder& builder,
                           const diag::Span& where, diag::Sink& sink) {
  const auto& ranges = builder.scalar_ranges();
  auto const at = unclosed_quote(source->text, ranges.empty() ? 0 : ranges.back().last);
  sink.add(109, "the quote that begins here is never closed",
           at ? one_column(source, position_at(source->text, *at)) : where);
}

void report_unknown_token(const diag::SourcePtr& source, diag::Position at, diag::Sink& sink) {
  std::string_view const rest = rest_of_line(source, at);
  std::string_view const word = rest.substr(0, rest.find_first_of(" \t,]}"));
  sink.add(101, fmt::format("a value cannot begin with `{}` without quotes", rest.substr(0, 1)),
           {source,
            at,
            {at.line,
             at.column + static_cast<std::uint32_t>(std::max<std::size_t>(word.size(), 1))}})
      .help = fmt::format("write `\"{}\"`", word);
}

void report_translated(const std::string& message, diag::Span where, diag::Sink& sink) {
  for (const Translation& translation : translations)
    if (message.starts_with(translation.theirs)) {
      sink.add(101, std::string(translation.ours), std::move(where)).help = translation.help;
      return;
    }
  sink.add(101, "this is not YAML: " + message, std::move(where));
}

bool is_about_flow(const std::string& message) {
  return message.starts_with("end of sequence flow") || message.starts_with("end of map flow") ||
         message.starts_with("illegal flow end");
}

bool is_about_alias(const std::string& message) {
  return message.find("anchor") != std::string::npos || message.find("alias") != std::string::npos;
}

} // namespace

void report_yaml_error(const YamlError& error, const diag::SourcePtr& source,
                       const TreeBuilder& builder, diag::Sink& sink) {
  diag::Position const at{static_cast<std::uint32_t>(std::max(error.line, 0) + 1),
                          static_cast<std::uint32_t>(std::max(error.column, 0) + 1)};
  diag::Span const where = one_column(source, at);
  const auto& last = builder.last_scalar();
  if (auto const tab = tab_in_indentation(source, at.line))
    sink.add(106, "a tab in the indentation", one_column(source, *tab)).help =
        "YAML indents with blanks only";
  else if (error.message.starts_with("illegal EOF in scalar"))
    report_unclosed_quote(source, builder, where, sink);
  else if (last.quoted_over_lines)
    report_unclosed(109, "the quote that begins here is closed on a later line",
                    one_column(source, last.start), where, sink);
  else if (builder.open_flow() != nullptr && is_about_flow(error.message))
    report_unclosed(101,
                    fmt::format("the `{}` that begins here is not closed, or a `,` is missing",
                                rest_of_line(source, *builder.open_flow()).substr(0, 1)),
                    one_column(source, *builder.open_flow()), where, sink);
  else if (is_about_alias(error.message))
    sink.add(103, "an anchor or alias is not allowed here", where).help =
        "quote a glob that begins with `*` or a text that begins with `&`";
  else if (error.message.starts_with("unknown token"))
    report_unknown_token(source, at, sink);
  else
    report_translated(error.message, where, sink);
}

} // namespace nvmf::policy
