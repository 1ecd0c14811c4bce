#include "plan/firmware.hpp"

#include "base/nqn.hpp"
#include "plan/identity.hpp"

#include <algorithm>

namespace nvmf::plan {

namespace {

using base::EventKind;
using base::Subject;
using event::InTable;

bool has_address(const decide::Interface& interface, const base::IpAddress& address) {
  return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                     [&](const auto& own) { return own.address.same_as(address); });
}

bool has_address_of(const decide::Interface& interface, base::IpFamily family) {
  return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                     [&](const auto& own) { return own.address.family == family; });
}

// The HFI's address and the interface that has its MAC and VLAN. The lease of the firmware may have
// ended: where the interface has another address by now, the kernel chooses.
void take_host_side(base::Endpoint& endpoint, const firmware::Hfi* hfi,
                    const decide::Facts& facts) {
  endpoint.host_traddr.reset();
  endpoint.host_iface.clear();
  if (!hfi)
    return;
  if (hfi->address && hfi->address->family == endpoint.traddr->ip()->family)
    endpoint.host_traddr = base::Traddr(*hfi->address);
  const decide::Interface* const interface = interface_of(*hfi, facts);
  if (!interface)
    return;
  endpoint.host_iface = interface->name;
  bool const has_moved = hfi->from_dhcp && hfi->address &&
                         !has_address(*interface, *hfi->address) &&
                         has_address_of(*interface, hfi->address->family);
  if (has_moved)
    endpoint.host_traddr.reset();
}

base::Endpoint endpoint_of(const base::IpAddress& traddr, std::uint16_t trsvcid,
                           const firmware::Hfi* hfi, const decide::Facts& facts) {
  base::Endpoint endpoint{
      .transport = base::Transport::tcp, .traddr = base::Traddr(traddr), .trsvcid = trsvcid};
  take_host_side(endpoint, hfi, facts);
  return endpoint;
}

// A subsystem by the well-known name is a discovery controller that the firmware did not get
// beyond.
bool is_io(const firmware::Subsystem& subsystem) {
  return subsystem.nqn != base::well_known_discovery_nqn;
}

// Each way to the subsystem; one without a host side where the table has none of its HFIs.
std::vector<const firmware::Hfi*> hfis_of(const firmware::Table& table,
                                          const firmware::Subsystem& subsystem) {
  std::vector<const firmware::Hfi*> hfis;
  for (std::uint8_t const index : subsystem.hfis)
    if (const firmware::Hfi* const hfi = table.hfi(index))
      hfis.push_back(hfi);
  if (hfis.empty())
    hfis.push_back(nullptr);
  return hfis;
}

bool is_referred_to(const firmware::Table& table, const firmware::Discovery& discovery) {
  return std::any_of(table.subsystems.begin(), table.subsystems.end(),
                     [&](const firmware::Subsystem& subsystem) {
                       return is_io(subsystem) && subsystem.discovery == discovery.index;
                     });
}

void add_source(event::Event& event) {
  std::string name(policy::nbft_name);
  if (std::find(event.sources.begin(), event.sources.end(), name) == event.sources.end())
    event.sources.push_back(std::move(name));
}

void take_identity(event::Event& event, const policy::Policy& policy, const decide::Facts& facts,
                   const firmware::Table& table) {
  const policy::Target* const target = policy.find_target(event.target);
  if ((target && target->identity) || table.host.nqn.empty())
    return;
  event.host_nqn = table.host.nqn;
  event.hostid = table.host.id;
  event = with_identity(policy, facts, std::move(event));
}

event::Event subsystem_event(const firmware::Subsystem& subsystem, const firmware::Hfi* hfi,
                             const decide::Facts& facts) {
  return {.kind = EventKind::firmware,
          .subject = Subject::io_subsystem,
          .endpoint = endpoint_of(subsystem.traddr, subsystem.trsvcid, hfi, facts),
          .subsystem_nqn = subsystem.nqn,
          .portid = subsystem.port_id,
          .sources = {std::string(policy::nbft_name)}};
}

event::Event discovery_event(const firmware::Table& table, const firmware::Discovery& discovery,
                             const decide::Facts& facts) {
  return {.kind = EventKind::firmware,
          .subject = Subject::discovery_controller,
          .endpoint =
              endpoint_of(discovery.traddr, discovery.trsvcid, table.hfi(discovery.hfi), facts),
          .discovery_nqn = discovery.nqn,
          .sources = {std::string(policy::nbft_name)}};
}

void append_once(std::vector<event::Event>& events, event::Event event) {
  if (std::none_of(events.begin(), events.end(), [&](const event::Event& each) {
        return each.subsystem_nqn == event.subsystem_nqn && each.subject == event.subject &&
               each.endpoint == event.endpoint && each.host_nqn == event.host_nqn;
      }))
    events.push_back(std::move(event));
}

// A host side that contradicts the table's is another path. An interface may have got another name
// since the table's own event was made of it, or since the path was connected; its address is still
// the same.
bool is_this_path(const event::Event& event, const base::Endpoint& named) {
  base::Endpoint own = event.endpoint;
  bool const is_remembered =
      event.kind == EventKind::firmware || event.kind == EventKind::controller_lost;
  if (is_remembered && own.host_traddr)
    own.host_iface.clear();
  return own.same_port(named) && own.host_side_agrees(named);
}

std::optional<InTables> find_path(const decide::Facts& facts, const event::Event& event) {
  if (event.endpoint.transport != base::Transport::tcp)
    return std::nullopt;
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Subsystem& subsystem : table.subsystems)
      if (is_io(subsystem) && subsystem.nqn == event.subsystem_nqn)
        for (const firmware::Hfi* const hfi : hfis_of(table, subsystem))
          if (is_this_path(event, endpoint_of(subsystem.traddr, subsystem.trsvcid, hfi, facts)))
            return InTables{&table, &subsystem, hfi};
  return std::nullopt;
}

const firmware::Table* table_with(const decide::Facts& facts, const std::string& subsystem_nqn) {
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Subsystem& subsystem : table.subsystems)
      if (is_io(subsystem) && subsystem.nqn == subsystem_nqn)
        return &table;
  return nullptr;
}

event::Event subsystem_as_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                                    event::Event event) {
  const firmware::Table* const table = table_with(facts, event.subsystem_nqn);
  if (!table)
    return event;
  add_source(event);
  auto const path = find_path(facts, event);
  take_identity(event, policy, facts, path ? *path->table : *table);
  event.in_table = path ? InTable::path : InTable::subsystem;
  if (!path)
    return event;
  take_host_side(event.endpoint, path->hfi, facts);
  if (path->subsystem->security != 0)
    event.secure_channel = base::SecureChannel::required;
  return event;
}

// One that is connected keeps its identity and its host side.
event::Event discovery_as_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                                    event::Event event) {
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Discovery& discovery : table.discoveries) {
      auto const named = discovery_event(table, discovery, facts);
      if (is_referred_to(table, discovery) || !is_this_path(event, named.endpoint))
        continue;
      add_source(event);
      event.in_table = InTable::path;
      if (event.device.empty()) {
        event.endpoint.host_traddr = named.endpoint.host_traddr;
        event.endpoint.host_iface = named.endpoint.host_iface;
        take_identity(event, policy, facts, table);
      }
      return event;
    }
  return event;
}

} // namespace

// The interface with the HFI's MAC and VLAN. A bridge or a bond shares the MAC with a port of its
// own: the one that has the address is meant, else the first with any.
const decide::Interface* interface_of(const firmware::Hfi& hfi, const decide::Facts& facts) {
  const decide::Interface* best = nullptr;
  int best_rank = 0;
  if (!facts.interfaces)
    return nullptr;
  for (const decide::Interface& each : *facts.interfaces) {
    if (each.mac != hfi.mac || each.vlan != hfi.vlan)
      continue;
    int const rank =
        hfi.address && has_address(each, *hfi.address) ? 3 : (each.addresses.empty() ? 1 : 2);
    if (rank > best_rank) {
      best = &each;
      best_rank = rank;
    }
  }
  return best;
}

bool uses_interface(const firmware::Table& table, std::uint8_t hfi) {
  return std::any_of(table.subsystems.begin(), table.subsystems.end(),
                     [hfi](const firmware::Subsystem& subsystem) {
                       return std::find(subsystem.hfis.begin(), subsystem.hfis.end(), hfi) !=
                              subsystem.hfis.end();
                     }) ||
         std::any_of(table.discoveries.begin(), table.discoveries.end(),
                     [hfi](const firmware::Discovery& each) { return each.hfi == hfi; });
}

std::vector<event::Event> firmware_events(const policy::Policy& policy,
                                          const decide::Facts& facts) {
  std::vector<event::Event> events;
  if (policy.nbft == policy::NbftUse::ignore)
    return events;
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Subsystem& subsystem : table.subsystems)
      if (is_io(subsystem))
        for (const firmware::Hfi* const hfi : hfis_of(table, subsystem))
          append_once(events, as_in_tables(policy, facts, subsystem_event(subsystem, hfi, facts)));
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Discovery& discovery : table.discoveries)
      if (!is_referred_to(table, discovery))
        append_once(events, as_in_tables(policy, facts, discovery_event(table, discovery, facts)));
  return events;
}

event::Event as_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                          event::Event event) {
  event.in_table = InTable::nothing;
  if (policy.nbft == policy::NbftUse::ignore || !event.endpoint.traddr)
    return event;
  return event.subject == Subject::io_subsystem
             ? subsystem_as_in_tables(policy, facts, std::move(event))
             : discovery_as_in_tables(policy, facts, std::move(event));
}

std::optional<InTables> find_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                                       const event::Event& event) {
  return policy.nbft == policy::NbftUse::use && event.in_table == InTable::path
             ? find_path(facts, event)
             : std::nullopt;
}

FirmwarePath firmware_path(const InTables& path) {
  return {.was_unavailable = path.subsystem->availability == firmware::Availability::unavailable,
          .address_may_have_moved = path.hfi && path.hfi->from_dhcp};
}

void require_digests(ResolvedOptions& options, const InTables& path) {
  auto const require = [&](base::OptionId id) {
    options[id] = {.value = true, .origin = std::string(policy::nbft_name)};
  };
  if (path.subsystem->header_digest)
    require(base::OptionId::hdr_digest);
  if (path.subsystem->data_digest)
    require(base::OptionId::data_digest);
}

} // namespace nvmf::plan
