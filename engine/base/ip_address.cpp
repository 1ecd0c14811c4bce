#include "base/ip_address.hpp"

#include "base/interface_name.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fmt/format.h>

namespace nvmf::base {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// Whether `text` can be an interface name or index behind `%`; any other text is not a scope.
bool is_scope(std::string_view text) {
  return is_interface_name(text) && text.find('%') == std::string_view::npos;
}

void clear_host_bits(IpAddress& address, unsigned length) {
  for (unsigned i = 0; i < address.width() / 8; ++i) {
    unsigned const kept = length >= (i + 1) * 8 ? 8 : (length > i * 8 ? length - i * 8 : 0);
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> kept));
  }
}

} // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress result;
  auto const percent = text.find('%');
  std::string const literal(text.substr(0, percent));
  if (literal.size() > INET6_ADDRSTRLEN || literal.find('\0') != std::string::npos)
    return std::nullopt;
  if (percent == std::string_view::npos &&
      inet_pton(AF_INET, literal.c_str(), result.bytes.data()) == 1)
    return result;
  if (inet_pton(AF_INET6, literal.c_str(), result.bytes.data()) != 1)
    return std::nullopt;
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), result.bytes.begin())) {
    std::copy_n(result.bytes.begin() + 12, 4, result.bytes.begin());
    std::fill(result.bytes.begin() + 4, result.bytes.end(), std::uint8_t{0});
    return percent == std::string_view::npos ? std::optional(result) : std::nullopt;
  }
  result.family = IpFamily::v6;
  if (percent != std::string_view::npos) {
    result.scope = text.substr(percent + 1);
    if (!is_scope(result.scope))
      return std::nullopt;
  }
  return result;
}

std::string IpAddress::to_string() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(family == IpFamily::v4 ? AF_INET : AF_INET6, bytes.data(), buffer, sizeof buffer);
  return scope.empty() ? std::string(buffer) : fmt::format("{}%{}", buffer, scope);
}

bool IpAddress::is_link_local() const {
  return family == IpFamily::v6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_unicast() const {
  auto const all_are = [this](std::uint8_t value) {
    return std::all_of(bytes.begin(), bytes.begin() + width() / 8,
                       [value](std::uint8_t byte) { return byte == value; });
  };
  bool const is_multicast = family == IpFamily::v4 ? (bytes[0] & 0xf0U) == 0xe0 : bytes[0] == 0xff;
  bool const is_broadcast = family == IpFamily::v4 && all_are(0xff);
  return !is_multicast && !is_broadcast && !all_are(0);
}

bool IpAddress::same_as(const IpAddress& other) const {
  return family == other.family && bytes == other.bytes &&
         (scope.empty() || other.scope.empty() || scope == other.scope);
}

std::strong_ordering IpAddress::compare_value(const IpAddress& other) const {
  if (auto const order = family <=> other.family; order != 0)
    return order;
  return bytes <=> other.bytes;
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  auto const slash = text.find('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  auto const address = IpAddress::parse(text.substr(0, slash));
  std::string_view const digits = text.substr(slash + 1);
  unsigned length = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  bool const is_number = error == std::errc() && end == digits.data() + digits.size();
  bool const padded = digits.size() > 1 && digits.front() == '0';
  if (!address || !address->scope.empty() || !is_number || padded)
    return std::nullopt;
  // `::ffff:10.0.0.0/104` is an IPv4 prefix: its length counts the 96 bits before the IPv4 address.
  bool const mapped = address->family == IpFamily::v4 && text.find(':') != std::string_view::npos;
  if (mapped && length < 96)
    return std::nullopt;
  length -= mapped ? 96 : 0;
  if (length > address->width())
    return std::nullopt;
  Cidr result{.address = *address, .length = length};
  clear_host_bits(result.address, length);
  result.had_host_bits = !(result.address == *address);
  return result;
}

bool Cidr::contains(const IpAddress& candidate) const {
  if (candidate.family != address.family)
    return false;
  unsigned const whole = length / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, candidate.bytes.begin()))
    return false;
  unsigned const rest = length % 8;
  return rest == 0 || ((address.bytes[whole] ^ candidate.bytes[whole]) >> (8 - rest)) == 0;
}

std::string Cidr::to_string() const { return fmt::format("{}/{}", address.to_string(), length); }

std::optional<IpRange> IpRange::parse(std::string_view text) {
  auto const dash = text.find('-');
  if (dash == std::string_view::npos)
    return std::nullopt;
  auto const first = IpAddress::parse(text.substr(0, dash));
  auto const last = IpAddress::parse(text.substr(dash + 1));
  if (!first || !last || first->family != last->family || !first->scope.empty() ||
      !last->scope.empty() || first->compare_value(*last) > 0)
    return std::nullopt;
  return IpRange{*first, *last};
}

bool IpRange::contains(const IpAddress& candidate) const {
  return candidate.family == first.family && candidate.compare_value(first) >= 0 &&
         candidate.compare_value(last) <= 0;
}

std::string IpRange::to_string() const {
  return fmt::format("{}-{}", first.to_string(), last.to_string());
}

} // namespace nvmf::base
