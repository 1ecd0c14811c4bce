#include "event/map_fields.hpp"

#include "base/nearest.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "policy/address_form.hpp"
#include "policy/foreign.hpp"
#include "policy/key_table.hpp"
#include "yaml/scalar.hpp"

#include <fmt/format.h>

namespace nvmf::event {

using yaml::Node;

namespace {

// `none` is udev's word for it.
bool means_unset(const Node& value) {
  return value.is_scalar() &&
         (value.text.empty() || value.text == "none" || value.is_plain("null"));
}

} // namespace

MapFields::MapFields(yaml::Reader& reader, const Node& node, const yaml::MapKind& kind)
    : CheckedMap(reader, node, kind), reader_(reader), described_(kind.described) {}

std::optional<std::string> MapFields::text(const std::string& name) {
  const Node* const value = find(name);
  if (!value)
    return std::nullopt;
  if (!value->is_scalar()) {
    report(code::wrong_type, fmt::format("`{}` takes one value", name), *value);
    return std::nullopt;
  }
  if (means_unset(*value) || !is_usable(name, *value))
    return std::nullopt;
  return value->text;
}

bool MapFields::is_usable(const std::string& name, const Node& value) {
  if (base::is_option_text(value.text) || base::FcAddress::parse(value.text))
    return true;
  report(code::wrong_type,
         fmt::format("`{}` contains a comma, blank, control or non-ASCII character", name), value);
  return false;
}

std::optional<std::string> MapFields::nqn(const std::string& name) {
  auto value = text(name);
  if (!value)
    return std::nullopt;
  auto const problem = base::nqn_problem(*value);
  if (!problem)
    return value;
  report(code::bad_nqn, fmt::format("`{}` {}", name, *problem), *find(name));
  return std::nullopt;
}

std::optional<base::Traddr> MapFields::address(const std::string& name, base::Transport transport) {
  auto const value = text(name);
  if (!value)
    return std::nullopt;
  auto address = base::Traddr::parse(transport, *value);
  if (address)
    return address;
  auto const form = policy::other_form_of_address(
      *value, name == "host-traddr" ? policy::AddressSide::host : policy::AddressSide::controller);
  report(
      code::bad_address,
      fmt::format("`{}`: `{}` is not a valid {} address", name, *value, base::to_string(transport)),
      *find(name))
      .help = form && !form->is_pattern                        ? form->advice.help
              : policy::pattern_of_address(*value).has_value() ? "an event has one address"
                                                               : policy::address_help(*value, {});
  return std::nullopt;
}

std::optional<std::uint32_t> MapFields::number(const std::string& name, std::uint32_t first,
                                               std::uint32_t last) {
  auto const value = text(name);
  if (!value)
    return std::nullopt;
  auto const number = yaml::to_integer(*value);
  if (number && *number >= first && *number <= last)
    return static_cast<std::uint32_t>(*number);
  report(number ? code::out_of_range : code::wrong_type,
         fmt::format("`{}` takes a number from {} to {}, not `{}`", name, first, last, *value),
         *find(name));
  return std::nullopt;
}

std::optional<std::uint16_t> MapFields::service(const std::string& name) {
  auto const value = number(name, 1, 65535);
  return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
}

std::optional<bool> MapFields::boolean(const std::string& name) {
  auto const value = text(name);
  if (!value)
    return std::nullopt;
  if (*value == "true" || *value == "false")
    return *value == "true";
  report(code::wrong_type, fmt::format("`{}` takes `true` or `false`, not `{}`", name, *value),
         *find(name));
  return std::nullopt;
}

std::vector<std::string> MapFields::texts(const std::string& name) {
  const Node* const value = find(name);
  std::vector<std::string> all;
  if (!value)
    return all;
  if (!value->is_list()) {
    if (auto one = text(name))
      all.push_back(std::move(*one));
    return all;
  }
  for (const Node& item : value->items) {
    // Quoted it may be a name.
    bool const is_text = item.quoted ? !item.text.empty() : !means_unset(item);
    if (!item.is_scalar() || !is_text)
      report(code::wrong_type, fmt::format("`{}` takes a list of texts", name), item);
    else if (is_usable(name, item))
      all.push_back(item.text);
  }
  return all;
}

void MapFields::require(const std::string& name) {
  const Node* const value = find(name);
  bool const is_missing = value ? means_unset(*value) : !is_meant(name);
  if (is_map() && is_missing)
    report(code::missing_key, fmt::format("{} needs `{}`", described_, name),
           value ? *value : node());
}

diag::Finding& MapFields::report(std::uint16_t number, std::string message, const Node& node) {
  return reader_.report(number, std::move(message), node);
}

void MapFields::report_word(const std::string& name, const std::string& given,
                            const std::vector<std::string>& words) {
  std::string help;
  if (const policy::Key* const condition = policy::find_key(policy::Section::match, name)) {
    policy::Key value = *condition;
    value.section = policy::Section::top; // nothing is excepted here
    help = policy::foreign_value_help(value, given).help;
  }
  report(code::wrong_type,
         fmt::format("`{}`: `{}` is not one of {}", name, given, fmt::join(words, ", ")),
         *find(name))
      .help = help.empty() ? base::suggestion(given, words) : help;
}

} // namespace nvmf::event
