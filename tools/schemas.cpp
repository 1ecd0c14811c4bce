#include "tools/schemas.hpp"

#include "base/connect_option.hpp"
#include "base/words.hpp"
#include "decide/outcome.hpp"
#include "event/codec.hpp"
#include "tools/answer_schemas.hpp"
#include "tools/policy_schema.hpp"
#include "tools/schema_parts.hpp"
#include "tools/test_schema.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::tools {

namespace {

using Json = nlohmann::ordered_json;

Json text(const std::string& about) { return {{"type", "string"}, {"description", about}}; }

Json texts(const std::string& about) {
  return {{"type", "array"}, {"items", {{"type", "string"}}}, {"description", about}};
}

Json number(const std::string& about) {
  return {{"type", "integer"}, {"minimum", 0}, {"description", about}};
}

// A port as people and JSON writers put it: a number, or its digits.
Json service(const std::string& about) {
  return {{"type", Json::array({"integer", "string"})},
          {"pattern", "^[0-9]+$"},
          {"minimum", 1},
          {"maximum", 65535},
          {"description", about}};
}

Json closed(Json properties, Json required) {
  Json schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty())
    schema["required"] = std::move(required);
  return schema;
}

Json where(const char* key, const std::string& value) {
  return {{"properties", {{key, {{"const", value}}}}}, {"required", {key}}};
}

// The required keys of an event: as the reader of event files asks for them.
Json event_conditions() {
  return Json::array(
      {{{"if", where("event", "fc-discovery")},
        {"then", {{"properties", {{"transport", {{"const", "fc"}}}}}}},
        {"else", {{"required", {"transport"}}}}},
       {{"if", {{"not", where("transport", "loop")}}},
        {"then", {{"anyOf", {Json{{"required", {"traddr"}}}, Json{{"required", {"host-name"}}}}}}}},
       {{"if", where("event", "discovered")}, {"then", {{"required", {"subsystem-nqn"}}}}}});
}

Json field_schema(const event::Field& field) {
  std::string const about(field.about);
  switch (field.form) {
  case event::FieldForm::word:
    return {{"enum", field.words()}, {"description", about}};
  case event::FieldForm::address:
  case event::FieldForm::text:
    return text(about);
  case event::FieldForm::service:
    return service(about);
  case event::FieldForm::number:
    return number(about);
  case event::FieldForm::flag:
    return {{"type", "boolean"}, {"description", about}};
  case event::FieldForm::texts:
    return {{"type", Json::array({"string", "array"})},
            {"items", {{"type", "string"}}},
            {"description", about}};
  case event::FieldForm::properties:
    return {
        {"type", "object"}, {"additionalProperties", {{"type", "string"}}}, {"description", about}};
  }
  return {};
}

// The same in event files, policy tests and plans.
Json event_schema() {
  Json properties = Json::object();
  for (const event::Field& field : event::fields())
    properties[std::string(field.name)] = field_schema(field);
  Json schema = closed(std::move(properties), Json::array({"event"}));
  schema["allOf"] = event_conditions();
  return schema;
}

// Null where the event triggers nothing. Later versions may add fields.
Json event_of_plan_schema() {
  Json schema = event_schema();
  schema.erase("additionalProperties");
  return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
}

Json controller_schema() {
  return closed({{"device", text("`nvme3`")},
                 {"state", text("`live`, `connecting` ...")},
                 {"cntrltype", {{"enum", {"io", "discovery", "admin"}}}},
                 {"transport", {{"enum", words(base::all_transports)}}},
                 {"traddr", nullable(text("its address"))},
                 {"trsvcid", nullable({{"type", "integer"}})},
                 {"host-traddr", nullable(text("as connected"))},
                 {"host-iface", nullable(text("as connected"))},
                 {"src-addr", nullable(text("what the kernel chose"))},
                 {"subsystem-nqn", text("its subsystem")},
                 {"host-nqn", text("as which host it is connected")},
                 {"hostid", text("likewise")},
                 {"owner", nullable(text("who connected it, from the registry"))},
                 {"connect", {{"type", "object"}, {"description", "options that sysfs shows"}}}},
                Json::array({"device", "transport"}));
}

Json facts_schema() {
  const Json interface = closed({{"name", text("`ens1f0`")},
                                 {"up", {{"type", "boolean"}}},
                                 {"addresses", texts("with their prefix lengths")},
                                 {"mac", text("its MAC address")},
                                 {"vlan", number("of which VLAN it is")}},
                                Json::array({"name"}));
  const Json port = closed({{"host", text("a local port")}, {"remotes", texts("what it sees")}},
                           Json::array({"host"}));
  Json identity =
      closed({{"hostnqn", text("the host NQN")}, {"hostid", text("the host id")}}, Json::array());
  identity["type"] = Json::array({"object", "null"});
  return closed({{"hostname", text("the host's name")},
                 {"cpus", number("online CPUs")},
                 {"identity", identity},
                 {"identities",
                  {{"type", Json::array({"object", "null"})},
                   {"description", "the content of the files of the policy's identities, by name"},
                   {"propertyNames", {{"not", {{"const", "default"}}}}},
                   {"additionalProperties", identity}}},
                 {"names",
                  {{"type", "object"},
                   {"additionalProperties", texts("its addresses")},
                   {"description", "host names of targets, and what they resolve to"}}},
                 {"nbft",
                  {{"type", Json::array({"string", "array"})},
                   {"items", {{"type", "string"}}},
                   {"description", "the file of a firmware table, or a list of them"}}},
                 {"interfaces", {{"type", "array"}, {"items", interface}}},
                 {"fc-ports", {{"type", "array"}, {"items", port}}},
                 {"controllers", {{"type", "array"}, {"items", controller_schema()}}},
                 {"exclusions", texts("lines of exclusions.conf")},
                 {"kernel-options", texts("names of /dev/nvme-fabrics")}},
                Json::array());
}

Json counts(const Json& names, const std::string& about) {
  Json properties = Json::object();
  for (const auto& name : names)
    properties[name.get<std::string>()] = {{"type", "integer"}, {"minimum", 0}};
  Json schema = closed(std::move(properties), Json::array());
  schema["description"] = about;
  return schema;
}

Json test_schema() {
  return document("autoconnect-test-1", "nvmf-policy: policy tests",
                  suite_schema({.event = event_schema(), .facts = facts_schema()}));
}

Json tid_schema() {
  Json properties = Json::object();
  Json required = Json::array();
  for (const char* key : {"transport", "traddr", "trsvcid", "host-traddr", "host-iface",
                          "subsystem-nqn", "host-nqn", "hostid"}) {
    properties[key] = {{"type", Json::array({"string", "null"})}};
    required.push_back(key);
  }
  return closed(std::move(properties), std::move(required));
}

Json item_schema() {
  Json reasons = words(decide::all_reasons);
  reasons.push_back(nullptr);
  const Json decided_by = {{"type", Json::array({"object", "null"})},
                           {"properties",
                            {{"kind", {{"enum", {"rule", "guard", "target", "firmware"}}}},
                             {"name", {{"type", "string"}}},
                             {"path", {{"type", "string"}}},
                             {"line", {{"type", "integer"}}}}}};
  return {{"type", "object"},
          {"properties",
           {{"outcome", word(decide::all_outcomes, "what becomes of it")},
            {"reason", {{"enum", std::move(reasons)}}},
            {"detail", {{"type", Json::array({"string", "null"})}}},
            {"parent", {{"type", Json::array({"integer", "null"})}}},
            {"tid", tid_schema()},
            {"connect", {{"type", "object"}}},
            {"secrets", {{"type", "object"}}},
            {"retry",
             {{"type", Json::array({"object", "null"})},
              {"properties",
               {{"lane",
                 {{"enum", Json::array({"fast", "slow"})},
                  {"description",
                   "`slow`: each retry waits slow-delay-ms, as the log says that the subsystem is "
                   "not connected (NCC)"}}}}}}},
            {"decided_by", decided_by},
            {"origins", {{"type", "object"}}},
            {"string", {{"type", Json::array({"string", "null"})}}}}},
          {"required", {"outcome", "reason", "tid"}}};
}

// Written by this program alone, so that later versions may add keys.
Json plan_schema() {
  const Json plan = {{"type", "object"},
                     {"properties",
                      {{"id", {{"type", Json::array({"string", "null"})}}},
                       {"event", event_of_plan_schema()},
                       {"items", {{"type", "array"}, {"items", item_schema()}}}}},
                     {"required", {"id", "items"}}};
  return document("plan-1", "nvmf-policy: plans",
                  {{"type", "object"},
                   {"properties",
                    {{"format_version", {{"const", 1}}},
                     {"policy",
                      {{"type", "object"},
                       {"properties",
                        {{"digest", {{"type", "string"}}},
                         {"files", {{"type", "array"}, {"items", {{"type", "string"}}}}}}},
                       {"required", {"digest", "files"}}}},
                     {"plans", {{"type", "array"}, {"items", plan}}},
                     {"summary", counts(words(decide::all_outcomes), "items of each outcome")}}},
                   {"required", {"format_version", "policy", "plans", "summary"}}});
}

} // namespace

std::vector<Schema> schemas() {
  return {{"autoconnect-1", policy_schema()},
          {"autoconnect-test-1", test_schema().dump(2) + '\n'},
          {"event-1", document("event-1", "nvmf-policy: events", event_schema()).dump(2) + '\n'},
          {"plan-1", plan_schema().dump(2) + '\n'},
          {"facts-1", document("facts-1", "nvmf-policy: facts", facts_schema()).dump(2) + '\n'},
          {"status-1", status_schema().dump(2) + '\n'},
          {"check-1", check_schema().dump(2) + '\n'},
          {"explain-1", explain_schema().dump(2) + '\n'}};
}

} // namespace nvmf::tools
