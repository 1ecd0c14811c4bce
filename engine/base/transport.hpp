// The NVMe-oF transports that this program supports (NVMe base specification, Figure "TRTYPE").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nvmf::base {

enum class Transport : std::uint8_t { tcp, rdma, fc, loop };

inline constexpr std::array all_transports{Transport::tcp, Transport::rdma, Transport::fc,
                                           Transport::loop};

// The kernel's and nvme-cli's word: `tcp`, `rdma`, `fc`, `loop`.
std::string_view to_string(Transport transport);
std::optional<Transport> parse_transport(std::string_view text);

// A set of transports, as a value.
class TransportSet {
public:
  constexpr TransportSet() = default;
  constexpr TransportSet(std::initializer_list<Transport> members) {
    for (Transport member : members)
      bits_ = static_cast<std::uint8_t>(bits_ | bit(member));
  }
  static constexpr TransportSet all() {
    return {Transport::tcp, Transport::rdma, Transport::fc, Transport::loop};
  }

  constexpr bool contains(Transport transport) const { return (bits_ & bit(transport)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr void insert(Transport transport) {
    bits_ = static_cast<std::uint8_t>(bits_ | bit(transport));
  }
  constexpr void erase(Transport transport) {
    bits_ = static_cast<std::uint8_t>(bits_ & ~bit(transport));
  }
  constexpr TransportSet operator&(TransportSet other) const {
    TransportSet both;
    both.bits_ = static_cast<std::uint8_t>(bits_ & other.bits_);
    return both;
  }
  bool operator==(const TransportSet&) const = default;

private:
  static constexpr std::uint8_t bit(Transport transport) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(transport));
  }
  std::uint8_t bits_ = 0;
};

} // namespace nvmf::base
