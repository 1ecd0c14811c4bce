#include "tools/answer_schemas.hpp"

#include "decide/outcome.hpp"
#include "tools/schema_parts.hpp"

#include <utility>

namespace nvmf::tools {

namespace {

using AnswerJson = nlohmann::ordered_json;

const AnswerJson a_text{{"type", "string"}};
const AnswerJson a_flag{{"type", "boolean"}};
const AnswerJson a_count{{"type", "integer"}, {"minimum", 0}};

AnswerJson text_about(const std::string& about) {
  return {{"type", "string"}, {"description", about}};
}
AnswerJson a_text_or_null() { return nullable(a_text); }
AnswerJson texts_or_none() { return list_of(a_text); }

AnswerJson outcome_word() {
  return word(decide::all_outcomes, "what becomes of it, in the words of nvmf-autoconnect.yaml(5)");
}
AnswerJson reason_or_null() { return nullable(word(decide::all_reasons, "why")); }

// `{kind, name, path, line}`; of an earlier decision in the journal only the name is known.
AnswerJson decided_by_or_null() {
  return {{"type", AnswerJson::array({"object", "null"})},
          {"properties",
           {{"kind", {{"enum", {"rule", "guard", "target", "firmware"}}}},
            {"name", a_text},
            {"path", a_text},
            {"line", a_count}}},
          {"required", {"name"}},
          {"additionalProperties", false}};
}

// Where something is, as every path has it.
AnswerJson endpoint_properties() {
  AnswerJson properties{{"subject", {{"enum", {"discovery-controller", "io-subsystem"}}}}};
  for (const char* key :
       {"transport", "traddr", "trsvcid", "host-traddr", "host-iface", "subsystem-nqn"})
    properties[key] = a_text_or_null();
  return properties;
}

// The progress of a path that is being connected, as `status` and `explain` say it.
AnswerJson trying_properties() {
  return {{"state",
           {{"enum",
             {"pending", "probing", "connecting", "live", "waiting", "given-up",
              "log-read-not-kept"}}}},
          {"device", a_text_or_null()},
          {"tries", a_count},
          {"next-try-ms",
           {{"type", AnswerJson::array({"integer", "null"})},
            {"description", "from now; negative when it is due"}}},
          {"error-class",
           nullable(
               text_about("how the last try failed: a word of nvmf-policy(7), FAILURE AND RETRY"))},
          {"reason", a_text_or_null()}};
}

AnswerJson status_path_schema() {
  AnswerJson properties = trying_properties();
  properties.update(endpoint_properties());
  properties.update(AnswerJson{{"rule", a_text_or_null()},
                               {"outcome", nullable(outcome_word())},
                               {"detail", a_text_or_null()},
                               {"remedy", a_text_or_null()},
                               {"interface", a_text_or_null()},
                               {"source", a_text_or_null()},
                               {"namespaces", texts_or_none()}});
  return open_object(std::move(properties));
}

AnswerJson not_tried_schema() {
  AnswerJson properties{{"outcome", {{"enum", {"denied", "refused"}}}}};
  properties.update(endpoint_properties());
  properties.update(AnswerJson{{"decided_by", decided_by_or_null()},
                               {"device", a_text_or_null()},
                               {"reason", reason_or_null()},
                               {"detail", a_text_or_null()},
                               {"remedy", a_text_or_null()}});
  return open_object(std::move(properties));
}

AnswerJson status_plan_schema() {
  return open_object({{"id", a_text},
                      {"event", a_text},
                      {"target", a_text_or_null()},
                      {"device", a_text_or_null()},
                      {"phase", {{"enum", {"running", "done", "cancelled", "failed"}}}},
                      {"why", a_text_or_null()},
                      {"policy-digest", a_text_or_null()},
                      {"live", a_count},
                      {"all", a_count},
                      {"paths", list_of(status_path_schema())},
                      {"not-tried", list_of(not_tried_schema())}});
}

AnswerJson position_schema() { return open_object({{"line", a_count}, {"column", a_count}}); }

AnswerJson finding_schema() {
  const AnswerJson span = open_object({{"path", a_text},
                                       {"start", position_schema()},
                                       {"end", position_schema()},
                                       {"label", a_text},
                                       {"primary", a_flag}});
  return open_object({{"code", {{"type", "string"}, {"pattern", "^NVP[0-9]{3}$"}}},
                      {"slug", text_about("the code in a word: `unknown-key`")},
                      {"severity", {{"enum", {"error", "warning", "info"}}}},
                      {"message", a_text},
                      {"help", a_text_or_null()},
                      {"notes", texts_or_none()},
                      {"spans", list_of(span)},
                      {"witness", nullable(text_about("an example event"))}});
}

// The answers of this host, one for each host side.
AnswerJson host_answers(AnswerJson more) {
  AnswerJson properties{{"outcome", outcome_word()},
                        {"reason", reason_or_null()},
                        {"detail", a_text_or_null()},
                        {"device", a_text_or_null()}};
  properties.update(more);
  return list_of(open_object(std::move(properties)));
}

AnswerJson trace_schema() {
  const AnswerJson clause = open_object({{"key", text_about("the key of `match`")},
                                         {"negated", a_flag},
                                         {"holds", a_flag},
                                         {"wants", texts_or_none()},
                                         {"text", a_text}});
  return open_object({{"name", a_text},
                      {"path", a_text},
                      {"line", a_count},
                      {"applies-to-event", a_flag},
                      {"matched", a_flag},
                      {"clauses", list_of(clause)}});
}

// The decision of guards and rules alone.
AnswerJson decision_properties() {
  return {{"outcome", outcome_word()},
          {"reason", reason_or_null()},
          {"decided_by", decided_by_or_null()}};
}

AnswerJson logged_schema() {
  return open_object({{"time", text_about("ISO 8601, UTC")},
                      {"removed-by-hand", a_flag},
                      {"undecided", a_flag},
                      {"outcome", a_text_or_null()},
                      {"reason", a_text_or_null()},
                      {"decided_by", decided_by_or_null()},
                      {"same", nullable(a_flag)}});
}

AnswerJson explanation_schema() {
  const AnswerJson side{{"host-traddr", a_text_or_null()}, {"host-iface", a_text_or_null()}};
  AnswerJson properties = decision_properties();
  properties.update(
      AnswerJson{{"detail", a_text_or_null()},
                 {"host", host_answers(side)},
                 {"host-if-wanted", host_answers(side)},
                 {"event",
                  {{"type", AnswerJson::array({"object", "null"})},
                   {"description", "every key of an event file, null where it is not set"}}},
                 {"guards", list_of(trace_schema())},
                 {"rules", list_of(trace_schema())},
                 {"closest", nullable(open_object({{"name", a_text},
                                                   {"holding", a_count},
                                                   {"total", a_count},
                                                   {"failed-at", a_text_or_null()}}))},
                 {"without-guards", nullable(open_object(decision_properties()))}});
  AnswerJson schema = open_object(std::move(properties));
  schema["properties"]["logged"] = logged_schema();
  return schema;
}

AnswerJson known_path_schema() {
  AnswerJson listing{{"target", a_text_or_null()}};
  listing.update(endpoint_properties());
  listing.update(AnswerJson{{"entries", nullable(a_count)}, {"age-ms", nullable(a_count)}});
  AnswerJson properties = decision_properties();
  properties.update(endpoint_properties());
  properties.update(AnswerJson{{"detail", a_text_or_null()},
                               {"device", a_text_or_null()},
                               {"listed-by", list_of(open_object(std::move(listing)))},
                               {"host", host_answers(AnswerJson::object())},
                               {"host-if-wanted", host_answers(AnswerJson::object())},
                               {"path", nullable(open_object(trying_properties()))},
                               {"kept-away", a_flag},
                               {"remedy", a_text_or_null()}});
  return open_object(std::move(properties));
}

} // namespace

AnswerJson status_schema() {
  const AnswerJson subsystem =
      open_object({{"nqn", a_text},
                   {"live", a_count},
                   {"wanted", a_count},
                   {"expected", {{"type", AnswerJson::array({"integer", "null"})}}},
                   {"degraded", a_flag}});
  AnswerJson kept_away = endpoint_properties();
  kept_away["reason"] = a_text;
  const AnswerJson unlisted = open_object({{"device", a_text},
                                           {"subsystem-nqn", a_text},
                                           {"traddr", a_text_or_null()},
                                           {"trsvcid", a_text_or_null()}});
  const AnswerJson time = nullable(text_about("ISO 8601, UTC"));
  return document("status-1", "nvmf-policy: status",
                  open_object({{"format_version", {{"const", 1}}},
                               {"degraded", a_flag},
                               {"in-charge", a_flag},
                               {"policy", open_object({{"digest", a_text_or_null()},
                                                       {"file-count", a_count},
                                                       {"changed", time},
                                                       {"last-good-stored", time},
                                                       {"problem", a_text_or_null()}})},
                               {"plans", list_of(status_plan_schema())},
                               {"subsystems", list_of(subsystem)},
                               {"waiting", texts_or_none()},
                               {"failed", texts_or_none()},
                               {"damaged", texts_or_none()},
                               {"kept-away", list_of(open_object(std::move(kept_away)))},
                               {"unlisted", list_of(unlisted)},
                               {"orchestrators", texts_or_none()},
                               {"foreign-connects",
                                list_of(open_object({{"path", a_text}, {"line", a_count}}))}}));
}

AnswerJson check_schema() {
  return document(
      "check-1", "nvmf-policy: findings of check",
      open_object({{"format_version", {{"const", 1}}},
                   {"findings", list_of(finding_schema())},
                   {"summary",
                    open_object({{"error", a_count}, {"warning", a_count}, {"info", a_count}})}}));
}

AnswerJson explain_schema() {
  const AnswerJson of_event = open_object(
      {{"format_version", {{"const", 1}}}, {"explanations", list_of(explanation_schema())}});
  const AnswerJson of_name = open_object({{"format_version", {{"const", 1}}},
                                          {"name", text_about("the NQN or address asked for")},
                                          {"paths", list_of(known_path_schema())},
                                          {"unknown", texts_or_none()}});
  return document("explain-1", "nvmf-policy: explanations",
                  {{"oneOf", AnswerJson::array({of_event, of_name})}});
}

} // namespace nvmf::tools
