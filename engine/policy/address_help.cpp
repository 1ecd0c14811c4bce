// The likely meaning of a text that is not an address.
#include "base/fc_address.hpp"
#include "base/host_name.hpp"
#include "base/ip_address.hpp"
#include "policy/address_form.hpp"
#include "policy/foreign.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace nvmf::policy {

namespace {

using Parts = std::vector<std::string_view>;

Parts split(std::string_view text, std::string_view separators) {
  Parts parts;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find_first_of(separators), text.size());
    if (end > 0)
      parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_pattern(std::string_view text) {
  return base::IpAddress::parse(text) || base::Cidr::parse(text) || base::IpRange::parse(text) ||
         base::FcPattern::parse(text);
}

// `10.0.0.1,10.0.0.2`, `10.0.0.1 10.0.0.2`.
std::string list_help(std::string_view text) {
  Parts const parts = split(text, ",;| \t");
  bool const is_list = parts.size() > 1 && std::all_of(parts.begin(), parts.end(), is_pattern);
  if (is_list)
    return fmt::format("write a list: `[{}]`", fmt::join(parts, ", "));
  return text.find(',') != std::string_view::npos ? "several addresses are a list: `[A, B]`" : "";
}

std::string negation_help(std::string_view text, std::string_view key) {
  if (!text.starts_with('!') || key.empty() || !is_pattern(text.substr(1)))
    return {};
  return fmt::format("write `not: {{{}: {}}}`", key, text.substr(1));
}

// `10.20.0.0/33`.
std::string prefix_help(std::string_view text) {
  auto const slash = text.find('/');
  auto const address = base::IpAddress::parse(text.substr(0, slash));
  if (slash == std::string_view::npos || !address || base::Cidr::parse(text))
    return {};
  if (!is_digits(text.substr(slash + 1)))
    return "the length of a prefix is one number, as in `10.20.0.0/16`";
  return fmt::format("the prefix of an {} address has at most {} bits",
                     address->family == base::IpFamily::v4 ? "IPv4" : "IPv6", address->width());
}

// `10.20.*.*`, `10.20.*`: the prefix that is meant.
std::string star_help(std::string_view text) {
  if (text.find('*') == std::string_view::npos || text.starts_with("nn-"))
    return {};
  Parts numbers = split(text, ".");
  auto const star = std::find(numbers.begin(), numbers.end(), "*");
  bool const only_stars =
      std::all_of(star, numbers.end(), [](std::string_view part) { return part == "*"; });
  auto const given = static_cast<std::size_t>(star - numbers.begin());
  numbers.resize(given);
  bool const is_prefix = only_stars && given > 0 && given < 4 &&
                         std::all_of(numbers.begin(), numbers.end(), is_digits);
  while (is_prefix && numbers.size() < 4)
    numbers.emplace_back("0");
  auto const prefix =
      is_prefix ? base::Cidr::parse(fmt::format("{}/{}", fmt::join(numbers, "."), given * 8))
                : std::nullopt;
  return prefix ? fmt::format("write `{}`", prefix->to_string())
                : "write a prefix such as `10.20.0.0/16`";
}

// `10.20.1`, `10.20.1.256`, `010.20.1.1`.
std::string numbers_help(std::string_view text) {
  Parts const numbers = split(text, ".");
  if (!std::all_of(numbers.begin(), numbers.end(), is_digits) || numbers.size() > 4)
    return {};
  if (numbers.size() < 4)
    return "an IPv4 address has four numbers; a network is written like `10.20.0.0/16`";
  std::vector<unsigned> values;
  for (std::string_view const number : numbers) {
    unsigned value = 1000;
    std::from_chars(number.data(), number.data() + std::min<std::size_t>(number.size(), 9), value);
    values.push_back(value);
  }
  if (std::any_of(values.begin(), values.end(), [](unsigned value) { return value > 255; }))
    return "the numbers of an IPv4 address are at most 255";
  bool const has_stray_dot = text.starts_with('.') || text.ends_with('.');
  return fmt::format("{}write `{}`", has_stray_dot ? "" : "numbers have no leading zeros: ",
                     fmt::join(values, "."));
}

// `2001:db8::g`, `2001:db8::1::2`.
std::string ipv6_help(std::string_view text) {
  bool const may_be = text.find(':') != text.rfind(':') &&
                      text.find('-') == std::string_view::npos &&
                      std::isxdigit(static_cast<unsigned char>(text.front())) != 0;
  return may_be
             ? "an IPv6 address has up to eight groups of hexadecimal digits, and `::` at most once"
             : "";
}

// `10.0.0.1%eth0`.
std::string scope_help(std::string_view text) {
  auto const percent = text.find('%');
  if (percent == std::string_view::npos || !base::IpAddress::parse(text.substr(0, percent)))
    return {};
  return fmt::format("write `{}`, and the interface as `host-iface: {}`", text.substr(0, percent),
                     text.substr(percent + 1));
}

std::string range_help(std::string_view text) {
  auto const dash = text.find('-');
  bool const has_two = dash != std::string_view::npos &&
                       base::IpAddress::parse(text.substr(0, dash)) &&
                       base::IpAddress::parse(text.substr(dash + 1));
  return has_two ? "a range goes from the lower to the higher address of one family" : "";
}

bool means_all(std::string_view text) { return text == "*" || text == "any" || text == "all"; }

} // namespace

std::string address_help(std::string_view text, const AddressUse& use) {
  if (base::IpAddress::parse(text))
    return {}; // of another transport
  if (auto const dashed = with_hyphens(text))
    return fmt::format("write `{}`: it has a dash where a hyphen belongs", *dashed);
  if (text.starts_with('!') && use.in_target)
    return "a target is an endpoint to be connected; guards under `deny` keep others away";
  if (means_all(text) && !use.match_key.empty())
    return fmt::format("take `{}` out: without it every address matches", use.match_key);
  for (std::string help :
       {negation_help(text, use.match_key), list_help(text), prefix_help(text), star_help(text),
        range_help(text), numbers_help(text), scope_help(text), ipv6_help(text)})
    if (!help.empty())
      return help;
  if (text.starts_with("nn-") || text.starts_with("pn-") || text.starts_with("0x"))
    return "FC addresses are written `nn-0x<16 hex digits>:pn-0x<16 hex digits>`; each name may "
           "end in one `*`";
  if (use.takes_names)
    return base::host_name_help(text);
  bool const has_letter = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front()));
  if (has_letter && text.find(':') == std::string_view::npos)
    return use.in_target ? "host names are only for `traddr` on tcp and rdma"
                         : "host names are only for targets; write the address";
  return {};
}

} // namespace nvmf::policy
