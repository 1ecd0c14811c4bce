#include "plan/same_path.hpp"

#include "base/nqn.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

namespace {

using base::OptionId;

bool same_subsystem(const Tid& planned, const decide::Controller& live) {
  if (planned.subsystem_nqn == base::well_known_discovery_nqn)
    return live.is_discovery();
  return planned.subsystem_nqn == live.subsystem_nqn;
}

bool owns(const std::optional<std::vector<decide::Interface>>& interfaces, const std::string& name,
          const std::optional<base::Traddr>& address) {
  if (!interfaces || !address || !address->ip())
    return false;
  return std::any_of(interfaces->begin(), interfaces->end(), [&](const auto& interface) {
    return interface.name == name &&
           std::any_of(interface.addresses.begin(), interface.addresses.end(),
                       [&](const auto& own) { return own.address.same_as(*address->ip()); });
  });
}

bool compatible_host_side(const base::Endpoint& planned, const decide::Controller& live,
                          const std::optional<std::vector<decide::Interface>>& interfaces) {
  const base::Endpoint& shown = live.endpoint;
  if (planned.transport == base::Transport::fc)
    return same_address(planned.host_traddr, shown.host_traddr);
  // A live side that is unset and not shown (kernels before 6.1 have no src_addr) agrees.
  bool const address_unknown = !shown.host_traddr && !live.src_addr;
  const auto& source = live.src_addr ? live.src_addr : shown.host_traddr;
  bool const owner_unknown = shown.host_iface.empty() && (!source || !interfaces);
  bool const address_fits =
      !planned.host_traddr || address_unknown ||
      (shown.host_traddr && shown.host_traddr->same_as(*planned.host_traddr)) ||
      (live.src_addr && live.src_addr->same_as(*planned.host_traddr));
  bool const interface_fits =
      planned.host_iface.empty() || shown.host_iface == planned.host_iface || owner_unknown ||
      (shown.host_iface.empty() && owns(interfaces, planned.host_iface, source));
  return address_fits && interface_fits;
}

int rank(const decide::Controller& controller) {
  if (controller.state == "live")
    return 0;
  return controller.state == "connecting" ? 1 : 2;
}

// The kernel caps these at what it can do: less than asked is what "as asked" looks like.
bool may_be_smaller(OptionId id) {
  switch (id) {
  case OptionId::nr_io_queues:
  case OptionId::nr_write_queues:
  case OptionId::nr_poll_queues:
  case OptionId::queue_size:
    return true;
  default:
    return false;
  }
}

std::int64_t number_of(const ResolvedOptions& options, OptionId id) {
  auto const option = options.find(id);
  const auto* number =
      option == options.end() ? nullptr : std::get_if<std::int64_t>(&option->second.value);
  return number ? *number : 0;
}

// The value in sysfs where the kernel did as asked. `queue_count` counts the queues of every kind;
// ctrl_loss_tmo becomes a whole number of reconnects (drivers/nvme/host/fabrics.c, max_reconnects).
std::int64_t shown_for(OptionId id, std::int64_t asked, const ResolvedOptions& wanted,
                       const decide::Controller& live) {
  if (id == OptionId::nr_io_queues)
    return asked + number_of(wanted, OptionId::nr_write_queues) +
           number_of(wanted, OptionId::nr_poll_queues);
  auto const delay = live.connect.find(OptionId::reconnect_delay);
  if (id != OptionId::ctrl_loss_tmo || asked < 0 || delay == live.connect.end())
    return asked;
  const auto* step = std::get_if<std::int64_t>(&delay->second);
  return step && *step > 0 ? (asked + *step - 1) / *step * *step : asked;
}

bool agrees(OptionId id, const ResolvedOptions& wanted, const decide::Controller& live) {
  const base::OptionValue& asked = wanted.at(id).value;
  const base::OptionValue& shown = live.connect.at(id);
  const auto* number = std::get_if<std::int64_t>(&asked);
  const auto* got = std::get_if<std::int64_t>(&shown);
  if (!number || !got)
    return asked == shown;
  std::int64_t const expected = shown_for(id, *number, wanted, live);
  return *got == expected || (may_be_smaller(id) && *got < expected);
}

// Unknown is not "none".
bool may_stay(const decide::Controller& controller) {
  auto const keep_alive = controller.connect.find(OptionId::keep_alive_tmo);
  return controller.owner == decide::own_owner || keep_alive == controller.connect.end() ||
         keep_alive->second != base::OptionValue(std::int64_t{0});
}

} // namespace

bool same_path(const Tid& planned, const decide::Controller& live,
               const std::optional<std::vector<decide::Interface>>& interfaces) {
  return planned.endpoint && planned.endpoint->same_port(live.endpoint) &&
         same_subsystem(planned, live) &&
         (planned.host_nqn.empty() || live.host_nqn.empty() || planned.host_nqn == live.host_nqn) &&
         compatible_host_side(*planned.endpoint, live, interfaces);
}

Serving serving_as(const Item& item) {
  // Ours would have none either where the policy asks for none.
  bool const is_to_stay = item.subject == base::Subject::discovery_controller &&
                          item.keep_connected &&
                          number_of(item.connect, OptionId::keep_alive_tmo) != 0;
  return is_to_stay ? Serving::staying : Serving::any;
}

const decide::Controller* connected_as(const Tid& planned, const decide::Facts& facts,
                                       Serving serving) {
  if (!facts.controllers)
    return nullptr;
  const decide::Controller* best = nullptr;
  for (const decide::Controller* const controller : facts.controllers->candidates(
           planned.endpoint ? planned.endpoint->traddr : std::nullopt, planned.subsystem_nqn))
    if (controller->counts_as_connected() && (serving == Serving::any || may_stay(*controller)) &&
        same_path(planned, *controller, facts.interfaces) &&
        (!best || rank(*controller) < rank(*best)))
      best = controller;
  return best;
}

std::optional<std::string> difference(const ResolvedOptions& wanted,
                                      const decide::Controller& live) {
  for (const auto& [id, option] : wanted) {
    auto const shown = live.connect.find(id);
    if (shown == live.connect.end() || std::holds_alternative<base::SecretRef>(option.value) ||
        agrees(id, wanted, live))
      continue;
    return fmt::format("{} {}, policy says {}", base::connect_option(id).name,
                       base::to_policy_text(id, shown->second),
                       base::to_policy_text(id, option.value));
  }
  return std::nullopt;
}

} // namespace nvmf::plan
