#include "tools/test_schema.hpp"

#include "base/connect_option.hpp"
#include "testing/keys.hpp"
#include "tools/schema_parts.hpp"

namespace nvmf::tools {

namespace {

using Json = nlohmann::ordered_json;

Json text() { return {{"type", "string"}}; }

// A path, or a map in its place.
Json path_or(const char* definition) { return {{"anyOf", {text(), {{"$ref", definition}}}}}; }

Json reference(testing::Section section) {
  constexpr const char* names[] = {"", "test", "case", "expect", "entry", "selector"};
  return {{"$ref", std::string("#/definitions/") + names[static_cast<std::size_t>(section)]}};
}

Json counts_of(std::span<const std::string_view> words) {
  Json properties = Json::object();
  for (const std::string_view word : words)
    properties[std::string(word)] = {{"type", "integer"}, {"minimum", 0}};
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json options() {
  Json properties = Json::object();
  for (const base::ConnectOption& option : base::connect_options())
    properties[std::string(option.name)] = {
        {"type", option.kind == base::OptionKind::secret
                     ? Json::array({"object", "null"})
                     : Json::array({"string", "integer", "boolean", "null"})},
        {"description", option.about}};
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json form_of(const testing::Key& key) {
  switch (key.form) {
  case testing::Form::version:
    return {{"const", 1}};
  case testing::Form::text:
  case testing::Form::path:
  case testing::Form::name:
    return text();
  case testing::Form::paths:
    return {{"anyOf", {text(), list_of(text())}}};
  case testing::Form::facts:
    return path_or("#/definitions/facts");
  case testing::Form::event:
    return path_or("#/definitions/event");
  case testing::Form::maps: {
    Json list = list_of(reference(key.inner));
    if (key.inner == testing::Section::test || key.inner == testing::Section::one_case)
      list["minItems"] = 1;
    return list;
  }
  case testing::Form::map:
    return reference(key.inner);
  case testing::Form::word:
    return {{"enum", std::vector<std::string>(key.key.words.begin(), key.key.words.end())}};
  case testing::Form::options:
    return options();
  case testing::Form::durations:
    return list_of(text());
  case testing::Form::count:
    return {{"type", "integer"}, {"minimum", 0}};
  case testing::Form::outcome_counts:
    return counts_of(testing::outcome_words());
  case testing::Form::reason_counts:
    return counts_of(testing::reason_words());
  case testing::Form::address:
  case testing::Form::nullable_text:
    return {{"type", {"string", "null"}}};
  case testing::Form::persistence:
    return {{"enum", {true, false, "if-supported"}}};
  case testing::Form::number:
    return {{"type", "integer"}, {"minimum", key.key.minimum}, {"maximum", key.key.maximum}};
  }
  return {};
}

Json section_schema(testing::Section section) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const testing::Key* key : keys_of(section)) {
    Json form = form_of(*key);
    form["description"] = key->key.about;
    properties[std::string(key->key.name)] = std::move(form);
    if (key->key.required)
      required.push_back(key->key.name);
  }
  Json schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty())
    schema["required"] = std::move(required);
  return schema;
}

} // namespace

Json suite_schema(const EmbeddedSchemas& embedded) {
  Json schema = section_schema(testing::Section::top);
  // A test and its case may each name a part of the event.
  Json event = embedded.event;
  event.erase("required");
  schema["definitions"] = {{"test", section_schema(testing::Section::test)},
                           {"case", section_schema(testing::Section::one_case)},
                           {"expect", section_schema(testing::Section::expect)},
                           {"entry", section_schema(testing::Section::entry)},
                           {"selector", section_schema(testing::Section::selector)},
                           {"event", std::move(event)},
                           {"facts", embedded.facts}};
  return schema;
}

} // namespace nvmf::tools
