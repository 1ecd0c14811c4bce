#include "tools/policy_schema.hpp"

#include "base/nqn.hpp"
#include "policy/key_table.hpp"
#include "policy/map_view.hpp"
#include "tools/nullable.hpp"
#include "yaml/scalar.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nvmf::tools {

namespace {

using namespace policy;

using Json = nlohmann::ordered_json;

// Printable ASCII without blank and comma: the characters of an option string.
constexpr const char* option_text_pattern = "^[!-+\\--~]+$";
constexpr const char* name_pattern = "^[^\\s,/@\\\\`\"'*?]+$";
constexpr const char* duration_pattern = "^(0|[1-9][0-9]*)(ms|s|m|h|d)$";
constexpr const char* duration_or_infinity_pattern = "^((0|[1-9][0-9]*)(ms|s|m|h|d)|infinity)$";
constexpr const char* uuid_nqn_pattern = "^nqn\\.2014-08\\.org\\.nvmexpress:uuid:"
                                         "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
constexpr const char* duration_or_never_pattern = "^((0|[1-9][0-9]*)(ms|s|m|h|d)|never)$";
constexpr const char* uuid_pattern = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

std::string_view definition_name(Section section) {
  switch (section) {
  case Section::top:
    return "policy";
  case Section::identity:
    return "identity";
  case Section::defaults:
    return "defaults";
  case Section::set:
    return "set";
  case Section::target:
    return "target";
  case Section::target_path:
    return "path";
  case Section::guard:
    return "guard";
  case Section::rule:
    return "rule";
  case Section::match:
    return "match";
  case Section::negated_match:
    return "not";
  case Section::connect:
    return "connect";
  case Section::transport_options:
    return "transport-options";
  case Section::retry:
    return "retry";
  case Section::boot:
    return "boot";
  case Section::firmware:
    return "firmware";
  case Section::limits:
    return "limits";
  case Section::secret:
    return "secret";
  case Section::text_or_file:
    return "file";
  }
  return {};
}

Json reference(Section section) {
  return {{"$ref", fmt::format("#/definitions/{}", definition_name(section))}};
}

Json string_like(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }
Json any_text() { return {{"type", "string"}, {"minLength", 1}}; }

Json one_or_many(const Json& one) {
  Json const many = {{"type", "array"}, {"items", one}, {"minItems", 1}};
  return {{"anyOf", Json::array({one, many})}};
}

Json number(const Key& key, const char* type) {
  Json schema = {{"type", type}, {"minimum", key.minimum}};
  if (key.maximum != std::numeric_limits<std::int64_t>::max())
    schema["maximum"] = key.maximum;
  return schema;
}

Json words_schema(const Key& key) {
  Json list = Json::array();
  for (std::string_view const word : key.words)
    list.push_back(word);
  return {{"enum", std::move(list)}};
}

Json number_or_range(const Key& key) {
  Json schema = number(key, "integer");
  schema["type"] = Json::array({"integer", "string"});
  schema["pattern"] = "^[0-9]+-[0-9]+$";
  return schema;
}

Json nqn_schema() {
  Json schema = string_like(option_text_pattern);
  schema["maxLength"] = base::nqn_max_length;
  return schema;
}

Json or_file(const Json& literal) {
  return {{"anyOf", Json::array({literal, reference(Section::text_or_file)})}};
}

Json number_schema(const Key& key) {
  switch (key.type) {
  case ValueType::version:
    return {{"const", 1}};
  case ValueType::factor:
    return number(key, "number");
  case ValueType::percent:
    return string_like("^(100|[1-9]?[0-9])%$");
  case ValueType::attempts:
    return {{"anyOf", Json::array({number(key, "integer"), Json{{"const", "unlimited"}}})}};
  case ValueType::poll:
    return string_like(duration_or_never_pattern);
  case ValueType::duration:
  case ValueType::seconds:
    return string_like(key.takes_infinity ? duration_or_infinity_pattern : duration_pattern);
  default:
    return number(key, "integer");
  }
}

Json text_schema(const Key& key) {
  switch (key.type) {
  case ValueType::name:
    return string_like(name_pattern);
  case ValueType::word:
  case ValueType::transport:
    return words_schema(key);
  case ValueType::nqn:
    return nqn_schema();
  case ValueType::nqn_or_file:
    return or_file(nqn_schema());
  case ValueType::uuid_or_file:
    return or_file(string_like(uuid_pattern));
  case ValueType::interface:
    return {{"type", "string"}, {"minLength", 1}, {"maxLength", 15}};
  case ValueType::path:
    return string_like("^/");
  case ValueType::credential:
    return {{"type", "string"}, {"pattern", "^[^./][^/]*$"}, {"maxLength", 255}};
  default:
    return any_text();
  }
}

Json list_schema(const Key& key) {
  switch (key.type) {
  case ValueType::words:
    return one_or_many(words_schema(key));
  case ValueType::flag:
    return one_or_many({{"type", "boolean"}});
  case ValueType::nqn_globs:
    return one_or_many(string_like(option_text_pattern));
  case ValueType::port_patterns:
  case ValueType::number_patterns:
    return one_or_many(number_or_range(key));
  case ValueType::maps:
    return one_or_many(reference(key.inner));
  default:
    return one_or_many(any_text());
  }
}

Json if_then(Json condition, Json consequence) {
  return {{"if", std::move(condition)}, {"then", std::move(consequence)}};
}

// Said, or that of a host NQN with a UUID, or of one that a file holds.
Json has_hostid() {
  Json const of_nqn = {
      {"properties",
       {{"hostnqn",
         {{"anyOf", Json::array({Json{{"type", "object"}}, string_like(uuid_nqn_pattern)})}}}}}};
  return {{"anyOf", Json::array({Json{{"required", Json::array({"hostid"})}}, of_nqn})}};
}

// Every identity but `default` says who it is, and `default` too where it says half of it.
Json named_maps_schema(const Key& key) {
  Json schema = {{"type", "object"}, {"propertyNames", {{"pattern", name_pattern}}}};
  Json each = reference(key.inner);
  if (key.inner == Section::identity) {
    Json const with_id = if_then({{"required", Json::array({"hostnqn"})}}, has_hostid());
    Json const not_half = {{"dependencies", {{"hostid", Json::array({"hostnqn"})}}}};
    schema["patternProperties"] = {
        {"^default$", {{"allOf", Json::array({each, not_half, with_id})}}}};
    Json const whole = {{"required", Json::array({"hostnqn"})}};
    each = {{"allOf", Json::array({each, whole, with_id})}};
  }
  schema["additionalProperties"] = std::move(each);
  return schema;
}

// Without the options that the transport does not take.
Json transport_map_schema(const Key& key) {
  Json others = Json::object();
  for (const base::ConnectOption& option : base::connect_options())
    if (!option.transports.contains(*base::parse_transport(key.name)))
      others[std::string(option.name)] = false;
  return {{"allOf", Json::array({reference(key.inner), Json{{"properties", std::move(others)}}})}};
}

Json map_schema(const Key& key) {
  switch (key.type) {
  case ValueType::properties:
    return {{"type", "object"},
            {"additionalProperties", one_or_many(any_text())},
            {"minProperties", 1}};
  case ValueType::secret_ref:
    return reference(Section::secret);
  case ValueType::named_maps:
    return named_maps_schema(key);
  default:
    return key.inner == Section::transport_options ? transport_map_schema(key)
                                                   : reference(key.inner);
  }
}

Json value_schema(const Key& key) {
  switch (key.type) {
  case ValueType::only_true:
    return {{"const", true}};
  case ValueType::boolean:
    return {{"type", "boolean"}};
  case ValueType::persistence:
    return {{"enum", Json::array({true, false, "if-supported"})}};
  case ValueType::version:
  case ValueType::count:
  case ValueType::port:
  case ValueType::factor:
  case ValueType::percent:
  case ValueType::attempts:
  case ValueType::duration:
  case ValueType::seconds:
  case ValueType::poll:
    return number_schema(key);
  case ValueType::names:
  case ValueType::sources:
  case ValueType::flag:
  case ValueType::addresses:
  case ValueType::globs:
  case ValueType::address_patterns:
  case ValueType::words:
  case ValueType::nqn_globs:
  case ValueType::port_patterns:
  case ValueType::number_patterns:
  case ValueType::maps:
    return list_schema(key);
  case ValueType::properties:
  case ValueType::secret_ref:
  case ValueType::map:
  case ValueType::named_maps:
    return map_schema(key);
  default:
    return text_schema(key);
  }
}

Json to_json(const yaml::Node& node) {
  if (node.is_list()) {
    Json list = Json::array();
    for (const yaml::Node& item : node.items)
      list.push_back(to_json(item));
    return list;
  }
  if (node.is_map()) {
    Json map = Json::object();
    for (const yaml::Entry& entry : node.entries)
      map[entry.key.text] = to_json(entry.value);
    return map;
  }
  switch (yaml::scalar_type(node)) {
  case yaml::ScalarType::boolean:
    return node.text == "true";
  case yaml::ScalarType::integer:
    return *yaml::to_integer(node.text);
  case yaml::ScalarType::decimal:
    return std::strtod(node.text.c_str(), nullptr);
  case yaml::ScalarType::absent:
  case yaml::ScalarType::null:
    return nullptr;
  case yaml::ScalarType::ambiguous:
  case yaml::ScalarType::text:
    return node.text;
  }
  return nullptr;
}

// The table writes examples as a policy does.
Json example_value(const Key& key) {
  auto source = std::make_shared<diag::Source>();
  source->text = std::string(key.example);
  diag::Sink sink;
  auto const document = yaml::parse_yaml(source, sink);
  return document ? to_json(document->root) : Json();
}

std::string description(const Key& key) {
  std::string text(key.about);
  if (!text.ends_with('.'))
    text += '.';
  if (!key.fallback.empty())
    text += fmt::format(" Without it: {}.", key.fallback);
  return text;
}

// `$ref` hides its sibling keys (draft-07), so it goes into an `allOf`.
Json property(const Key& key) {
  Json schema = key.takes_null ? nullable(value_schema(key)) : value_schema(key);
  Json out = {{"description", description(key)}, {"examples", Json::array({example_value(key)})}};
  if (schema.contains("$ref"))
    out["allOf"] = Json::array({std::move(schema)});
  else
    out.update(schema);
  return out;
}

// Keys that only some actions have.
void forbid_by_action(Json& rule) {
  Json conditions = Json::array();
  auto const forbid = [&](const char* action, auto is_forbidden) {
    Json forbidden = Json::object();
    for (const Key& key : keys_of(Section::rule))
      if (is_forbidden(key.only))
        forbidden[std::string(key.name)] = false;
    conditions.push_back({{"if",
                           {{"properties", {{"action", {{"const", action}}}}},
                            {"required", Json::array({"action"})}}},
                          {"then", {{"properties", std::move(forbidden)}}}});
  };
  forbid("discover", [](Only only) { return only == Only::connect; });
  forbid("connect", [](Only only) { return only == Only::discover; });
  forbid("ignore", [](Only only) { return only != Only::everywhere; });
  rule["allOf"] = std::move(conditions);
}

// Keys of a rule of another kind than the target's.
Json without_keys_of(Only kind) {
  Json forbidden = Json::object();
  for (const Key& key : keys_of(Section::target))
    if (key.only == kind)
      forbidden[std::string(key.name)] = false;
  return {{"properties", std::move(forbidden)}};
}

// Only loop can do without an address, `paths` has the others', and each kind has its rule's keys.
void bind_target(Json& target) {
  Json const has_address = {
      {"properties", {{"transport", {{"enum", Json::array({"tcp", "rdma", "fc"})}}}}},
      {"required", Json::array({"transport"})}};
  Json const addressed = {{"anyOf", Json::array({Json{{"required", Json::array({"traddr"})}},
                                                 Json{{"required", Json::array({"paths"})}}})}};
  Json const alone = {
      {"properties", {{"traddr", false}, {"host-traddr", false}, {"host-iface", false}}}};
  Json by_kind =
      if_then({{"required", Json::array({"subsystem-nqn"})}}, without_keys_of(Only::discover));
  by_kind["else"] = without_keys_of(Only::connect);
  target["allOf"] =
      Json::array({if_then(has_address, addressed),
                   if_then({{"required", Json::array({"paths"})}}, alone), std::move(by_kind)});
}

// `any` excludes all other keys.
void bind_match(Json& match) {
  match["allOf"] =
      Json::array({if_then({{"required", Json::array({"any"})}}, {{"maxProperties", 1}})});
}

bool holds_exactly_one(Section section) {
  return section == Section::secret || section == Section::set;
}

Json object_schema(Section section) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : keys_of(section)) {
    properties[std::string(key.name)] = property(key);
    if (key.required)
      required.push_back(key.name);
  }
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (takes_extensions(section))
    schema["patternProperties"] = {{"^x-", Json::object()}};
  schema["additionalProperties"] = false;
  if (!required.empty())
    schema["required"] = std::move(required);
  if (section == Section::match || section == Section::negated_match || holds_exactly_one(section))
    schema["minProperties"] = 1;
  if (holds_exactly_one(section))
    schema["maxProperties"] = 1;
  if (section == Section::rule)
    forbid_by_action(schema);
  if (section == Section::target)
    bind_target(schema);
  if (section == Section::match)
    bind_match(schema);
  return schema;
}

} // namespace

std::string policy_schema() {
  Json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"$id", "urn:nvmf-policy:schema:autoconnect-1"},
      {"title", "nvmf-policy autoconnect.yaml"},
      {"description",
       "Which NVMe-over-Fabrics storage a host connects; see nvmf-autoconnect.yaml(5)."}};
  schema.update(object_schema(Section::top));
  Json definitions = Json::object();
  for (Section const section : all_sections())
    if (section != Section::top)
      definitions[std::string(definition_name(section))] = object_schema(section);
  schema["definitions"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

} // namespace nvmf::tools
