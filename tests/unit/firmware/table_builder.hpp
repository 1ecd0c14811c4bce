// A firmware table's bytes from what it is to say: the reverse of firmware/read_table.hpp, written
// from the Boot Specification's figures alone.
#pragma once

#include "base/nqn.hpp"
#include "firmware/table.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::test {

// Places of the table that `build_table` makes: header, control descriptor, host, the lists of
// HFIs, subsystems, security profiles and discovery controllers, and the heap.
struct TableBytes {
  std::string bytes;
  std::size_t hfis = 0;
  std::size_t subsystems = 0;
  std::size_t securities = 0;
  std::size_t discoveries = 0;
  std::size_t heap = 0;

  void put(std::size_t at, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      bytes.at(at + i) = static_cast<char>(value >> (8U * i));
  }
  std::uint32_t u32(std::size_t at) const {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
      value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
    return value;
  }
  // Makes all bytes sum to 0.
  void set_checksum() {
    bytes.at(9) = 0;
    unsigned sum = 0;
    for (unsigned char const byte : bytes)
      sum += byte;
    bytes.at(9) = static_cast<char>(256U - sum % 256U);
  }
};

class TableBuilder {
public:
  explicit TableBuilder(const firmware::Table& table) : table_(table) {}

  TableBytes build() {
    out_.bytes.assign(header_size + control_size + host_size, '\0');
    out_.hfis = add_room(table_.hfis.size() * hfi_size);
    out_.subsystems = add_room(table_.subsystems.size() * subsystem_size);
    out_.securities = add_room(table_.securities.size() * security_size);
    out_.discoveries = add_room(table_.discoveries.size() * discovery_size);
    out_.heap = out_.bytes.size();
    write_host();
    write_control();
    for (std::size_t i = 0; i < table_.hfis.size(); ++i)
      write_hfi(out_.hfis + i * hfi_size, table_.hfis[i]);
    for (std::size_t i = 0; i < table_.subsystems.size(); ++i)
      write_subsystem(out_.subsystems + i * subsystem_size, table_.subsystems[i]);
    for (std::size_t i = 0; i < table_.securities.size(); ++i)
      write_security(out_.securities + i * security_size, table_.securities[i]);
    for (std::size_t i = 0; i < table_.discoveries.size(); ++i)
      write_discovery(out_.discoveries + i * discovery_size, table_.discoveries[i]);
    write_header();
    return out_;
  }

private:
  static constexpr std::size_t header_size = 64;
  static constexpr std::size_t control_size = 64;
  static constexpr std::size_t host_size = 32;
  static constexpr std::size_t hfi_size = 32;
  static constexpr std::size_t hfi_tcp_size = 128;
  static constexpr std::size_t subsystem_size = 128;
  static constexpr std::size_t extended_size = 24;
  static constexpr std::size_t security_size = 64;
  static constexpr std::size_t discovery_size = 32;

  std::size_t add_room(std::size_t size) {
    std::size_t const at = out_.bytes.size();
    out_.bytes.append(size, '\0');
    return at;
  }
  void refer(std::size_t at, std::size_t offset, std::size_t length) {
    out_.put(at, offset, 4);
    out_.put(at + 4, length, 2);
  }
  // Text of the heap with its NUL, which the length does not count.
  void refer_text(std::size_t at, std::string_view text) {
    if (text.empty())
      return;
    refer(at, out_.bytes.size(), text.size());
    out_.bytes += text;
    out_.bytes += '\0';
  }
  void refer_bytes(std::size_t at, std::string_view bytes) {
    refer(at, out_.bytes.size(), bytes.size());
    out_.bytes += bytes;
  }
  static std::string address_bytes(const base::IpAddress& address) {
    std::string bytes(reinterpret_cast<const char*>(address.bytes.data()), 16);
    if (address.family == base::IpFamily::v4)
      bytes = std::string(10, '\0') + "\xff\xff" + bytes.substr(0, 4);
    return bytes;
  }
  void put_address(std::size_t at, const std::optional<base::IpAddress>& address) {
    if (address)
      out_.bytes.replace(at, 16, address_bytes(*address));
  }
  void put_list(std::size_t at, std::size_t offset, std::size_t size, std::size_t number) {
    out_.put(at, offset, 4);
    out_.put(at + 4, size, 2);
    out_.put(at + 6, 1, 1);
    out_.put(at + 7, number, 1);
  }

  void write_header() {
    out_.bytes.replace(0, 4, "NBFT");
    out_.put(4, out_.bytes.size(), 4);
    out_.put(8, 1, 1);
    out_.bytes.replace(10, 14, "NVMFPOTESTNBFT");
    out_.put(36, out_.heap, 4);
    out_.put(40, out_.bytes.size() - out_.heap, 4);
    out_.set_checksum();
  }
  void write_control() {
    std::size_t const at = header_size;
    out_.put(at, 1, 1);
    out_.put(at + 1, 1, 1);
    out_.put(at + 4, control_size, 2);
    out_.put(at + 6, 1, 1);
    refer(at + 8, header_size + control_size, host_size);
    out_.put(at + 14, 1, 1);
    put_list(at + 16, out_.hfis, hfi_size, table_.hfis.size());
    put_list(at + 24, out_.subsystems, subsystem_size, table_.subsystems.size());
    put_list(at + 32, out_.securities, security_size, table_.securities.size());
    put_list(at + 40, out_.discoveries, discovery_size, table_.discoveries.size());
  }
  void write_host() {
    std::size_t const at = header_size + control_size;
    const firmware::Host& host = table_.host;
    out_.put(at, 2, 1);
    out_.put(at + 1,
             1U | (host.id_configured ? 2U : 0U) | (host.nqn_configured ? 4U : 0U) |
                 static_cast<unsigned>(host.primary) << 3U,
             1);
    std::string digits = host.id;
    std::erase(digits, '-');
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
      out_.put(at + 2 + i / 2, std::stoul(digits.substr(i, 2), nullptr, 16), 1);
    refer_text(at + 18, host.nqn);
  }
  void write_hfi(std::size_t at, const firmware::Hfi& hfi) {
    out_.put(at, 3, 1);
    out_.put(at + 1, hfi.index, 1);
    out_.put(at + 2, 1, 1);
    out_.put(at + 3, 3, 1);
    std::size_t const info = add_room(hfi_tcp_size);
    refer(at + 16, info, hfi_tcp_size);
    out_.put(info, 7, 1);
    out_.put(info + 1, 1, 1);
    out_.put(info + 2, 3, 1);
    out_.put(info + 3, 1, 1);
    out_.put(info + 4, hfi.index, 2);
    out_.put(info + 6, 1U | (hfi.is_default_route ? 2U : 0U) | (hfi.from_dhcp ? 4U : 0U), 1);
    out_.put(info + 7, hfi.pci_routing_id, 4);
    for (std::size_t i = 0; i < hfi.mac.size(); ++i)
      out_.put(info + 11 + i, hfi.mac[i], 1);
    out_.put(info + 17, hfi.vlan, 2);
    out_.put(info + 19, hfi.ip_origin, 1);
    put_address(info + 20, hfi.address);
    out_.put(info + 36, hfi.prefix_length, 1);
    put_address(info + 37, hfi.gateway);
    out_.put(info + 54, hfi.route_metric, 2);
    put_address(info + 56, hfi.primary_dns);
    put_address(info + 72, hfi.secondary_dns);
    put_address(info + 88, hfi.dhcp_server);
    refer_text(info + 104, hfi.host_name);
  }
  static std::uint16_t flags_of(const firmware::Subsystem& subsystem) {
    unsigned const availability =
        subsystem.availability == firmware::Availability::available     ? 0x80U
        : subsystem.availability == firmware::Availability::unavailable ? 0x100U
                                                                        : 0U;
    return static_cast<std::uint16_t>(1U | (subsystem.not_bootable ? 2U : 0U) |
                                      (subsystem.security != 0 ? 4U : 0U) | 0x10U |
                                      (subsystem.discovered ? 0x40U : 0U) | availability);
  }
  void write_subsystem(std::size_t at, const firmware::Subsystem& subsystem) {
    out_.put(at, 4, 1);
    out_.put(at + 1, subsystem.index, 2);
    out_.put(at + 3, flags_of(subsystem), 2);
    out_.put(at + 5, 3, 1);
    out_.put(at + 6, 1U | (subsystem.header_digest ? 2U : 0U) | (subsystem.data_digest ? 4U : 0U),
             2);
    out_.put(at + 8, subsystem.discovery, 1);
    refer_bytes(at + 10, address_bytes(subsystem.traddr));
    refer_text(at + 16, std::to_string(subsystem.trsvcid));
    out_.put(at + 22, subsystem.port_id, 2);
    out_.put(at + 24, subsystem.nsid, 4);
    out_.put(at + 28, static_cast<unsigned>(subsystem.nid_type), 1);
    for (std::size_t i = 0; i < subsystem.nid.size(); ++i)
      out_.put(at + 29 + i, subsystem.nid[i], 1);
    out_.put(at + 45, subsystem.security, 1);
    if (!subsystem.hfis.empty())
      out_.put(at + 46, subsystem.hfis.front(), 1);
    if (subsystem.hfis.size() > 1)
      refer_bytes(at + 48, std::string(subsystem.hfis.begin() + 1, subsystem.hfis.end()));
    refer_text(at + 54, subsystem.nqn);
    write_extended(at + 60, subsystem);
  }
  void write_extended(std::size_t at, const firmware::Subsystem& subsystem) {
    std::size_t const info = add_room(extended_size);
    refer(at, info, extended_size);
    out_.put(info, 9, 1);
    out_.put(info + 1, 1, 1);
    out_.put(info + 2, subsystem.index, 2);
    out_.put(info + 4, subsystem.asqsz != 0 ? 3 : 1, 4);
    out_.put(info + 8, subsystem.controller_id, 2);
    out_.put(info + 10, subsystem.asqsz, 2);
    refer_text(info + 12, subsystem.dhcp_root_path);
    out_.put(info + 18, subsystem.unavailable_reason, 1);
  }
  static unsigned flags_of(firmware::Requirement requirement, unsigned not_required,
                           unsigned required) {
    if (requirement == firmware::Requirement::required)
      return required;
    return requirement == firmware::Requirement::not_required ? not_required : 0;
  }
  void write_security(std::size_t at, const firmware::Security& security) {
    out_.put(at, 5, 1);
    out_.put(at + 1, security.index, 1);
    out_.put(at + 2,
             1U | flags_of(security.authentication, 2, 4) |
                 flags_of(security.secure_channel, 0x20, 0x40),
             2);
  }
  void write_discovery(std::size_t at, const firmware::Discovery& discovery) {
    out_.put(at, 6, 1);
    out_.put(at + 1, 1, 1);
    out_.put(at + 2, discovery.index, 1);
    out_.put(at + 3, discovery.hfi, 1);
    out_.put(at + 4, discovery.security, 1);
    refer_text(at + 6, discovery.uri);
    if (discovery.nqn != base::well_known_discovery_nqn)
      refer_text(at + 12, discovery.nqn);
  }

  const firmware::Table& table_;
  TableBytes out_;
};

inline TableBytes build_table(const firmware::Table& table) { return TableBuilder(table).build(); }

} // namespace nvmf::test
