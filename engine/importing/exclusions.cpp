#include "importing/exclusions.hpp"

#include "base/ip_address.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::importing {

namespace {

bool address_matches(const std::string& wanted, const std::optional<base::Traddr>& traddr) {
  if (!traddr)
    return false;
  if (const auto cidr = base::Cidr::parse(wanted))
    return traddr->ip() != nullptr && cidr->contains(*traddr->ip());
  const auto address = base::Traddr::parse_any(wanted);
  return address && address->same_as(*traddr);
}

bool is_empty(const Exclusion& exclusion) {
  return !exclusion.transport && exclusion.traddr.empty() && !exclusion.trsvcid &&
         exclusion.host_iface.empty() && exclusion.nqn.empty();
}

bool has_usable_address(const Exclusion& exclusion) {
  return exclusion.traddr.empty() || base::Cidr::parse(exclusion.traddr) ||
         base::Traddr::parse_any(exclusion.traddr);
}

std::string canonical_address(const std::string& text) {
  if (const auto address = base::Traddr::parse_any(text))
    return address->to_string();
  return base::Cidr::parse(text)->to_string();
}

// A guard applies to everything unless it says otherwise; stafd's exclusions are about discovery
// controllers, stacd's about I/O controllers.
void write_scope(yaml::Writer& yaml, const Exclusion& exclusion) {
  if (exclusion.of == Exclusion::Of::discovery_controllers)
    yaml.line(6, "event", "[discovery-log-changed, discovery-reconnected, fc-discovery, referral]");
  else if (exclusion.nqn.empty())
    yaml.line(6, "event", "discovered");
}

void write_guard(yaml::Writer& yaml, const Exclusion& exclusion, std::size_t number) {
  yaml.line(2, "- name", fmt::format("excluded-{}", number), exclusion.origin.text());
  yaml.line(4, "match", {});
  write_scope(yaml, exclusion);
  if (exclusion.transport)
    yaml.line(6, "transport", to_string(*exclusion.transport));
  if (!exclusion.traddr.empty())
    yaml.line(6, "traddr", yaml::scalar(canonical_address(exclusion.traddr)));
  if (exclusion.trsvcid)
    yaml.line(6, "trsvcid", std::to_string(*exclusion.trsvcid));
  if (!exclusion.host_iface.empty())
    yaml.line(6, "host-iface", yaml::scalar(exclusion.host_iface));
  if (!exclusion.nqn.empty())
    yaml.line(
        6, exclusion.of == Exclusion::Of::discovery_controllers ? "discovery-nqn" : "subsystem-nqn",
        yaml::scalar(exclusion.nqn));
  yaml.line(4, "reason", yaml::scalar(exclusion.reason));
}

} // namespace

bool excludes(const Exclusion& exclusion, const Connection& connection) {
  const bool is_discovery = connection.subsystem_nqn.empty();
  if (is_discovery != (exclusion.of == Exclusion::Of::discovery_controllers))
    return false;
  return (!exclusion.transport || exclusion.transport == connection.endpoint.transport) &&
         (exclusion.traddr.empty() ||
          address_matches(exclusion.traddr, connection.endpoint.traddr)) &&
         (!exclusion.trsvcid || exclusion.trsvcid == connection.endpoint.trsvcid) &&
         (exclusion.host_iface.empty() || exclusion.host_iface == connection.endpoint.host_iface) &&
         (exclusion.nqn.empty() || exclusion.nqn == connection.subsystem_nqn);
}

void apply_exclusions(Imported& imported) {
  std::erase_if(imported.exclusions, [&](const Exclusion& exclusion) {
    if (!is_empty(exclusion) && has_usable_address(exclusion))
      return false;
    imported.notes.push_back(
        lost_exclusion(exclusion.origin, "it names nothing that could be compared"));
    return true;
  });
  std::erase_if(imported.connections, [&](const Connection& connection) {
    const auto by = std::find_if(imported.exclusions.begin(), imported.exclusions.end(),
                                 [&](const Exclusion& one) { return excludes(one, connection); });
    if (by == imported.exclusions.end())
      return false;
    imported.note(connection.origin, fmt::format("this connection is excluded by {}, so it does "
                                                 "not become a target",
                                                 by->origin.text()));
    return true;
  });
}

void write_guards(yaml::Writer& yaml, const std::vector<Exclusion>& exclusions) {
  if (exclusions.empty())
    return;
  yaml.blank();
  yaml.line(0, "deny", {});
  for (std::size_t at = 0; at < exclusions.size(); ++at)
    write_guard(yaml, exclusions[at], at + 1);
}

} // namespace nvmf::importing
