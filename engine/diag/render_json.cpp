#include "diag/catalogue.hpp"
#include "diag/place.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::diag {

namespace {

using Json = nlohmann::ordered_json;

Json position(Position at) { return {{"line", at.line}, {"column", at.column}}; }

Json span(const LabelledSpan& labelled) {
  return {{"path", shown(labelled.span.path())},
          {"start", position(shown_position(labelled.span.start))},
          {"end", position(shown_position(labelled.span.end))},
          {"label", shown(labelled.label)},
          {"primary", labelled.primary}};
}

Json one(const Finding& finding) {
  Json spans = Json::array();
  for (const LabelledSpan& labelled : finding.spans)
    spans.push_back(span(labelled));
  Json notes = Json::array();
  for (const std::string& note : finding.notes)
    notes.push_back(shown(note));
  Json result = {{"code", code_name(finding.code)},
                 {"slug", slug_of(finding)},
                 {"severity", to_string(finding.severity)},
                 {"message", shown_message(finding.message)},
                 {"help", finding.help.empty() ? Json() : Json(shown_message(finding.help))},
                 {"notes", std::move(notes)},
                 {"spans", std::move(spans)}};
  result["witness"] = finding.witness ? Json(shown(*finding.witness)) : Json();
  return result;
}

} // namespace

std::string render_json(std::span<const Finding> findings) {
  Json list = Json::array();
  for (const Finding& finding : findings)
    list.push_back(one(finding));
  Counts const counts = count(findings);
  Json const document = {
      {"format_version", 1},
      {"findings", std::move(list)},
      {"summary",
       {{"error", counts.errors}, {"warning", counts.warnings}, {"info", counts.infos}}}};
  return document.dump(2) + "\n";
}

} // namespace nvmf::diag
