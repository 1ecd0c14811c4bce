#include "cli/firmware_text.hpp"

#include "base/endpoint.hpp"
#include "base/wire_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::cli {

namespace {

using firmware::Availability;
using firmware::Requirement;

std::string line(std::string_view kind, std::vector<std::string> words) {
  std::erase(words, std::string());
  return fmt::format("  {:<10} {}\n", kind, fmt::join(words, "  "));
}

std::string with_name(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("{} {}", name, value);
}

std::string ip_text(const std::optional<base::IpAddress>& address) {
  return address ? address->to_string() : std::string();
}

std::string endpoint_text(const base::IpAddress& traddr, std::uint16_t trsvcid) {
  base::Endpoint const endpoint{.traddr = base::Traddr(traddr), .trsvcid = trsvcid};
  return "tcp " + endpoint.port_text();
}

std::string host_line(const firmware::Host& host) {
  return line("host", {host.nqn.empty() ? "no host NQN" : host.nqn,
                       host.id.empty() ? "no host ID" : "host ID " + host.id});
}

std::string hfi_line(const firmware::Hfi& hfi) {
  return line("interface",
              {fmt::format("{}", hfi.index), firmware::to_string(hfi.mac),
               hfi.vlan == 0 ? std::string() : fmt::format("VLAN {}", hfi.vlan),
               hfi.address ? fmt::format("{}/{}", hfi.address->to_string(), hfi.prefix_length)
                           : std::string("no address"),
               hfi.from_dhcp ? "DHCP" : "", with_name("gateway", ip_text(hfi.gateway)),
               with_name("DNS", ip_text(hfi.primary_dns)),
               with_name("DNS", ip_text(hfi.secondary_dns)),
               with_name("host name", base::escaped(hfi.host_name)),
               hfi.is_default_route ? "default route" : ""});
}

std::string digests_of(const firmware::Subsystem& subsystem) {
  if (subsystem.header_digest && subsystem.data_digest)
    return "header and data digest";
  if (subsystem.header_digest)
    return "header digest";
  return subsystem.data_digest ? "data digest" : "";
}

std::string availability_of(const firmware::Subsystem& subsystem) {
  if (subsystem.availability != Availability::unavailable)
    return {};
  return subsystem.unavailable_reason == 0
             ? std::string("was not available")
             : fmt::format("was not available (reason {})", subsystem.unavailable_reason);
}

std::string subsystem_line(const firmware::Subsystem& subsystem) {
  return line(
      "subsystem",
      {fmt::format("{}", subsystem.index), subsystem.nqn,
       endpoint_text(subsystem.traddr, subsystem.trsvcid),
       subsystem.hfis.empty() ? std::string("no interface")
                              : fmt::format("interface {}", fmt::join(subsystem.hfis, ", ")),
       subsystem.nsid == 0 ? std::string() : fmt::format("namespace {}", subsystem.nsid),
       subsystem.discovery == 0 ? std::string() : fmt::format("discovery {}", subsystem.discovery),
       subsystem.security == 0 ? std::string() : fmt::format("security {}", subsystem.security),
       digests_of(subsystem), subsystem.not_bootable ? "not bootable" : "",
       availability_of(subsystem)});
}

std::string requirement_text(std::string_view what, Requirement requirement) {
  switch (requirement) {
  case Requirement::unspecified:
    return {};
  case Requirement::not_required:
    return fmt::format("{} not required", what);
  case Requirement::required:
    return fmt::format("{} required", what);
  }
  return {};
}

std::string security_line(const firmware::Security& security) {
  return line("security", {fmt::format("{}", security.index),
                           requirement_text("authentication", security.authentication),
                           requirement_text("secure channel", security.secure_channel)});
}

std::string discovery_line(const firmware::Discovery& discovery) {
  return line(
      "discovery",
      {fmt::format("{}", discovery.index), endpoint_text(discovery.traddr, discovery.trsvcid),
       discovery.hfi == 0 ? std::string() : fmt::format("interface {}", discovery.hfi),
       discovery.security == 0 ? std::string() : fmt::format("security {}", discovery.security),
       discovery.nqn});
}

} // namespace

std::string firmware_text(const firmware::Tables& tables) {
  if (tables.all.empty())
    return "no firmware table\n";
  std::string text;
  for (const firmware::Table& table : tables.all) {
    text += (text.empty() ? "" : "\n") + base::escaped(table.path) + '\n';
    text += host_line(table.host);
    for (const firmware::Hfi& hfi : table.hfis)
      text += hfi_line(hfi);
    for (const firmware::Subsystem& subsystem : table.subsystems)
      text += subsystem_line(subsystem);
    for (const firmware::Security& security : table.securities)
      text += security_line(security);
    for (const firmware::Discovery& discovery : table.discoveries)
      text += discovery_line(discovery);
  }
  return text;
}

} // namespace nvmf::cli
