// The facts about this host, as a value: read by host/ from the running system or from a facts
// file, and the only thing besides policy and event that a plan depends on.
#pragma once

#include "base/fc_address.hpp"
#include "base/ip_address.hpp"
#include "decide/controllers.hpp"
#include "firmware/table.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::decide {

struct InterfaceAddress {
  base::IpAddress address;
  unsigned prefix_length = 0;
  // Flags of the address (linux/if_addr.h): the kernel prefers one without any as a source.
  bool secondary = false;
  bool temporary = false;
  bool deprecated = false;
  bool operator==(const InterfaceAddress&) const = default;
};

struct Interface {
  std::string name;
  bool up = false;
  std::vector<InterfaceAddress> addresses;
  std::optional<firmware::MacAddress> mac = std::nullopt; // none: unknown, or of another kind
  std::uint16_t vlan = 0;                                 // 0: not a VLAN
};

// A local FC port and the remote ports that it sees.
struct FcPort {
  base::FcAddress host;
  // None: unknown. Drivers exist that list no remote port in sysfs, or not all (KERNEL, section 5).
  std::optional<std::vector<base::FcAddress>> remotes;
  bool operator==(const FcPort&) const = default;
};

// The registry's owner of what this program connects.
inline constexpr std::string_view own_owner = "nvmf-policy";

// One `exclusion =` line: all of its keys must compare equal. An empty one, or one with an unknown
// key, matches nothing.
struct Exclusion {
  std::string text;                        // as written, for `detail`
  std::map<std::string, std::string> keys; // transport traddr trsvcid nqn host-traddr host-iface …
  bool usable = true;
};

struct HostIdentity {
  std::string hostnqn; // empty: not there
  std::string hostid;
};

// The options that /dev/nvme-fabrics takes, by the kernel's names.
struct KernelOptions {
  std::set<std::string> names;
  // Of `names` those that a kernel which cannot be asked (before 5.17) may lack: written only where
  // the policy asks for them.
  std::set<std::string> doubtful;

  KernelOptions() = default;
  KernelOptions(std::set<std::string> known) : names(std::move(known)) {}
  KernelOptions(std::initializer_list<std::string> known) : names(known) {}

  bool may_have(const std::string& name) const { return names.contains(name); }
  bool certainly_has(const std::string& name) const {
    return names.contains(name) && !doubtful.contains(name);
  }
  bool operator==(const KernelOptions&) const = default;
};

// nullopt everywhere means unknown, and nothing is refused for it; present but empty means empty.
struct Facts {
  std::optional<std::string> hostname;
  std::optional<unsigned> cpus;
  std::optional<HostIdentity> identity;     // /etc/nvme/hostnqn, /etc/nvme/hostid
  std::map<std::string, std::string> files; // first lines of the files that identities name
  std::map<std::string, std::vector<base::IpAddress>> names; // what host names last resolved to
  // By the name of an identity of the policy: what its files would give.
  std::map<std::string, HostIdentity> identities;
  std::optional<std::vector<Interface>> interfaces;
  std::vector<firmware::Table> nbft;      // the firmware's tables; empty: it has none
  std::vector<std::string> nbft_problems; // of those, or parts of them, that cannot be read
  std::optional<std::vector<FcPort>> fc_ports;
  std::optional<Controllers> controllers;
  std::optional<std::vector<Exclusion>> exclusions;
  // Why it is not known what they exclude, and nothing may be connected; empty: it is known.
  std::string exclusions_problem;
  std::optional<KernelOptions> kernel_options;
  // `KIND:NAME` of a secret reference → why it cannot be used; absent: usable or unknown.
  std::map<std::string, std::string> unavailable_secrets;
};

} // namespace nvmf::decide
