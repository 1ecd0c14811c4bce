// Rules and guards.
#include "policy/decode/decode.hpp"
#include "policy/words.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

const Key& rule_key(std::string_view name) { return *find_key(Section::rule, name); }

std::optional<Action> read_action(Reader& reader, const MapView& map) {
  const yaml::Node* node = map.find("action");
  if (node == nullptr)
    return std::nullopt;
  const Key& key = rule_key("action");
  auto const index = read_word(reader, *node, key);
  return index ? parse_action(key.words[*index]) : std::nullopt;
}

bool is_for(Only only, Action action) {
  switch (only) {
  case Only::everywhere:
  case Only::main_file:
    return true;
  case Only::discover:
    return action == Action::discover;
  case Only::connect:
    return action == Action::connect;
  case Only::discover_or_connect:
    return action != Action::ignore;
  }
  return true;
}

std::string_view rules_with(Only only) {
  switch (only) {
  case Only::discover:
    return "a `discover` rule";
  case Only::connect:
    return "a `connect` rule";
  default:
    return "a `discover` or `connect` rule";
  }
}

void check_keys_of_action(Reader& reader, const yaml::Node& node, Action action) {
  for (const yaml::Entry& entry : node.entries) {
    const Key* key = find_key(Section::rule, entry.key.text);
    if (key != nullptr && !is_for(key->only, action))
      reader
          .report(203,
                  fmt::format("`{}` does not apply to a rule that says `{}`", key->name,
                              to_string(action)),
                  entry.key)
          .help = fmt::format("it belongs in {}", rules_with(key->only));
  }
}

void read_discovery_keys(Reader& reader, const MapView& map, Rule& rule) {
  if (const yaml::Node* node = map.find("persistent"))
    rule.persistent = read_persistence(reader, *node, rule_key("persistent"));
  if (const yaml::Node* node = map.find("poll"))
    rule.poll = read_poll(reader, *node, rule_key("poll"));
  if (const yaml::Node* node = map.find("referrals"))
    rule.follow_referrals = read_word(reader, *node, rule_key("referrals")).value_or(0) == 0;
}

void read_connect_keys(Reader& reader, const MapView& map, Rule& rule) {
  if (const yaml::Node* node = map.find("host-side"))
    if (auto const index = read_word(reader, *node, rule_key("host-side")))
      rule.host_side = *parse_host_side(rule_key("host-side").words[*index]);
  if (const yaml::Node* node = map.find("probe"))
    rule.probe = read_boolean(reader, *node, rule_key("probe")).value_or(true);
  if (const yaml::Node* node = map.find("expect-paths"))
    if (auto const count = read_count(reader, *node, rule_key("expect-paths")))
      rule.expect_paths = static_cast<std::uint32_t>(*count);
}

void read_settings(Reader& reader, const MapView& map, DecodedRule& decoded) {
  if (const yaml::Node* node = map.find("identity"))
    decoded.identity = read_name_use(reader, *node, rule_key("identity"));
  if (const yaml::Node* node = map.find("profiles"))
    decoded.profiles = read_name_uses(reader, *node, rule_key("profiles"));
  if (const yaml::Node* node = map.find("connect"))
    decoded.rule.connect = decode_options(reader, *node, rule_key("connect"));
  if (const yaml::Node* node = map.find("retry"))
    decoded.rule.retry = decode_retry(reader, *node, rule_key("retry"));
}

} // namespace

DecodedRule decode_rule(Reader& reader, const yaml::Node& node, const Key& key) {
  DecodedRule decoded;
  MapView const map(reader, node, key, Section::rule);
  decoded.rule.span = reader.span(node);
  decoded.match.damaged = true;
  if (!map.is_map())
    return decoded;
  if (const yaml::Node* name = map.find("name"))
    if (auto use = read_new_name(reader, *name, rule_key("name"))) {
      decoded.rule.name = use->name;
      decoded.rule.span = use->span;
    }
  if (const yaml::Node* match = map.find("match"))
    decoded.match = decode_match(reader, *match, rule_key("match"));
  decoded.action = read_action(reader, map);
  if (decoded.action) {
    decoded.rule.action = *decoded.action;
    check_keys_of_action(reader, node, *decoded.action);
  }
  if (decoded.action == Action::ignore)
    return decoded;
  read_settings(reader, map, decoded);
  read_discovery_keys(reader, map, decoded.rule);
  read_connect_keys(reader, map, decoded.rule);
  return decoded;
}

DecodedGuard decode_guard(Reader& reader, const yaml::Node& node, const Key& key) {
  DecodedGuard decoded;
  MapView const map(reader, node, key, Section::guard);
  decoded.guard.span = reader.span(node);
  decoded.match.damaged = true;
  if (!map.is_map())
    return decoded;
  if (const yaml::Node* name = map.find("name"))
    if (auto use = read_new_name(reader, *name, *find_key(Section::guard, "name"))) {
      decoded.guard.name = use->name;
      decoded.guard.span = use->span;
    }
  if (const yaml::Node* match = map.find("match"))
    decoded.match = decode_match(reader, *match, *find_key(Section::guard, "match"));
  const yaml::Node* reason = map.find("reason");
  if (reason == nullptr && !map.is_meant("reason"))
    reader.report(508, "a guard without a `reason`", node).help = "say why it exists";
  if (reason != nullptr)
    decoded.guard.reason =
        read_text(reader, *reason, *find_key(Section::guard, "reason")).value_or("");
  return decoded;
}

} // namespace nvmf::policy
