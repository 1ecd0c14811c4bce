#include "testing/map_reader.hpp"

#include "base/connect_option.hpp"
#include "base/nearest.hpp"
#include "decide/outcome.hpp"
#include "diag/codes.hpp"
#include "policy/decode/decode.hpp"
#include "policy/foreign.hpp"
#include "policy/read_values.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace nvmf::testing {

namespace {

namespace code = diag::code;

using yaml::Entry;
using yaml::Node;

std::optional<std::string> word_text(policy::Reader& reader, const Node& node, const Key& key) {
  const auto text = policy::read_text(reader, node, key.key);
  if (!text)
    return std::nullopt;
  const auto& words = key.key.words;
  if (std::find(words.begin(), words.end(), *text) != words.end())
    return text;
  report_unknown(reader, node, key.key.name, words);
  return std::nullopt;
}

std::optional<std::string> address_text(policy::Reader& reader, const Node& node, const Key& key) {
  if (is_type(node, yaml::ScalarType::null))
    return std::string(unset);
  const auto text = policy::read_text(reader, node, key.key);
  if (!text)
    return std::nullopt;
  if (const auto address = base::Traddr::parse_any(*text))
    return address->to_string();
  return *text; // loop's addresses are any text
}

std::optional<std::string> durations_text(policy::Reader& reader, const Node& node,
                                          const Key& key) {
  if (!node.is_list()) {
    reader.report(code::wrong_type,
                  fmt::format("`{}` takes a list of durations, not {}", key.key.name,
                              policy::described(node)),
                  node);
    return std::nullopt;
  }
  std::string text;
  for (const Node& item : node.items) {
    const auto delay = policy::read_duration(reader, item, key.key);
    if (!delay)
      return std::nullopt;
    text += (text.empty() ? "" : ", ") + base::format_duration(*delay);
  }
  return '[' + text + ']';
}

std::optional<std::string> persistence_text(policy::Reader& reader, const Node& node,
                                            const Key& key) {
  const auto value = policy::read_persistence(reader, node, key.key);
  return value ? std::optional(std::string(to_string(*value))) : std::nullopt;
}

std::optional<std::string> number_text(policy::Reader& reader, const Node& node, const Key& key) {
  const auto value = policy::read_count(reader, node, key.key);
  return value ? std::optional(std::to_string(*value)) : std::nullopt;
}

std::optional<std::string> nullable_text(policy::Reader& reader, const Node& node, const Key& key) {
  return is_type(node, yaml::ScalarType::null) ? std::string(unset)
                                               : policy::read_text(reader, node, key.key);
}

std::string option_text(base::OptionId id, const base::OptionValue& value) {
  return std::holds_alternative<base::KernelDefault>(value) ? std::string(unset)
                                                            : base::to_policy_text(id, value);
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const base::ConnectOption& option : base::connect_options())
    names.emplace_back(option.name);
  return names;
}

// As a policy would answer it.
std::string option_help(const std::string& name) {
  std::string help = policy::foreign_key(policy::Section::connect, name).help;
  return help.empty() ? base::suggestion(name, option_names()) : help;
}

// `nr-io-queues: 16` beside `outcome`, and names of other test tools.
yaml::UnknownKey explain_unknown_in_expect(const std::string& word) {
  std::string spelt = word;
  std::replace(spelt.begin(), spelt.end(), '_', '-');
  if (base::find_connect_option(spelt) != nullptr)
    return {.help =
                fmt::format("connect options belong in `connect`: `connect: {{{}: …}}`", spelt)};
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"result", "outcome"},  {"decision", "outcome"},
      {"action", "outcome"},  {"decided-by", "rule"},
      {"deny", "guard"},      {"denied-by", "guard"},
      {"options", "connect"}, {"schedule", "retry-schedule"}};
  for (const auto& [other, meant] : others)
    if (spelt == other)
      return {.help = fmt::format("here it is called `{}`", meant), .meant = std::string(meant)};
  if (decide::parse_outcome(spelt))
    return {.help = fmt::format("items are counted in `outcomes`: `outcomes: {{{}: …}}`", spelt)};
  if (find_key(Section::selector, spelt) != nullptr)
    return {.help = fmt::format("items of a log are named in `entries`: `entries: [{{entry: {{{}: "
                                "…}}, outcome: …}}]`",
                                spelt)};
  return {};
}

std::string reason_help(std::string_view word) {
  for (const char* const other : {"no-match", "unmatched", "not-matched", "default"})
    if (word == other)
      return "write `no-rule-matched`";
  for (const char* const other : {"guard", "deny"})
    if (word == other)
      return "write `denied`";
  return {};
}

std::string outcome_help(std::string_view word) {
  for (const char* const other : {"allow", "allowed", "accept", "ok", "pass"})
    if (word == other)
      return "write `connect`, or `discover` for a discovery controller";
  for (const char* const other : {"block", "blocked", "reject", "rejected", "drop"})
    if (word == other)
      return "write `denied` for a guard, `ignored` for a rule";
  return {};
}

yaml::MapKind kind_of(Section section) {
  yaml::MapKind kind{.described = described(section), .keys = names_of(section)};
  if (section == Section::expect)
    kind.explain_unknown = explain_unknown_in_expect;
  // `version` has codes of its own.
  for (const Key* key : keys_of(section))
    if (key->key.required && key->form != Form::version)
      kind.required.push_back(key->key.name);
  return kind;
}

} // namespace

void report_unknown(policy::Reader& reader, const Node& node, std::string_view what,
                    std::span<const std::string_view> names) {
  std::string help = base::suggestion(node.text, names);
  if (help.empty() && what == "outcome")
    help = outcome_help(node.text);
  if (what == "reason")
    if (std::string known = reason_help(node.text); !known.empty())
      help = std::move(known);
  reader.report(code::unknown_name, fmt::format("unknown {} `{}`", what, node.text), node).help =
      std::move(help);
}

MapReader::MapReader(policy::Reader& reader, const Node& node, Section section)
    : CheckedMap(reader, node, kind_of(section)), reader_(reader), section_(section) {}

std::optional<std::string> MapReader::text(std::string_view name) const {
  const Node* node = find(name);
  return node != nullptr ? policy::read_text(reader_, *node, find_key(section_, name)->key)
                         : std::nullopt;
}

std::optional<std::size_t> MapReader::count(std::string_view name) const {
  const Node* node = find(name);
  const auto count = node != nullptr
                         ? policy::read_count(reader_, *node, find_key(section_, name)->key)
                         : std::nullopt;
  return count ? std::optional(static_cast<std::size_t>(*count)) : std::nullopt;
}

void MapReader::add_options(const Key& key, const Node& value,
                            std::vector<ExpectedField>& fields) const {
  if (!value.is_map())
    return policy::report_mismatch(reader_, value, key.key);
  Node known = value;
  std::erase_if(known.entries, [&](const Entry& entry) {
    if (base::find_connect_option(entry.key.text) != nullptr)
      return false;
    reader_
        .report(code::unknown_name, fmt::format("unknown connect option `{}`", entry.key.text),
                entry.key)
        .help = option_help(entry.key.text);
    return true;
  });
  for (const auto& [option, setting] : policy::decode_options(reader_, known, key.key))
    fields.push_back({fmt::format("connect.{}", base::connect_option(option.option).name),
                      option_text(option.option, setting.value), setting.span});
}

void MapReader::add_field(const Key& key, const Node& value,
                          std::vector<ExpectedField>& fields) const {
  std::optional<std::string> text;
  switch (key.form) {
  case Form::word:
    text = word_text(reader_, value, key);
    break;
  case Form::name:
    text = policy::read_text(reader_, value, key.key);
    break;
  case Form::address:
    text = address_text(reader_, value, key);
    break;
  case Form::nullable_text:
    text = nullable_text(reader_, value, key);
    break;
  case Form::durations:
    text = durations_text(reader_, value, key);
    break;
  case Form::persistence:
    text = persistence_text(reader_, value, key);
    break;
  case Form::number:
    text = number_text(reader_, value, key);
    break;
  case Form::options:
    return add_options(key, value, fields);
  case Form::version:
  case Form::text:
  case Form::paths:
  case Form::path:
  case Form::facts:
  case Form::event:
  case Form::maps:
  case Form::map:
  case Form::count:
  case Form::outcome_counts:
  case Form::reason_counts:
    return; // says nothing of an item
  }
  if (text)
    fields.push_back({std::string(key.key.name), *text, reader_.span(value)});
}

std::vector<ExpectedField> MapReader::fields() const {
  std::vector<ExpectedField> fields;
  for (const Key* key : keys_of(section_))
    if (const Node* value = find(key->key.name))
      add_field(*key, *value, fields);
  return fields;
}

} // namespace nvmf::testing
