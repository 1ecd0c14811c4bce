#include "host/fc_ports.hpp"

#include "host/identity.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace nvmf::host {

namespace {

constexpr const char* host_class = "/sys/class/fc_host";
constexpr const char* remote_class = "/sys/class/fc_remote_ports";

// Names of roles: drivers/scsi/scsi_transport_fc.c, fc_port_role_names.
constexpr std::string_view target_role = "NVMe Target";
constexpr std::string_view discovery_role = "NVMe Discovery";

struct RemotePort {
  std::string host; // host5
  base::FcAddress address;
  std::string roles;
};

std::vector<std::string> names_in(const base::FileSystem& files, const char* directory) {
  return files.list(directory).value_or(std::vector<std::string>());
}

std::optional<base::FcAddress> address_of(const base::FileSystem& files,
                                          const std::string& directory) {
  return base::FcAddress::parse(fmt::format("nn-{}:pn-{}",
                                            first_line_of(files, directory + "/node_name"),
                                            first_line_of(files, directory + "/port_name")));
}

// `rport-5:0-1` is port 1 on channel 0 of host5.
std::optional<RemotePort> read_remote_port(const base::FileSystem& files, const std::string& name) {
  constexpr std::string_view prefix = "rport-";
  auto const colon = name.find(':');
  if (!name.starts_with(prefix) || colon == std::string::npos)
    return std::nullopt;
  std::string const directory = fmt::format("{}/{}", remote_class, name);
  auto const address = address_of(files, directory);
  if (!address || first_line_of(files, directory + "/port_state") != "Online")
    return std::nullopt;
  return RemotePort{.host = "host" + name.substr(prefix.size(), colon - prefix.size()),
                    .address = *address,
                    .roles = first_line_of(files, directory + "/roles")};
}

std::vector<RemotePort> read_remote_ports(const base::FileSystem& files) {
  std::vector<RemotePort> ports;
  for (const std::string& name : names_in(files, remote_class))
    if (auto port = read_remote_port(files, name))
      ports.push_back(std::move(*port));
  std::sort(ports.begin(), ports.end(), [](const RemotePort& a, const RemotePort& b) {
    return std::tie(a.host, a.address) < std::tie(b.host, b.address);
  });
  return ports;
}

} // namespace

std::vector<decide::FcPort> read_fc_ports(const base::FileSystem& files) {
  std::vector<RemotePort> const remotes = read_remote_ports(files);
  std::vector<decide::FcPort> ports;
  for (const std::string& host : names_in(files, host_class)) {
    auto const address = address_of(files, fmt::format("{}/{}", host_class, host));
    if (!address)
      continue;
    std::vector<base::FcAddress> seen;
    for (const RemotePort& remote : remotes)
      if (remote.host == host && (remote.roles.find(target_role) != std::string::npos ||
                                  remote.roles.find(discovery_role) != std::string::npos))
        seen.push_back(remote.address);
    decide::FcPort port{.host = *address};
    if (!seen.empty())
      port.remotes = std::move(seen);
    ports.push_back(std::move(port));
  }
  std::sort(ports.begin(), ports.end(),
            [](const decide::FcPort& a, const decide::FcPort& b) { return a.host < b.host; });
  return ports;
}

} // namespace nvmf::host
