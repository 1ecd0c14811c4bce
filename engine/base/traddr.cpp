#include "base/traddr.hpp"

#include "base/wire_text.hpp"

namespace nvmf::base {

namespace {
constexpr std::size_t traddr_size = 256; // TRADDR of a discovery log entry
}

std::optional<Traddr> Traddr::parse(Transport transport, std::string_view text) {
  switch (transport) {
  case Transport::tcp:
  case Transport::rdma:
    if (auto address = IpAddress::parse(text))
      return Traddr(std::move(*address));
    return std::nullopt;
  case Transport::fc:
    if (auto address = FcAddress::parse(text))
      return Traddr(*address);
    return std::nullopt;
  case Transport::loop:
    if (!text.empty() && text.size() <= traddr_size && is_option_text(text))
      return Traddr(std::string(text));
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Traddr> Traddr::parse_any(std::string_view text) {
  if (auto address = IpAddress::parse(text))
    return Traddr(std::move(*address));
  if (auto address = FcAddress::parse(text))
    return Traddr(*address);
  return std::nullopt;
}

std::string Traddr::to_string() const {
  if (const IpAddress* address = ip())
    return address->to_string();
  if (const FcAddress* address = fc())
    return address->to_string();
  return *text();
}

bool Traddr::same_as(const Traddr& other) const {
  if (ip() && other.ip())
    return ip()->same_as(*other.ip());
  return *this == other;
}

bool same_address(const std::optional<Traddr>& one, const std::optional<Traddr>& other) {
  return one && other ? one->same_as(*other) : one.has_value() == other.has_value();
}

std::string to_text(const std::optional<Traddr>& traddr) {
  return traddr ? traddr->to_string() : std::string();
}

} // namespace nvmf::base
