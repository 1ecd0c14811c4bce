#include "policy/reader.hpp"

#include "policy/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>

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
  default:
    return Wants::text;
  }
}

bool means_null(std::string_view text) { return text == "~" || text == "Null" || text == "NULL"; }

std::string ambiguous_help(const Node& node, const Key& key) {
  if (means_null(node.text) && key.takes_null)
    return "write `null` for the kernel's default";
  switch (wanted_by(key.type)) {
  case Wants::boolean: {
    char const first = node.text.empty() ? ' ' : node.text.front();
    bool const means_yes = std::string_view("yYtT").find(first) != std::string_view::npos ||
                           node.text == "on" || node.text == "On" || node.text == "ON";
    return fmt::format("write `{}`", means_yes ? "true" : "false");
  }
  case Wants::number:
    return "write numbers in plain decimal digits";
  case Wants::text:
    return fmt::format("quote it: `\"{}\"`", node.text);
  case Wants::other:
    return {};
  }
  return {};
}

std::string mismatch_help(const Node& node, const Key& key) {
  ScalarType const type = node.is_scalar() ? scalar_type(node) : ScalarType::text;
  Wants const wants = wanted_by(key.type);
  bool const is_number = type == ScalarType::integer || type == ScalarType::decimal;
  if (type == ScalarType::absent)
    return fmt::format("give it a value, or take `{}` out", key.name);
  if (type == ScalarType::null)
    return "only connect options can be `null`";
  if (wants == Wants::text && (is_number || type == ScalarType::boolean))
    return fmt::format("quote it: `\"{}\"`", node.text);
  if (node.quoted && wants == Wants::number && to_integer(node.text))
    return "take the quotes away";
  if (node.quoted && wants == Wants::boolean && (node.text == "true" || node.text == "false"))
    return "take the quotes away";
  return {};
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

} // namespace

void Reader::mask(const Node& scalar) {
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

std::string described(const Node& node) {
  if (node.is_list())
    return "a list";
  if (node.is_map())
    return "a map";
  if (node.is_absent())
    return "nothing";
  bool const looks_plain = node.quoted && scalar_type({.text = node.text}) != ScalarType::text;
  return fmt::format("{}`{}`", looks_plain ? "the text " : "", node.text);
}

std::string expected_by(const Key& key) {
  switch (key.type) {
  case ValueType::version:
    return "`1`";
  case ValueType::only_true:
    return "`true`";
  case ValueType::boolean:
    return "`true` or `false`";
  case ValueType::count:
    return "a whole number";
  case ValueType::factor:
    return "a number";
  case ValueType::percent:
    return "a percentage such as `20%`";
  case ValueType::attempts:
    return "a whole number or `unlimited`";
  case ValueType::duration:
  case ValueType::seconds:
    return key.takes_infinity ? "a duration such as `10s`, or `infinity`"
                              : "a duration such as `10s`";
  case ValueType::name:
    return "a name";
  case ValueType::names:
  case ValueType::sources:
    return "a name or a list of names";
  case ValueType::text:
    return "a text";
  case ValueType::word:
  case ValueType::words:
  case ValueType::transport:
    return list_of_words(key.words);
  case ValueType::persistence:
    return "`true`, `false` or `if-supported`";
  case ValueType::address:
    return "an address";
  case ValueType::port:
    return "a port number";
  case ValueType::nqn:
    return "an NQN";
  case ValueType::nqn_or_file:
    return "an NQN or `{file: PATH}`";
  case ValueType::uuid_or_file:
    return "a UUID or `{file: PATH}`";
  case ValueType::interface:
    return "an interface's name";
  case ValueType::path:
    return "an absolute path";
  case ValueType::nqn_globs:
    return "an NQN glob or a list of them";
  case ValueType::address_patterns:
    return "an address, a prefix, a range, or a list of them";
  case ValueType::port_patterns:
  case ValueType::number_patterns:
    return "a number, a range such as `4420-4430`, or a list of them";
  case ValueType::globs:
    return "a glob or a list of globs";
  case ValueType::properties:
    return "a map of udev properties";
  case ValueType::keyring:
    return "a keyring's name";
  case ValueType::secret_ref:
    return "a reference such as `{credential: NAME}`";
  case ValueType::map:
  case ValueType::named_maps:
    return "a map";
  case ValueType::maps:
    return "a list of maps";
  }
  return {};
}

void report_mismatch(Reader& reader, const Node& node, const Key& key) {
  if (node.is_scalar() && scalar_type(node) == ScalarType::ambiguous) {
    reader
        .report(210,
                fmt::format("`{}` means different things to different YAML parsers", node.text),
                node)
        .help = ambiguous_help(node, key);
    return;
  }
  reader
      .report(204,
              fmt::format("`{}` takes {}, not {}", key.name, expected_by(key), described(node)),
              node)
      .help = mismatch_help(node, key);
}

} // namespace nvmf::policy
