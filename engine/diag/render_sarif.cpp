#include "diag/catalogue.hpp"
#include "diag/place.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"

#include <map>
#include <nlohmann/json.hpp>

namespace nvmf::diag {

namespace {

using Json = nlohmann::ordered_json;

// SARIF's words ("result.level").
std::string_view level(Severity severity) {
  switch (severity) {
  case Severity::error:
    return "error";
  case Severity::warning:
    return "warning";
  case Severity::info:
  case Severity::on_request:
    return "note";
  }
  return "none";
}

// A path as a URI reference (RFC 3986): what is not unreserved or `/` is percent-encoded.
std::string uri(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (char const c : path) {
    auto const byte = static_cast<unsigned char>(c);
    bool const alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alphanumeric || std::string_view("-._~/").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

// Our columns count bytes, these characters.
std::size_t character_column(const Span& span, Position at) {
  if (!span.source)
    return at.column;
  std::string_view rest = span.source->line(at.line).substr(0, at.column - 1);
  std::size_t column = 1;
  for (; !rest.empty(); ++column)
    rest.remove_prefix(first_character(rest).bytes);
  return column;
}

Json region_of(const Span& span) {
  Json region = {{"startLine", span.start.line},
                 {"startColumn", character_column(span, span.start)}};
  if (span.end > span.start) {
    region["endLine"] = span.end.line;
    region["endColumn"] = character_column(span, span.end);
  }
  return region;
}

Json location(const LabelledSpan& labelled) {
  const Span& span = labelled.span;
  Json physical = {{"artifactLocation", {{"uri", uri(span.path())}}}};
  if (span.start.line > 0)
    physical["region"] = region_of(span);
  Json result = {{"physicalLocation", std::move(physical)}};
  if (!labelled.label.empty())
    result["message"] = {{"text", shown(labelled.label)}};
  return result;
}

std::string text_of(const Finding& finding) {
  std::string text = shown_message(finding.message);
  for (const std::string& note : finding.notes)
    text += "\nnote: " + shown(note);
  if (finding.witness)
    text += "\nfor example: " + shown(*finding.witness);
  if (!finding.help.empty())
    text += "\nhelp: " + shown_message(finding.help);
  return text;
}

Json result_of(const Finding& finding) {
  Json here = Json::array();
  Json related = Json::array();
  for (const LabelledSpan& labelled : finding.spans)
    if (!labelled.span.path().empty())
      (labelled.primary && here.empty() ? here : related).push_back(location(labelled));
  Json result = {{"ruleId", code_name(finding.code)},
                 {"level", level(finding.severity)},
                 {"message", {{"text", text_of(finding)}}},
                 {"locations", std::move(here)}};
  if (!related.empty())
    result["relatedLocations"] = std::move(related);
  return result;
}

// The rules that occur, each once, by code.
Json rules_of(std::span<const Finding> findings) {
  std::map<std::uint16_t, Json> rules;
  for (const Finding& finding : findings)
    if (const CatalogueEntry* entry = find_entry(finding.code))
      rules.try_emplace(finding.code,
                        Json{{"id", code_name(entry->code)},
                             {"name", entry->slug},
                             {"shortDescription", {{"text", entry->title}}},
                             {"fullDescription", {{"text", entry->why}}},
                             {"defaultConfiguration", {{"level", level(entry->severity)}}}});
  Json list = Json::array();
  for (auto& [code, rule] : rules)
    list.push_back(std::move(rule));
  return list;
}

} // namespace

std::string render_sarif(std::span<const Finding> findings) {
  Json results = Json::array();
  for (const Finding& finding : findings)
    results.push_back(result_of(finding));
  Json const run = {
      {"tool", {{"driver", {{"name", "nvmf-policy"}, {"rules", rules_of(findings)}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)}};
  Json const document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                         {"version", "2.1.0"},
                         {"runs", Json::array({run})}};
  return document.dump(2) + "\n";
}

} // namespace nvmf::diag
