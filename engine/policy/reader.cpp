#include "policy/reader.hpp"

#include "base/ip_address.hpp"
#include "base/transport.hpp"
#include "diag/codes.hpp"
#include "policy/address_form.hpp"
#include "policy/foreign.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>
#include <iterator>

namespace nvmf::policy {

namespace {

enum class Wants : std::uint8_t { text, number, boolean, other };

Wants wanted_by(ValueType type) {
  switch (type) {
  case ValueType::boolean:
  case ValueType::only_true:
  case ValueType::persistence:
    return Wants::boolean;
  case ValueType::version:
  case ValueType::count:
  case ValueType::factor:
  case ValueType::attempts:
  case ValueType::port:
  case ValueType::port_patterns:
  case ValueType::number_patterns:
    return Wants::number;
  case ValueType::map:
  case ValueType::maps:
  case ValueType::named_maps:
  case ValueType::properties:
  case ValueType::secret_ref:
    return Wants::other;
  default: // names, words, addresses, durations: all of them texts
    return Wants::text;
  }
}

std::string list_of_words(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      out += i + 1 == words.size() ? " or " : ", ";
    out += fmt::format("`{}`", words[i]);
  }
  return out;
}

bool means_null(std::string_view text) { return text == "~" || text == "Null" || text == "NULL"; }

// `no`, `Off` and `1.5` for a boolean.
diag::Advice boolean_help(std::string_view text) {
  char const first = text.empty() ? ' ' : text.front();
  bool const means_on = text == "on" || text == "On" || text == "ON";
  if (means_on || std::string_view("yYtT").find(first) != std::string_view::npos)
    return diag::write_instead("true");
  if (std::string_view("nNfFoO").find(first) != std::string_view::npos)
    return diag::write_instead("false");
  return "write `true` or `false`";
}

// Quotes make a text of anything, and an address or a duration of nothing.
bool is_any_text(ValueType type) {
  switch (type) {
  case ValueType::name:
  case ValueType::names:
  case ValueType::sources:
  case ValueType::text:
  case ValueType::globs:
  case ValueType::interface:
  case ValueType::credential:
  case ValueType::keyring:
  case ValueType::properties:
    return true;
  default:
    return false;
  }
}

diag::Advice quote_it(const std::string& text) {
  std::string quoted = fmt::format("\"{}\"", text);
  std::string help = fmt::format("quote it: `{}`", quoted);
  return text.find_first_of("\"\\") == std::string::npos ? diag::Advice(help, quoted)
                                                         : diag::Advice(help);
}

bool means_first_version(const yaml::Node& node) {
  constexpr std::array<std::string_view, 5> spellings{"1", "1.0", "01", "v1", "0x1"};
  return std::find(spellings.begin(), spellings.end(), node.text) != spellings.end();
}

std::string help_for_address(const yaml::Node& node, const Key& key) {
  bool const in_match = key.type == ValueType::address_patterns;
  if (!in_match && key.type != ValueType::address && key.type != ValueType::addresses)
    return {};
  return address_help(
      node.text, {.match_key = in_match ? key.name : std::string_view(), .in_target = !in_match});
}

diag::Advice ambiguous_help(const yaml::Node& node, const Key& key) {
  if (auto help = help_for_address(node, key); !help.empty())
    return help;
  if (auto help = foreign_value_help(key, node.text); !help.empty())
    return help;
  if (key.type == ValueType::version)
    return means_first_version(node) ? diag::Advice("write `version: 1`", "1")
                                     : diag::Advice("write `version: 1`");
  if (means_null(node.text) && key.takes_null)
    return "write `null` for the kernel's default";
  if (means_null(node.text))
    return fmt::format("give it a value, or take `{}` out", key.name);
  if (!key.words.empty())
    return fmt::format("write {}", list_of_words(key.words));
  switch (wanted_by(key.type)) {
  case Wants::boolean:
    if (key.type == ValueType::only_true)
      return diag::write_instead("true");
    return boolean_help(node.text);
  case Wants::number:
    return "write numbers in plain decimal digits";
  case Wants::text:
    return is_any_text(key.type) ? quote_it(node.text) : diag::Advice();
  case Wants::other:
    return {};
  }
  return {};
}

bool takes_list(ValueType type) {
  switch (type) {
  case ValueType::names:
  case ValueType::words:
  case ValueType::addresses:
  case ValueType::nqn_globs:
  case ValueType::address_patterns:
  case ValueType::port_patterns:
  case ValueType::number_patterns:
  case ValueType::globs:
  case ValueType::sources:
  case ValueType::maps:
    return true;
  default:
    return false;
  }
}

// `match: all`, `match: tcp`, `match: nqn.2014-08.com.example:a`.
std::string match_help(const yaml::Node& node) {
  constexpr std::array<std::string_view, 9> everything{"all",  "any",        "*",    "true", "yes",
                                                       "null", "everything", "none", ""};
  std::string_view const text = node.text;
  std::string_view key;
  if (base::parse_transport(text))
    key = "transport";
  else if (text.starts_with("nqn."))
    key = "subsystem-nqn";
  else if (base::IpAddress::parse(text) || base::Cidr::parse(text))
    key = "traddr";
  if (!key.empty())
    return fmt::format("name the condition, too: `match: {{{}: {}}}`", key,
                       key == "subsystem-nqn" ? fmt::format("\"{}\"", text) : std::string(text));
  bool const means_all =
      node.is_absent() || std::find(everything.begin(), everything.end(), text) != everything.end();
  return means_all ? "to match everything, write `match: {any: true}`"
                   : fmt::format("name the condition, too: `match: {{KEY: {}}}`; to match "
                                 "everything, write `match: {{any: true}}`",
                                 text);
}

// `connect: nr-io-queues=8`.
std::string map_help(const yaml::Node& node, const Key& key) {
  auto const sign = node.text.find('=');
  if (sign != std::string::npos && find_key(key.inner, node.text.substr(0, sign)) != nullptr)
    return fmt::format("write `{}: {{{}: {}}}`", key.name, node.text.substr(0, sign),
                       node.text.substr(sign + 1));
  return fmt::format("its keys belong below it: `{}: {{KEY: VALUE}}`", key.name);
}

// For what is written as a list, a map or a word where another of the three belongs.
std::string structure_help(const yaml::Node& node, const Key& key) {
  bool const is_word = node.is_scalar() && !node.is_absent();
  bool const is_named = key.type == ValueType::named_maps;
  if (is_named && key.inner == Section::set)
    return "name the set and the kind of its values: `sets: {NAME: {traddr: […]}}`";
  if (is_named && node.is_list())
    return fmt::format("write each with its name: `{}: {{NAME: {{…}}}}`", key.name);
  if (key.type == ValueType::map && key.name == "match" && node.is_scalar())
    return match_help(node);
  if (key.type == ValueType::map && key.inner == Section::firmware && is_word)
    return "write `firmware: {nbft: ignore}`, or take it out";
  if (key.type == ValueType::map && key.name != "not" && is_word)
    return map_help(node, key);
  if (key.type == ValueType::map && key.name == "not" && is_word)
    return fmt::format("name the key, too: `not: {{KEY: {}}}`", node.text);
  if (key.type == ValueType::maps && key.inner == Section::target_path && is_word)
    return fmt::format("write `{{traddr: {}}}`", node.text);
  if (key.type == ValueType::maps && key.inner == Section::target && is_word)
    return "a target is a map: `{name: NAME, transport: tcp, traddr: ADDRESS}`";
  if (key.type == ValueType::addresses && node.is_map())
    return "ways to it that differ in more than the address belong in `paths`";
  if (!node.is_list())
    return {};
  if (key.type == ValueType::map)
    return "write its keys below it, without dashes or brackets";
  if (key.name == "action")
    return "a rule has one action: write a rule for each";
  if (key.type == ValueType::address_patterns || key.type == ValueType::addresses)
    return "an address is written without brackets of its own";
  return takes_list(key.type) ? "" : "it takes one value, without brackets or dashes";
}

diag::Advice mismatch_help(const yaml::Node& node, const Key& key) {
  if (std::string help = structure_help(node, key); !help.empty() || !node.is_scalar())
    return help;
  yaml::ScalarType const type = yaml::scalar_type(node);
  Wants const wants = wanted_by(key.type);
  bool const is_number = type == yaml::ScalarType::integer || type == yaml::ScalarType::decimal;
  bool const takes_number = wants == Wants::number && yaml::to_integer(node.text).has_value();
  bool const takes_boolean =
      wants == Wants::boolean && (node.text == "true" || node.text == "false");
  bool const is_word_unquoted = (key.type == ValueType::attempts && node.text == "unlimited") ||
                                (key.type == ValueType::poll && node.text == "never");
  if (node.quoted && (takes_number || takes_boolean || is_word_unquoted))
    return {"take the quotes away", node.text};
  if (key.type == ValueType::version)
    return means_first_version(node) ? diag::Advice("write `version: 1`", "1")
                                     : diag::Advice("write `version: 1`");
  if (type == yaml::ScalarType::absent)
    return fmt::format("give it a value, or take `{}` out", key.name);
  if (type == yaml::ScalarType::null)
    return "only connect options can be `null`";
  if (is_number)
    if (auto help = help_for_address(node, key); !help.empty())
      return help;
  if (is_any_text(key.type) && (is_number || type == yaml::ScalarType::boolean))
    return quote_it(node.text);
  return foreign_value_help(key, node.text);
}

struct Expectation {
  ValueType type;
  std::string_view text;
};
using enum ValueType;
constexpr Expectation expectations[] = {
    {version, "`1`"},
    {only_true, "`true`"},
    {boolean, "`true` or `false`"},
    {count, "a whole number"},
    {factor, "a number"},
    {percent, "a percentage such as `20%`"},
    {attempts, "a whole number or `unlimited`"},
    {duration, "a duration such as `10s`"},
    {seconds, "a duration such as `10s`"},
    {name, "a name"},
    {names, "a name or a list of names"},
    {sources, "a name or a list of names"},
    {flag, "`true` or `false`"},
    {ValueType::poll, "a duration such as `15m`, or `never`"},
    {text, "a text"},
    {persistence, "`true`, `false` or `if-supported`"},
    {address, "an address"},
    {addresses, "an address, or a list of addresses"},
    {port, "a port number"},
    {nqn, "an NQN"},
    {nqn_or_file, "an NQN or `{file: PATH}`"},
    {uuid_or_file, "a UUID or `{file: PATH}`"},
    {interface, "an interface's name"},
    {path, "an absolute path"},
    {credential, "a file name without `/` that does not begin with a dot"},
    {nqn_globs, "an NQN glob or a list of them"},
    {address_patterns, "an address, a prefix, a range, or a list of them"},
    {port_patterns, "a number, a range such as `4420-4430`, or a list of them"},
    {number_patterns, "a number, a range such as `4420-4430`, or a list of them"},
    {globs, "a glob or a list of globs"},
    {properties, "a map of udev properties"},
    {keyring, "a keyring's name"},
    {secret_ref, "a reference such as `{credential: NAME}`"},
    {map, "a map"},
    {named_maps, "a map"},
    {maps, "a list of maps"},
};

} // namespace

void Reader::mask(const yaml::Node& scalar) {
  std::string& text = source_->text;
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < scalar.start.line && at != std::string::npos; ++line)
    at = text.find('\n', at) + 1;
  at += scalar.start.column - 1;
  std::size_t const length = scalar.end.column - scalar.start.column;
  for (std::size_t i = at; i < std::min(at + length, text.size()); ++i)
    if (std::string_view("\"'").find(text[i]) == std::string_view::npos)
      text[i] = '*';
}

std::string expected_by(const Key& key) {
  if (!key.words.empty())
    return list_of_words(key.words);
  if (key.takes_infinity)
    return "a duration such as `10s`, or `infinity`";
  auto const at = std::find_if(std::begin(expectations), std::end(expectations),
                               [&](const Expectation& each) { return each.type == key.type; });
  assert(at != std::end(expectations));
  return std::string(at->text);
}

void report_mismatch(Reader& reader, const yaml::Node& node, const Key& key) {
  if (is_type(node, yaml::ScalarType::ambiguous)) {
    reader
        .report(diag::code::ambiguous,
                fmt::format("`{}` means different things to different YAML parsers", node.text),
                node)
        .take(ambiguous_help(node, key));
    return;
  }
  reader
      .report(diag::code::wrong_type,
              fmt::format("`{}` takes {}, not {}", key.name, expected_by(key), described(node)),
              node)
      .take(mismatch_help(node, key));
}

} // namespace nvmf::policy
