// The values of conditions: addresses, globs, numbers, words.
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "policy/decode/decode.hpp"
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

std::string address_help(std::string_view text) {
  if (text.find('*') != std::string_view::npos && !text.starts_with("nn-"))
    return "write a prefix such as `10.20.0.0/16`";
  if (text.starts_with('['))
    return "write IPv6 addresses without brackets";
  auto const colon = text.rfind(':');
  if (colon != std::string_view::npos && base::IpAddress::parse(text.substr(0, colon)))
    return fmt::format("write `{}`, and the port as `trsvcid`", text.substr(0, colon));
  auto const dash = text.find('-');
  if (dash != std::string_view::npos && base::IpAddress::parse(text.substr(0, dash)) &&
      base::IpAddress::parse(text.substr(dash + 1)))
    return "a range goes from the lower to the higher address of one family";
  if (text.starts_with("nn-") || text.starts_with("pn-") || text.starts_with("0x"))
    return "FC addresses are written `nn-0x<16 hex digits>:pn-0x<16 hex digits>`; each name may "
           "end "
           "in one `*`";
  if (!text.empty() && ((text.front() >= 'a' && text.front() <= 'z') ||
                        (text.front() >= 'A' && text.front() <= 'Z')))
    return "host names are not looked up; write the address";
  return {};
}

void check_host_bits(Reader& reader, const yaml::Node& node, const base::Cidr& cidr) {
  if (!cidr.had_host_bits)
    return;
  std::string const slash = node.text.substr(0, node.text.find('/'));
  reader.report(211, fmt::format("`{}` has bits set behind its prefix", node.text), node).help =
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
  auto const text = read_text(reader, node, context.key);
  if (!text)
    return std::nullopt;
  if (auto pattern = address_pattern(reader, node, *text))
    return pattern;
  if (context.loop_text)
    if (auto const free = base::Traddr::parse(base::Transport::loop, *text))
      return *free;
  reader.report(207, fmt::format("`{}` is no address, prefix, range or FC address", *text), node)
      .help = address_help(*text);
  return std::nullopt;
}

// Why the glob cannot be meant; nothing where it can. A name without wildcards is held to the form
// of NQNs; a glob need not be, because there are targets whose names are none.
std::optional<std::string> nqn_glob_problem(std::string_view glob) {
  if (glob.find_first_of("*?") == std::string_view::npos)
    return base::nqn_problem(glob);
  if (!base::is_option_text(glob))
    return "contains a comma, blank, control or non-ASCII character";
  auto const stars = std::count(glob.begin(), glob.end(), '*');
  if (glob.size() - static_cast<std::size_t>(stars) > base::nqn_max_length)
    return fmt::format("is longer than {} bytes", base::nqn_max_length);
  return std::nullopt;
}

std::string anywhere(std::string_view glob) {
  return fmt::format("{}{}{}", glob.starts_with('*') ? "" : "*", glob,
                     glob.ends_with('*') ? "" : "*");
}

std::optional<Pattern> read_glob(Reader& reader, const yaml::Node& node,
                                 const PatternContext& context) {
  auto const text = read_text(reader, node, context.key);
  if (!text)
    return std::nullopt;
  if (is_nqn_kind(context.kind))
    if (auto const problem = nqn_glob_problem(*text)) {
      diag::Finding& finding =
          reader.report(208, fmt::format("`{}` is no NQN: it {}", *text, *problem), node);
      if (problem->starts_with("does not begin"))
        finding.help = fmt::format("globs are anchored at both ends: `{}` matches it anywhere",
                                   anywhere(*text));
      return std::nullopt;
    }
  return base::Glob(*text);
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
  reader.report(206,
                fmt::format("`{}` is no range from {} to {}, low to high", node.text,
                            context.key.minimum, context.key.maximum),
                node);
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
  default:
    return read_glob(reader, node, context);
  }
}

bool is_set_use(const yaml::Node& node) { return node.is_scalar() && node.text.starts_with('@'); }

void report_set_not_taken(Reader& reader, const yaml::Node& node, const Key& key) {
  reader.report(302, fmt::format("`{}` takes no sets, and `{}` names one", key.name, node.text),
                node);
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
