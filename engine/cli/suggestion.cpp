#include "cli/suggestion.hpp"

#include "base/nqn.hpp"
#include "plan/run.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using base::OptionId;
using importing::Endpoint;
using importing::Imported;

// The kernel's defaults (drivers/nvme/host/fabrics.h, nvme.h), and what is no setting.
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
    if (option.transports.contains(controller.transport) && !usual_keep_alive &&
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

Endpoint endpoint_of(const decide::Controller& controller) {
  Endpoint endpoint{.origin = {controller.device},
                    .transport = controller.transport,
                    .traddr = controller.traddr,
                    .trsvcid = controller.trsvcid,
                    .host_traddr = controller.host_traddr,
                    .host_iface = controller.host_iface};
  if (controller.is_io())
    endpoint.subsystem_nqn = controller.subsystem_nqn;
  return endpoint;
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

// Rules accept what a log lists; sysfs does not tell which controllers stand in one.
void note_origin_unknown(Imported& imported) {
  const Endpoint* discovery = nullptr;
  std::vector<std::string> subsystems;
  for (const Endpoint& endpoint : imported.endpoints)
    if (!endpoint.subsystem_nqn.empty())
      subsystems.push_back(endpoint.origin.path);
    else if (discovery == nullptr)
      discovery = &endpoint;
  if (discovery == nullptr || subsystems.empty())
    return;
  imported.note(discovery->origin,
                fmt::format("whether a discovery controller lists {} is not known: what was "
                            "connected by hand needs a target of its own, else it is not connected "
                            "at boot",
                            some_devices(subsystems)));
}

bool same_endpoint(const Endpoint& one, const Endpoint& other) {
  return one.transport == other.transport && one.traddr == other.traddr &&
         one.trsvcid == other.trsvcid && one.subsystem_nqn == other.subsystem_nqn;
}

void add_unmatched(const plan::Item& item, Imported& imported) {
  if (item.reason != decide::Reason::no_rule_matched || !item.tid.transport)
    return;
  Endpoint endpoint{.transport = *item.tid.transport,
                    .traddr = item.tid.traddr,
                    .trsvcid = item.tid.trsvcid,
                    .is_target = false};
  if (item.subject == base::Subject::io_subsystem)
    endpoint.subsystem_nqn = item.tid.subsystem_nqn;
  const bool known = std::any_of(imported.endpoints.begin(), imported.endpoints.end(),
                                 [&](const Endpoint& one) { return same_endpoint(one, endpoint); });
  if (!known)
    imported.endpoints.push_back(std::move(endpoint));
}

bool is_log_of(const SeenEvent::Log& log, const plan::Item& item) {
  return item.outcome == decide::Outcome::discover && log.of.transport == item.tid.transport &&
         log.of.traddr == item.tid.traddr && log.of.trsvcid == item.tid.trsvcid;
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
    Endpoint endpoint = endpoint_of(controller);
    endpoint.connect = settings_of(controller, facts);
    endpoint.identity = identity_of(controller, facts, imported);
    imported.endpoints.push_back(std::move(endpoint));
  }
  const bool has_discovery =
      std::any_of(imported.endpoints.begin(), imported.endpoints.end(),
                  [](const Endpoint& one) { return one.subsystem_nqn.empty(); });
  for (Endpoint& endpoint : imported.endpoints)
    endpoint.is_target = !has_discovery || endpoint.subsystem_nqn.empty();
  note_origin_unknown(imported);
  if (!imported.endpoints.empty())
    imported.note({}, "what sysfs does not show is not here: secrets, `tls`, `concat`, `keyring`, "
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
