// The values of conditions: addresses, globs, numbers, words.
#include "base/host_name.hpp"
#include "policy/address_form.hpp"
#include "policy/decode/decode.hpp"
#include "policy/foreign.hpp"
#include "policy/nqn_form.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

bool is_nqn_kind(MatchKey kind) {
  return kind == MatchKey::subsystem_nqn || kind == MatchKey::discovery_nqn ||
         kind == MatchKey::host_nqn;
}

void check_host_bits(Reader& reader, const yaml::Node& node, const base::Cidr& cidr) {
  if (!cidr.had_host_bits)
    return;
  std::string const slash = node.text.substr(0, node.text.find('/'));
  reader.report(211, fmt::format("`{}` has bits set after its prefix", node.text), node).help =
      fmt::format("write `{}` for the network, or `{}` for the one address", cidr.to_string(),
                  slash);
}

std::optional<Pattern> address_pattern(Reader& reader, const yaml::Node& node,
                                       std::string_view text) {
  if (auto const pattern = base::FcPattern::parse(text))
    return *pattern;
  if (auto const cidr = base::Cidr::parse(text)) {
    check_host_bits(reader, node, *cidr);
    return *cidr;
  }
  if (auto const address = base::IpAddress::parse(text))
    return *address;
  if (auto const range = base::IpRange::parse(text))
    return *range;
  return std::nullopt;
}

std::optional<Pattern> read_address(Reader& reader, const yaml::Node& node,
                                    const PatternContext& context) {
  // Before its type: `10.20.1.10:8009` without quotes is a number of base 60 for some parsers.
  AddressSide const side =
      context.kind == MatchKey::host_traddr ? AddressSide::host : AddressSide::controller;
  if (!context.loop_text && report_other_form(reader, node, side)) {
    // Without its port it would be the next mistake.
    auto const form = other_form_of_address(node.text, side);
    if (form && base::is_host_name(form->address))
      reader.sink().findings().back().take(
          fmt::format("host names are only for targets; write the address{}",
                      side == AddressSide::host ? "" : ", and the port as `trsvcid`"));
    return std::nullopt;
  }
  auto const text = read_text(reader, node, context.key);
  if (!text)
    return std::nullopt;
  if (auto pattern = address_pattern(reader, node, *text))
    return pattern;
  if (context.loop_text)
    if (auto const free = base::Traddr::parse(base::Transport::loop, *text))
      return *free;
  if (context.kind == MatchKey::host_traddr && report_interface(reader, node))
    return std::nullopt;
  reader
      .report(207, fmt::format("`{}` is not an address, prefix, range or FC address", *text), node)
      .help = address_help(*text, {.match_key = context.key.name});
  return std::nullopt;
}

std::optional<Pattern> read_glob(Reader& reader, const yaml::Node& node,
                                 const PatternContext& context) {
  if (is_nqn_kind(context.kind)) {
    auto glob = read_nqn_glob(reader, node, context.key);
    return glob ? std::optional<Pattern>(std::move(*glob)) : std::nullopt;
  }
  auto const text = read_text(reader, node, context.key);
  if (!text)
    return std::nullopt;
  if (context.kind == MatchKey::host_iface || context.kind == MatchKey::hostname)
    report_regular_expression(reader, node);
  return base::Glob(*text);
}

std::optional<Pattern> read_flag(Reader& reader, const yaml::Node& node,
                                 const PatternContext& context) {
  auto const value = read_boolean(reader, node, context.key);
  return value ? std::optional<Pattern>(Flag{*value}) : std::nullopt;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const padded = text.size() > 1 && text.front() == '0';
  bool const whole = error == std::errc() && end == text.data() + text.size() && !padded;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<Pattern> read_numbers(Reader& reader, const yaml::Node& node,
                                    const PatternContext& context) {
  auto const dash = node.text.find('-');
  bool const is_range = node.is_scalar() && yaml::scalar_type(node) == yaml::ScalarType::text &&
                        dash != std::string::npos && dash > 0;
  if (!is_range) {
    auto const number = read_count(reader, node, context.key);
    if (!number)
      return std::nullopt;
    auto const value = static_cast<std::uint32_t>(*number);
    return NumberRange{value, value};
  }
  auto const first = parse_number(std::string_view(node.text).substr(0, dash));
  auto const last = parse_number(std::string_view(node.text).substr(dash + 1));
  bool const good = first && last && *first <= *last && *first >= context.key.minimum &&
                    *last <= context.key.maximum;
  if (good)
    return NumberRange{*first, *last};
  reader
      .report(206,
              fmt::format("`{}` is not an ascending range within {}-{}", node.text,
                          context.key.minimum, context.key.maximum),
              node)
      .take(foreign_value_help(context.key, node.text));
  return std::nullopt;
}

std::optional<Pattern> read_match_word(Reader& reader, const yaml::Node& node,
                                       const PatternContext& context) {
  auto const index = read_word(reader, node, context.key);
  if (!index)
    return std::nullopt;
  std::string_view const word = context.key.words[*index];
  if (context.kind == MatchKey::event)
    return *base::parse_event_kind(word);
  if (context.kind == MatchKey::transport)
    return *base::parse_transport(word);
  return *base::parse_secure_channel(word);
}

std::optional<Pattern> read_pattern(Reader& reader, const yaml::Node& node,
                                    const PatternContext& context) {
  switch (context.key.type) {
  case ValueType::address_patterns:
    return read_address(reader, node, context);
  case ValueType::port_patterns:
  case ValueType::number_patterns:
    return read_numbers(reader, node, context);
  case ValueType::words:
    return read_match_word(reader, node, context);
  case ValueType::flag:
    return read_flag(reader, node, context);
  default:
    return read_glob(reader, node, context);
  }
}

bool is_set_use(const yaml::Node& node) { return node.is_scalar() && node.text.starts_with('@'); }

void report_set_not_taken(Reader& reader, const yaml::Node& node, const Key& key) {
  reader
      .report(302, fmt::format("`{}` takes no sets, and `{}` names one", key.name, node.text), node)
      .help =
      key.section == Section::set ? "sets do not nest: write the values of the other one" : "";
}

// Empty text in a match never means "everything".
bool is_empty_value(Reader& reader, const yaml::Node& node, const Key& key) {
  bool const empty = node.is_scalar() && node.quoted && node.text.empty();
  if (empty)
    reader
        .report(214, fmt::format("`{}` has an empty value, which matches nothing", key.name), node)
        .help = "take it out";
  return empty;
}

void read_value(Reader& reader, const yaml::Node& node, const PatternContext& context,
                DecodedClause& clause) {
  if (is_empty_value(reader, node, context.key))
    return;
  if (is_set_use(node)) {
    if (context.key.takes_sets)
      clause.sets.push_back({node.text.substr(1), reader.span(node)});
    else
      report_set_not_taken(reader, node, context.key);
    return;
  }
  if (context.key.type == ValueType::sources) {
    if (auto use = read_name_use(reader, node, context.key))
      clause.names.push_back(std::move(*use));
    return;
  }
  if (auto pattern = read_pattern(reader, node, context))
    clause.clause.values.push_back(std::move(*pattern));
}

} // namespace

DecodedClause decode_clause(Reader& reader, const yaml::Node& node, const PatternContext& context) {
  DecodedClause clause;
  clause.clause.key = context.kind;
  for_each_value(reader, node, context.key,
                 [&](const yaml::Node& each) { read_value(reader, each, context, clause); });
  return clause;
}

} // namespace nvmf::policy
