#include "cli/suggestion.hpp"

#include "base/nqn.hpp"
#include "plan/run.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using base::OptionId;
using importing::Connection;
using importing::Imported;

// The kernel's defaults (drivers/nvme/host/fabrics.h, nvme.h), and values that are not settings.
bool is_default(OptionId id, const base::OptionValue& value, const decide::Facts& facts) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr)
    return false;
  switch (id) {
  case OptionId::queue_size:
    return *number == 128;
  case OptionId::nr_io_queues:
    return !facts.cpus || *number == static_cast<std::int64_t>(*facts.cpus);
  case OptionId::keep_alive_tmo:
    return *number == 5 || *number == 0;
  case OptionId::reconnect_delay:
    return *number == 10;
  case OptionId::ctrl_loss_tmo:
    return *number == 600;
  case OptionId::fast_io_fail_tmo:
    return *number < 0;
  default:
    return false;
  }
}

importing::Settings settings_of(const decide::Controller& controller, const decide::Facts& facts) {
  importing::Settings settings;
  const bool is_discovery = controller.is_discovery();
  for (const auto& [id, value] : controller.connect) {
    const base::ConnectOption& option = base::connect_option(id);
    // One that stays connected is given a keep-alive of 30 s anyway.
    const bool usual_keep_alive = is_discovery && id == OptionId::keep_alive_tmo &&
                                  value == base::OptionValue(std::int64_t{30});
    if (option.transports.contains(controller.endpoint.transport) && !usual_keep_alive &&
        !is_default(id, value, facts) && !(is_discovery && option.queue_option))
      settings.emplace(id, importing::Setting{value, {controller.device}});
  }
  return settings;
}

std::optional<std::size_t> identity_of(const decide::Controller& controller,
                                       const decide::Facts& facts, Imported& imported) {
  const bool is_usual =
      controller.host_nqn.empty() ||
      (facts.identity && facts.identity->hostnqn == controller.host_nqn &&
       (controller.hostid.empty() || facts.identity->hostid == controller.hostid));
  if (is_usual)
    return std::nullopt;
  imported.identities.push_back(
      {.hostnqn = controller.host_nqn, .hostid = controller.hostid, .origin = {controller.device}});
  return imported.identities.size() - 1;
}

Connection connection_of(const decide::Controller& controller) {
  Connection connection{.origin = {controller.device}, .endpoint = controller.endpoint};
  if (controller.is_io())
    connection.subsystem_nqn = controller.subsystem_nqn;
  return connection;
}

bool is_wanted(const decide::Controller& controller, Imported& imported) {
  const bool is_either = controller.is_io() || controller.is_discovery();
  if (!is_either || !controller.counts_as_connected())
    return false;
  if (controller.owner && *controller.owner != "nvmf-policy") {
    imported.note({controller.device}, fmt::format("left to its owner, {}", *controller.owner));
    return false;
  }
  if (controller.is_io() && !base::is_nqn(controller.subsystem_nqn)) {
    imported.note({controller.device}, "its subsystem has no name that a policy can hold");
    return false;
  }
  return true;
}

// `nvme3, nvme4 and 2 others`.
std::string some_devices(const std::vector<std::string>& devices) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t at = 0; at < std::min(devices.size(), most); ++at)
    text += (text.empty() ? "" : ", ") + devices[at];
  return devices.size() <= most ? text
                                : fmt::format("{} and {} others", text, devices.size() - most);
}

// Rules accept the entries of a log; sysfs does not show which controllers are listed in one.
void note_origin_unknown(Imported& imported) {
  const Connection* discovery = nullptr;
  std::vector<std::string> subsystems;
  for (const Connection& connection : imported.connections)
    if (!connection.subsystem_nqn.empty())
      subsystems.push_back(connection.origin.path);
    else if (discovery == nullptr)
      discovery = &connection;
  if (discovery == nullptr || subsystems.empty())
    return;
  imported.note(discovery->origin,
                fmt::format("whether a discovery controller lists {} is not known: one that was "
                            "connected by hand needs a target of its own, else it is not connected "
                            "at boot",
                            some_devices(subsystems)));
}

bool same_connection(const Connection& one, const Connection& other) {
  return one.endpoint.same_port(other.endpoint) && one.subsystem_nqn == other.subsystem_nqn;
}

void add_unmatched(const plan::Item& item, Imported& imported) {
  if (item.reason != decide::Reason::no_rule_matched || !item.tid.endpoint)
    return;
  Connection connection{.endpoint = *item.tid.endpoint, .is_target = false};
  connection.endpoint.host_traddr.reset();
  connection.endpoint.host_iface.clear();
  if (item.subject == base::Subject::io_subsystem)
    connection.subsystem_nqn = item.tid.subsystem_nqn;
  const bool known =
      std::any_of(imported.connections.begin(), imported.connections.end(),
                  [&](const Connection& one) { return same_connection(one, connection); });
  if (!known)
    imported.connections.push_back(std::move(connection));
}

bool is_log_of(const SeenEvent::Log& log, const plan::Item& item) {
  return item.outcome == decide::Outcome::discover && item.tid.endpoint->same_port(log.of);
}

} // namespace

Imported connected_now(const decide::Facts& facts) {
  Imported imported{.title = "Made by `nvmf-policy suggest` from what is connected",
                    .connects_what_is_listed = false};
  if (!facts.controllers)
    return imported;
  for (const decide::Controller& controller : *facts.controllers) {
    if (!is_wanted(controller, imported))
      continue;
    Connection connection = connection_of(controller);
    connection.connect = settings_of(controller, facts);
    connection.identity = identity_of(controller, facts, imported);
    imported.connections.push_back(std::move(connection));
  }
  const bool has_discovery =
      std::any_of(imported.connections.begin(), imported.connections.end(),
                  [](const Connection& one) { return one.subsystem_nqn.empty(); });
  for (Connection& connection : imported.connections)
    connection.is_target = !has_discovery || connection.subsystem_nqn.empty();
  note_origin_unknown(imported);
  if (!imported.connections.empty())
    imported.note(
        {},
        "options that sysfs does not show are missing here: secrets, `tls`, `concat`, `keyring`, "
        "digests, `tos`, write and poll queues");
  return imported;
}

Imported unmatched(const policy::Policy& policy, const decide::Facts& facts,
                   const std::vector<SeenEvent>& seen) {
  Imported imported{.title = "Made by `nvmf-policy suggest` from what no rule matched",
                    .connects_what_is_listed = false};
  for (const SeenEvent& one : seen) {
    plan::Run run(policy, facts, one.event);
    run.decide_event();
    std::vector<bool> read(one.logs.size(), false);
    // Referrals append items, whose logs may be there, too.
    for (std::size_t at = 0; at < run.items().size(); ++at)
      for (std::size_t number = 0; number < one.logs.size(); ++number)
        if (!read[number] && is_log_of(one.logs[number], run.items()[at])) {
          read[number] = true;
          run.decide_log(at, one.logs[number].log);
        }
    for (const plan::Item& item : run.items())
      add_unmatched(item, imported);
  }
  return imported;
}

} // namespace nvmf::cli
