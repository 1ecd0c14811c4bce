// The NVMe Boot Firmware Table as a value (NVM Express Boot Specification 1.0, 1.1): as whom,
// over which interfaces and to which subsystems the firmware connected before the kernel began.
//
// Text that is used for a connection (NQNs) was checked when the table was read. All other text is
// the table's, byte for byte, and must be escaped where it is shown.
#pragma once

#include "base/ip_address.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::firmware {

enum class PrimaryAdminHost : std::uint8_t { not_indicated, unselected, selected, reserved };

struct Host {
  std::string nqn; // empty: not in the table
  std::string id;  // a UUID in the order of the table's bytes; empty: all zero
  bool id_configured = false;
  bool nqn_configured = false;
  PrimaryAdminHost primary = PrimaryAdminHost::not_indicated;
  bool operator==(const Host&) const = default;
};

using MacAddress = std::array<std::uint8_t, 6>;

// `00:53:00:a1:b2:c3`
std::string to_string(const MacAddress& mac);
std::optional<MacAddress> parse_mac(std::string_view text);

// A host fabric interface; the specification knows no other transport than tcp.
struct Hfi {
  std::uint8_t index = 0;
  std::uint32_t pci_routing_id = 0; // segment, bus, device and function, as libnvme reads it
  MacAddress mac{};
  std::uint16_t vlan = 0; // 0: none
  std::uint8_t ip_origin = 0;
  std::optional<base::IpAddress> address;
  std::uint8_t prefix_length = 0;
  std::optional<base::IpAddress> gateway;
  std::uint16_t route_metric = 0;
  std::optional<base::IpAddress> primary_dns;
  std::optional<base::IpAddress> secondary_dns;
  std::optional<base::IpAddress> dhcp_server;
  std::string host_name;
  bool is_default_route = false;
  bool from_dhcp = false;
  bool operator==(const Hfi&) const = default;
};

enum class Requirement : std::uint8_t { unspecified, not_required, required };

struct Security {
  std::uint8_t index = 0;
  Requirement authentication = Requirement::unspecified;
  Requirement secure_channel = Requirement::unspecified;
  bool operator==(const Security&) const = default;
};

// A discovery controller that the firmware asked.
struct Discovery {
  std::uint8_t index = 0;
  std::uint8_t hfi = 0;      // 0: none
  std::uint8_t security = 0; // 0: none
  std::string uri;
  base::IpAddress traddr; // of the URI
  std::uint16_t trsvcid = 0;
  std::string nqn; // the well-known one where the table has none
  bool operator==(const Discovery&) const = default;
};

enum class NamespaceIdType : std::uint8_t { none, eui64, nguid, uuid };
enum class Availability : std::uint8_t { unknown, available, unavailable };

// A namespace of a subsystem, with the address where the subsystem is reached.
struct Subsystem {
  std::uint16_t index = 0;
  std::vector<std::uint8_t> hfis; // indexes, the primary one first, each once
  base::IpAddress traddr;
  std::uint16_t trsvcid = 0;
  std::uint16_t port_id = 0;
  std::uint32_t nsid = 0;
  NamespaceIdType nid_type = NamespaceIdType::none;
  std::array<std::uint8_t, 16> nid{};
  std::string nqn;
  std::uint8_t discovery = 0; // index of the descriptor that led to it; 0: none
  std::uint8_t security = 0;  // 0: none
  bool not_bootable = false;
  bool discovered = false;
  Availability availability = Availability::unknown;
  bool header_digest = false;
  bool data_digest = false;
  std::uint16_t controller_id = 0;
  std::uint16_t asqsz = 0;
  std::string dhcp_root_path;
  std::uint8_t unavailable_reason = 0; // of revision 1.1; 0: none
  bool operator==(const Subsystem&) const = default;
};

// A part of a table that was passed over.
struct Problem {
  std::uint32_t offset = 0; // from the table's start
  std::string reason;
  bool operator==(const Problem&) const = default;
};

// `byte 128: its structure id is 9, not 3`
std::string to_string(const Problem& problem);

struct Table {
  std::string path; // of the file
  Host host;
  std::vector<Hfi> hfis;
  std::vector<Security> securities;
  std::vector<Discovery> discoveries;
  std::vector<Subsystem> subsystems;
  std::vector<Problem> problems;
  bool operator==(const Table&) const = default;

  // The descriptors by index; nullptr where there is none, and for 0.
  const Hfi* hfi(std::uint8_t index) const;
  const Security* security(std::uint8_t index) const;
};

} // namespace nvmf::firmware
