#include "policy/address_form.hpp"

#include "base/fc_address.hpp"
#include "base/ip_address.hpp"
#include "base/transport.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <net/if.h>

namespace nvmf::policy {

namespace {

using Form = std::optional<AddressForm>;

bool is_hex(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

// `50:05:07:68:0b:21:4f:19` as its 16 digits. inet_pton takes it for IPv6.
std::optional<std::string> wwn_digits(std::string_view text) {
  constexpr std::size_t groups = 8;
  if (text.size() != 3 * groups - 1)
    return std::nullopt;
  std::string digits;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::string_view const group = text.substr(at, 2);
    if (!is_hex(group) || (at + 2 < text.size() && text[at + 2] != ':'))
      return std::nullopt;
    for (char const c : group)
      digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return digits;
}

AddressForm wwn_form(std::string_view digits) {
  return {"is a WWN, not an address",
          fmt::format("an FC address is written with the names of node and port: "
                      "`nn-0x<16 hex digits>:pn-0x{}`",
                      digits)};
}

Form wwn(std::string_view text) {
  auto const digits = wwn_digits(text);
  return digits ? Form(wwn_form(*digits)) : std::nullopt;
}

bool is_port(std::string_view text) {
  std::uint32_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number <= 0xffff;
}

AddressForm with_port(std::string problem, std::string_view address, std::string_view port) {
  return {.problem = std::move(problem),
          .advice = fmt::format("write `{}`, and the port as `trsvcid: {}`", address, port),
          .address = std::string(address)};
}

Form brackets(std::string_view text) {
  auto const end = text.find(']');
  if (!text.starts_with('[') || end == std::string_view::npos)
    return std::nullopt;
  std::string_view const inside = text.substr(1, end - 1);
  std::string_view const behind = text.substr(end + 1);
  if (!base::IpAddress::parse(inside) || (!behind.empty() && !behind.starts_with(':')))
    return std::nullopt;
  const char* const problem = "is written with brackets, which only URLs need";
  if (behind.size() > 1 && is_port(behind.substr(1)))
    return with_port(problem, inside, behind.substr(1));
  return AddressForm{problem, diag::write_instead(std::string(inside))};
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// An address or host name, a colon, digits. IPv6 has more colons. Behind an address any other sign
// will do, and two ports.
Form address_and_port(std::string_view text) {
  auto const mark = text.find_first_of(":,;# ");
  if (mark == std::string_view::npos || mark == 0 || text.rfind(':') != text.find(':'))
    return std::nullopt;
  std::string_view const address = text.substr(0, mark);
  std::string_view port = text.substr(mark + 1);
  port.remove_prefix(std::min(port.find_first_not_of(' '), port.size()));
  bool const is_address = base::IpAddress::parse(address) || base::Cidr::parse(address);
  if (text[mark] != ':' && !is_address)
    return std::nullopt;
  if (is_port(port))
    return with_port("is an address and a port", address, port);
  std::string_view const first = port.substr(0, port.find('-'));
  if (is_address && first != port && is_port(first) && is_port(port.substr(first.size() + 1)))
    return with_port("is an address and a range of ports", address, port);
  if (!is_address || !is_number(port))
    return std::nullopt;
  return AddressForm{.problem = "is an address and a port, which is at most 65535",
                     .advice = fmt::format("write `{}`, and the port as `trsvcid`", address),
                     .address = std::string(address)};
}

// The prefix length that an IPv4 netmask means; nothing if its ones are not in front.
std::optional<unsigned> length_of(const base::IpAddress& mask) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i)
    bits = bits << 8 | mask.bytes[i];
  std::uint32_t const zeros = ~bits;
  if ((zeros & (zeros + 1)) != 0)
    return std::nullopt;
  return static_cast<unsigned>(__builtin_popcount(bits));
}

bool has_netmask(std::string_view text) {
  auto const slash = text.find('/');
  if (slash == std::string_view::npos)
    return false;
  auto const address = base::IpAddress::parse(text.substr(0, slash));
  auto const mask = base::IpAddress::parse(text.substr(slash + 1));
  return address && mask && address->family == base::IpFamily::v4 &&
         mask->family == base::IpFamily::v4;
}

// Of an address with a netmask.
std::optional<base::Cidr> prefix_of_netmask(std::string_view text) {
  auto const slash = text.find('/');
  auto const length = length_of(*base::IpAddress::parse(text.substr(slash + 1)));
  return length ? base::Cidr::parse(fmt::format("{}/{}", text.substr(0, slash), *length))
                : std::nullopt;
}

Form netmask(std::string_view text) {
  if (!has_netmask(text))
    return std::nullopt;
  auto const prefix = prefix_of_netmask(text);
  return AddressForm{"has a netmask, where the length of a prefix belongs",
                     prefix ? diag::write_instead(prefix->to_string())
                            : diag::Advice("write a prefix such as `10.20.0.0/16`"),
                     true};
}

// `10.20.1.5-9`, `fd00::1-9`: only the last number of the end.
Form short_range(std::string_view text) {
  auto const dash = text.find('-');
  auto const mark = text.substr(0, dash).find_last_of(".:");
  if (dash == std::string_view::npos || mark == std::string_view::npos)
    return std::nullopt;
  std::string_view const first = text.substr(0, dash);
  std::string const last = fmt::format("{}{}", first.substr(0, mark + 1), text.substr(dash + 1));
  if (!base::IpAddress::parse(first) || !base::IpAddress::parse(last))
    return std::nullopt;
  return AddressForm{"has one number where the last address of the range belongs",
                     diag::write_instead(fmt::format("{}-{}", first, last)), true};
}

// `10.0.0.1..10.0.0.9`, `10.0.0.1 - 10.0.0.9`.
Form spaced_range(std::string_view text) {
  std::string close;
  for (std::size_t at = 0; at < text.size(); ++at) {
    bool const is_dots = text.substr(at, 2) == "..";
    if (text[at] != ' ')
      close += is_dots ? '-' : text[at];
    at += is_dots ? 1 : 0;
  }
  if (close == text || !base::IpRange::parse(close))
    return std::nullopt;
  return AddressForm{"is a range in another form", diag::write_instead(close), true};
}

// `10.20.1.[10-20]` of a shell.
Form bracket_range(std::string_view text) {
  auto const open = text.find('[');
  auto const dash = text.find('-', std::min(open, text.size()));
  if (open == std::string_view::npos || dash == std::string_view::npos || !text.ends_with(']'))
    return std::nullopt;
  std::string_view const begin = text.substr(0, open);
  std::string const range =
      fmt::format("{0}{1}-{0}{2}", begin, text.substr(open + 1, dash - open - 1),
                  text.substr(dash + 1, text.size() - dash - 2));
  if (!base::IpRange::parse(range))
    return std::nullopt;
  return AddressForm{"is a range in another form", diag::write_instead(range), true};
}

// `tcp://10.0.0.1:4420`, `tcp:10.0.0.1:4420`.
Form url(std::string_view text) {
  auto const end = text.find("://");
  auto const colon = std::min(text.find(':'), text.size());
  bool const has_transport = base::parse_transport(text.substr(0, colon)).has_value();
  if (end == std::string_view::npos && !(has_transport && colon < text.size()))
    return std::nullopt;
  std::string_view host = text.substr(end == std::string_view::npos ? colon + 1 : end + 3);
  host = host.substr(0, host.find('/'));
  auto const inner = brackets(host).has_value() ? brackets(host) : address_and_port(host);
  return AddressForm{end == std::string_view::npos ? "names a transport, too" : "is a URL",
                     inner ? inner->advice : diag::write_instead(std::string(host))};
}

// `0x500507680b214f19`.
Form hexadecimal_wwn(std::string_view text) {
  constexpr std::size_t digits = 16;
  if (!text.starts_with("0x") || text.size() != digits + 2 || !is_hex(text.substr(2)))
    return std::nullopt;
  return wwn_form(text.substr(2));
}

bool report_form(Reader& reader, std::uint16_t code, const Form& form, const yaml::Node& node) {
  if (!form || !node.is_scalar())
    return false;
  reader.report(code, fmt::format("`{}` {}", node.text, form->problem), node).take(form->advice);
  return true;
}

constexpr std::string_view for_matches = "write the address; patterns are for the `match` of "
                                         "rules and guards";

// `10.0.0.1/24`, `10.0.0.1/255.255.255.0`: with host bits it is a host's address, as the tools of
// the network show it.
Form prefix_for_address(std::string_view text) {
  bool const has_mask = has_netmask(text);
  auto const prefix = has_mask ? prefix_of_netmask(text) : base::Cidr::parse(text);
  if (!has_mask && !prefix)
    return std::nullopt;
  bool const is_of_host =
      prefix && (prefix->had_host_bits || prefix->length == prefix->address.width());
  return AddressForm{has_mask ? "has a netmask, where one address belongs"
                              : "is a prefix, where one address belongs",
                     is_of_host ? diag::write_instead(std::string(text.substr(0, text.find('/'))))
                                : diag::Advice(std::string(for_matches))};
}

} // namespace

std::optional<AddressForm> other_form_of_address(std::string_view text, AddressSide side) {
  for (auto const form : {wwn, hexadecimal_wwn, url, brackets, address_and_port, netmask,
                          bracket_range, short_range, spaced_range})
    if (auto found = form(text)) {
      if (side == AddressSide::host && !found->address.empty())
        found->advice = diag::write_instead(found->address);
      return found;
    }
  return std::nullopt;
}

std::optional<AddressForm> pattern_of_address(std::string_view text) {
  if (text.starts_with('@'))
    return AddressForm{"names a set, where one address belongs",
                       "write the address; sets are for the `match` of rules and guards"};
  if (text.find_first_of("*?") != std::string_view::npos)
    return AddressForm{"is a pattern, where one address belongs", std::string(for_matches)};
  if (auto const prefix = prefix_for_address(text))
    return prefix;
  if (base::IpRange::parse(text))
    return AddressForm{"is a range, where one address belongs",
                       "write a list of addresses; ranges are for the `match` of rules and guards"};
  if (auto const form = other_form_of_address(text); form && form->is_pattern)
    return AddressForm{"is a pattern, where one address belongs", std::string(for_matches)};
  if (auto const address = base::IpAddress::parse(text); address && address->is_unspecified())
    return AddressForm{"is every address, where one belongs", "write the address of one host"};
  return std::nullopt;
}

bool report_other_form(Reader& reader, const yaml::Node& node, AddressSide side) {
  return report_form(reader, 217, other_form_of_address(node.text, side), node);
}

bool report_pattern(Reader& reader, const yaml::Node& node) {
  return report_form(reader, 218, pattern_of_address(node.text), node);
}

bool report_interface(Reader& reader, const yaml::Node& node) {
  const std::string& text = node.text;
  auto const can_be = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '@';
  };
  bool const is_name = !text.empty() && text.size() < IF_NAMESIZE &&
                       std::isalpha(static_cast<unsigned char>(text.front())) &&
                       !text.starts_with("nn-") && !text.starts_with("pn-") &&
                       std::all_of(text.begin(), text.end(), can_be);
  if (!is_name)
    return false;
  reader.report(217, fmt::format("`{}` is the name of an interface, not an address", text), node)
      .help = fmt::format("write `host-iface: {}`", text);
  return true;
}

} // namespace nvmf::policy
