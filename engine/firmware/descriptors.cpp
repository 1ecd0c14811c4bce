#include "firmware/descriptors.hpp"

#include "base/nqn.hpp"
#include "base/traddr.hpp"
#include "event/usual_service.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::firmware {

namespace {

constexpr std::uint8_t host_id = 2;
constexpr std::uint8_t hfi_tcp_id = 7;
constexpr std::uint8_t subsystem_extended_id = 9;
constexpr std::uint8_t transport_tcp = 3;

std::string hex_digits(const std::uint8_t* bytes, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i)
    digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

Read<void> check_id(const View& part, std::uint8_t expected) {
  if (part.u8(0) != expected)
    return tl::unexpected(wrong_id(part, expected));
  return {};
}

Read<void> check_tcp(const View& part, std::size_t at) {
  if (part.u8(at) != transport_tcp)
    return problem_at(part.offset() + at, fmt::format("transport type {} is not tcp", part.u8(at)));
  return {};
}

// A part of at least `size` bytes that must be there.
Read<View> required(const Heap& heap, const View& descriptor, std::size_t at, std::size_t size) {
  auto const part = heap.at(descriptor, at);
  if (!part)
    return tl::unexpected(part.error());
  if (!*part || (*part)->size() < size)
    return problem_at(
        descriptor.offset() + at,
        fmt::format("it has {} bytes, not {}", *part ? (*part)->size() : std::size_t{0}, size));
  return **part;
}

Requirement requirement(std::uint16_t flags, std::uint16_t not_required, std::uint16_t required) {
  std::uint16_t const said = flags & (not_required | required);
  if (said == required)
    return Requirement::required;
  return said == not_required ? Requirement::not_required : Requirement::unspecified;
}

PrimaryAdminHost primary_of(std::uint8_t flags) {
  constexpr unsigned shift = 3;
  return static_cast<PrimaryAdminHost>(flags >> shift & 3U);
}

Read<Hfi> read_hfi_tcp(const View& info, const Heap& heap) {
  if (auto const checked = check_id(info, hfi_tcp_id); !checked)
    return tl::unexpected(checked.error());
  if (auto const checked = check_tcp(info, 2); !checked)
    return tl::unexpected(checked.error());
  std::uint8_t const flags = info.u8(6);
  if ((flags & 1U) == 0)
    return problem_at(info.offset() + 6, "its valid flag is not set");
  auto host_name = heap.text(info, 104);
  if (!host_name)
    return tl::unexpected(host_name.error());
  Hfi hfi{.pci_routing_id = info.u32(7),
          .vlan = info.u16(17),
          .ip_origin = info.u8(19),
          .address = info.address(20),
          .prefix_length = info.u8(36),
          .gateway = info.address(37),
          .route_metric = info.u16(54),
          .primary_dns = info.address(56),
          .secondary_dns = info.address(72),
          .dhcp_server = info.address(88),
          .host_name = std::move(*host_name),
          .is_default_route = (flags & 2U) != 0,
          .from_dhcp = (flags & 4U) != 0};
  for (std::size_t i = 0; i < hfi.mac.size(); ++i)
    hfi.mac[i] = info.u8(11 + i);
  return hfi;
}

// The parts of a URI (RFC 3986) that a discovery controller needs:
// `nvme+tcp://192.0.2.1:8009/`, an IPv6 address in brackets.
std::optional<Discovery> parse_discovery_uri(std::string_view uri) {
  constexpr std::string_view scheme = "nvme+tcp://";
  if (!uri.starts_with(scheme))
    return std::nullopt;
  std::string_view rest = uri.substr(scheme.size());
  rest = rest.substr(0, rest.find('/'));
  bool const bracketed = rest.starts_with('[');
  auto const end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && end == std::string_view::npos)
    return std::nullopt;
  std::string_view const host = bracketed ? rest.substr(1, end - 1) : rest.substr(0, end);
  std::string_view const after =
      end == std::string_view::npos ? std::string_view() : rest.substr(end + bracketed);
  auto const address = base::IpAddress::parse(host);
  if (!address || !address->is_unicast() || bracketed != (host.find(':') != host.npos))
    return std::nullopt;
  Discovery found{.traddr = *address};
  auto const service = after.empty()            ? event::usual_service(base::Transport::tcp,
                                                                       base::Subject::discovery_controller)
                       : after.starts_with(':') ? event::parse_service(after.substr(1))
                                                : std::nullopt;
  if (!service)
    return std::nullopt;
  found.trsvcid = *service;
  return found;
}

Read<std::vector<std::uint8_t>> read_hfis(const View& descriptor, const Heap& heap) {
  std::vector<std::uint8_t> hfis;
  auto const add = [&](std::uint8_t index) {
    if (index != 0 && std::find(hfis.begin(), hfis.end(), index) == hfis.end())
      hfis.push_back(index);
  };
  add(descriptor.u8(46));
  auto const secondary = heap.at(descriptor, 48);
  if (!secondary)
    return tl::unexpected(secondary.error());
  for (std::size_t i = 0; *secondary && i < (*secondary)->size(); ++i)
    add((*secondary)->u8(i));
  return hfis;
}

Read<base::IpAddress> read_traddr(const View& descriptor, const Heap& heap) {
  constexpr std::size_t place = 10;
  auto const part = required(heap, descriptor, place, 16);
  if (!part)
    return tl::unexpected(part.error());
  auto const address = part->address(0);
  if (!address || !address->is_unicast())
    return problem_at(part->offset(), "the address is not one of a host");
  return *address;
}

Read<std::uint16_t> read_trsvcid(const View& descriptor, const Heap& heap) {
  constexpr std::size_t place = 16;
  auto const text = heap.text(descriptor, place);
  if (!text)
    return tl::unexpected(text.error());
  auto const service = text->empty()
                           ? event::usual_service(base::Transport::tcp, base::Subject::io_subsystem)
                           : event::parse_service(*text);
  if (!service)
    return problem_at(descriptor.offset() + place, "the service is not a port number");
  return *service;
}

Read<std::string> read_subsystem_nqn(const View& descriptor, const Heap& heap) {
  constexpr std::size_t place = 54;
  auto nqn = heap.nqn(descriptor, place);
  if (nqn && nqn->empty())
    return problem_at(descriptor.offset() + place, "the NQN is missing");
  return nqn;
}

void read_flags(Subsystem& subsystem, std::uint16_t flags, std::uint16_t transport_flags) {
  subsystem.not_bootable = (flags & 2U) != 0;
  subsystem.discovered = (flags & 0x40U) != 0;
  std::uint16_t const availability = flags & 0x180U;
  if (availability == 0x80U)
    subsystem.availability = Availability::available;
  else if (availability == 0x100U)
    subsystem.availability = Availability::unavailable;
  subsystem.header_digest = (transport_flags & 1U) != 0 && (transport_flags & 2U) != 0;
  subsystem.data_digest = (transport_flags & 1U) != 0 && (transport_flags & 4U) != 0;
}

} // namespace

Problem wrong_id(const View& part, std::uint8_t expected) {
  return {part.offset(), fmt::format("its structure id is {}, not {}", part.u8(0), expected)};
}

bool is_valid(const View& descriptor) {
  switch (descriptor.u8(0)) {
  case subsystem_id:
    return (descriptor.u16(3) & 1U) != 0;
  case hfi_id:
  case security_id:
    return (descriptor.u8(2) & 1U) != 0;
  default:
    return (descriptor.u8(1) & 1U) != 0;
  }
}

Read<Host> read_host(const View& host, const Heap& heap) {
  if (auto const checked = check_id(host, host_id); !checked)
    return tl::unexpected(checked.error());
  std::uint8_t const flags = host.u8(1);
  if ((flags & 1U) == 0)
    return problem_at(host.offset() + 1, "the host's valid flag is not set");
  auto nqn = heap.nqn(host, 18);
  if (!nqn)
    return tl::unexpected(nqn.error());
  Host read{.nqn = std::move(*nqn),
            .id_configured = (flags & 2U) != 0,
            .nqn_configured = (flags & 4U) != 0,
            .primary = primary_of(flags)};
  auto const id = host.bytes16(2);
  if (id != std::array<std::uint8_t, 16>{}) {
    std::string const digits = hex_digits(id.data(), id.size());
    std::string_view const all = digits;
    read.id = fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4),
                          all.substr(16, 4), all.substr(20));
  }
  return read;
}

Read<Hfi> read_hfi(const View& hfi, const Heap& heap) {
  constexpr std::size_t info_size = 128;
  if (auto const checked = check_tcp(hfi, 3); !checked)
    return tl::unexpected(checked.error());
  auto const info = required(heap, hfi, 16, info_size);
  if (!info)
    return tl::unexpected(info.error());
  auto read = read_hfi_tcp(*info, heap);
  if (read)
    read->index = hfi.u8(1);
  return read;
}

Read<Security> read_security(const View& security, const Heap& /*heap*/) {
  std::uint16_t const flags = security.u16(2);
  return Security{.index = security.u8(1),
                  .authentication = requirement(flags, 2, 4),
                  .secure_channel = requirement(flags, 0x20, 0x40)};
}

Read<Discovery> read_discovery(const View& discovery, const Heap& heap) {
  auto uri = heap.text(discovery, 6);
  if (!uri)
    return tl::unexpected(uri.error());
  auto nqn = heap.nqn(discovery, 12);
  if (!nqn)
    return tl::unexpected(nqn.error());
  auto read = parse_discovery_uri(*uri);
  if (!read)
    return problem_at(discovery.offset() + 6, "the URI is not one like nvme+tcp://192.0.2.1:8009/");
  read->index = discovery.u8(2);
  read->hfi = discovery.u8(3);
  read->security = discovery.u8(4);
  read->uri = std::move(*uri);
  read->nqn = nqn->empty() ? std::string(base::well_known_discovery_nqn) : std::move(*nqn);
  return *read;
}

Read<Subsystem> read_subsystem(const View& subsystem, const Heap& heap) {
  if (auto const checked = check_tcp(subsystem, 5); !checked)
    return tl::unexpected(checked.error());
  auto const traddr = read_traddr(subsystem, heap);
  if (!traddr)
    return tl::unexpected(traddr.error());
  auto const trsvcid = read_trsvcid(subsystem, heap);
  if (!trsvcid)
    return tl::unexpected(trsvcid.error());
  auto hfis = read_hfis(subsystem, heap);
  if (!hfis)
    return tl::unexpected(hfis.error());
  auto nqn = read_subsystem_nqn(subsystem, heap);
  if (!nqn)
    return tl::unexpected(nqn.error());
  constexpr std::uint8_t last_nid_type = 3;
  Subsystem read{.index = subsystem.u16(1),
                 .hfis = std::move(*hfis),
                 .traddr = *traddr,
                 .trsvcid = *trsvcid,
                 .port_id = subsystem.u16(22),
                 .nsid = subsystem.u32(24),
                 .nid_type = static_cast<NamespaceIdType>(
                     subsystem.u8(28) <= last_nid_type ? subsystem.u8(28) : 0),
                 .nqn = std::move(*nqn),
                 .discovery = subsystem.u8(8),
                 .security = subsystem.u8(45)};
  for (std::size_t i = 0; i < read.nid.size(); ++i)
    read.nid[i] = subsystem.u8(29 + i);
  read_flags(read, subsystem.u16(3), subsystem.u16(6));
  return read;
}

Read<SubsystemExtended> read_extended(const View& subsystem, const Heap& heap) {
  constexpr std::size_t size = 18; // of revision 1.0
  if ((subsystem.u16(3) & 0x10U) == 0)
    return SubsystemExtended();
  auto const info = required(heap, subsystem, 60, size);
  if (!info)
    return tl::unexpected(info.error());
  if (auto const checked = check_id(*info, subsystem_extended_id); !checked)
    return tl::unexpected(checked.error());
  std::uint32_t const flags = info->u32(4);
  if ((flags & 1U) == 0)
    return problem_at(info->offset() + 4, "its valid flag is not set");
  auto root_path = heap.text(*info, 12);
  if (!root_path)
    return tl::unexpected(root_path.error());
  return SubsystemExtended{.controller_id = info->u16(8),
                           .asqsz = (flags & 2U) != 0 ? info->u16(10) : std::uint16_t{0},
                           .dhcp_root_path = std::move(*root_path),
                           .unavailable_reason =
                               info->size() > size ? info->u8(size) : std::uint8_t{0}};
}

} // namespace nvmf::firmware
