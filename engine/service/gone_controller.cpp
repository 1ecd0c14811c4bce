#include "service/gone_controller.hpp"

#include "analyze/reachability.hpp"
#include "event/event_file.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "load/last_good.hpp"
#include "service/sweep_choice.hpp"
#include "systemd/message_ids.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace nvmf::service {

namespace {

bool is_record_of(const execute::PathRecord& record, const event::ControllerGone& gone,
                  const Namesakes& namesakes) {
  if (record.state != execute::PathState::live || record.device != gone.device ||
      !record.tid.endpoint || record.tid.endpoint->transport != gone.endpoint.transport)
    return false;
  if (record.incarnation <= namesakes.handled && namesakes.handled != 0)
    return false;
  if (record.incarnation == namesakes.present && namesakes.present != 0)
    return false;
  // Not by the service, which an event may leave out: the usual one is put in its place.
  return same_address(record.tid.endpoint->traddr, gone.endpoint.traddr);
}

event::Event lost_event(const execute::PathRecord& record, const execute::State& state) {
  const bool is_discovery = record.subject == base::Subject::discovery_controller;
  const event::Event& origin = state.plan.event;
  event::Event lost{.kind = base::EventKind::controller_lost,
                    .subject = record.subject,
                    .endpoint = *record.tid.endpoint,
                    .subsystem_nqn = is_discovery ? std::string() : record.tid.subsystem_nqn,
                    .discovery_nqn = is_discovery ? record.tid.subsystem_nqn : origin.discovery_nqn,
                    .host_nqn = record.tid.host_nqn,
                    .hostid = record.tid.hostid,
                    .sources = origin.sources};
  const bool is_origin =
      origin.subject == record.subject && origin.endpoint.same_port(*record.tid.endpoint);
  if (is_origin)
    lost.target = origin.target;
  return lost;
}

void keep_away(const PlannerWorld& world, const event::Event& lost) {
  const load::InForce in_force = load::load_in_force(world.files, load::LastGoodPlace::run_only);
  const std::string digest = in_force.policy ? in_force.policy->digest : std::string();
  host::KeptAway kept_away(world.files);
  const auto noted = kept_away.add(lost, digest);
  const std::string why =
      noted ? "disconnected by hand, kept away until the policy changes, the host boots or "
              "`nvmf-policy resume`"
            : "disconnected by hand, and that could not be noted: " + noted.error().message;
  world.journal.write({.priority = systemd::Priority::notice,
                       .message_id = systemd::message::controller_removed,
                       .message = fmt::format("{}: {}", event::to_line(lost), why),
                       .fields = {{"NVMF_SUBSYSNQN", lost.subsystem_nqn},
                                  {"NVMF_TRADDR", to_text(lost.endpoint.traddr)},
                                  {"NVMF_REASON", host::kept_away_reason},
                                  {"NVMF_POLICY_DIGEST", digest}}});
}

} // namespace

std::vector<Remembered> remembered(const event::ControllerGone& gone,
                                   const std::vector<execute::State>& states,
                                   const Namesakes& namesakes) {
  std::vector<Remembered> all;
  for (const execute::State& state : states)
    for (const execute::PathRecord& record : state.paths)
      if (is_record_of(record, gone, namesakes))
        all.push_back({.lost = lost_event(record, state), .incarnation = record.incarnation});
  // Of two controllers that had the name and are both gone, this event is the older one's.
  const auto oldest = std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.incarnation < b.incarnation;
  });
  if (oldest == all.end())
    return all;
  const std::uint64_t incarnation = oldest->incarnation;
  std::erase_if(all, [&](const auto& one) { return one.incarnation != incarnation; });
  return all;
}

std::vector<event::ControllerGone> unnoticed(const base::FileSystem& files,
                                             const std::vector<execute::State>& states) {
  std::map<std::string, event::ControllerGone> found; // by device
  for (const execute::State& state : states)
    for (const execute::PathRecord& record : state.paths) {
      if (record.state != execute::PathState::live || record.device.empty() ||
          record.incarnation == 0 || !record.tid.endpoint)
        continue;
      const std::uint64_t present = host::incarnation_of(files, record.device);
      if (present == record.incarnation ||
          host::last_gone(files, record.device) >= record.incarnation)
        continue;
      // Older than the registry entry of whoever has the number now.
      constexpr std::uint64_t first_seqnum = 1;
      found.emplace(record.device,
                    event::ControllerGone{.device = record.device,
                                          .endpoint = *record.tid.endpoint,
                                          .seqnum = present == 0 ? 0 : first_seqnum});
    }
  std::vector<event::ControllerGone> all;
  for (auto& [device, gone] : found)
    all.push_back(std::move(gone));
  return all;
}

std::optional<LostController> forget_controller(const PlannerWorld& world,
                                                const event::ControllerGone& gone,
                                                host::Removal removal) {
  const auto entry = host::read_registry_entry(world.files, gone.device);
  if (entry && entry->owner != host::registry_owner)
    return std::nullopt;
  // The entry of a controller that has the number since then stays.
  const bool is_ours = entry && (gone.seqnum == 0 || entry->seqnum.value_or(0) < gone.seqnum);
  const auto found = remembered(gone, read_states(world.files),
                                {.handled = host::last_gone(world.files, gone.device),
                                 .present = host::incarnation_of(world.files, gone.device)});
  if (is_ours) {
    (void)host::remove_registry_entry(world.files, gone.device, gone.seqnum);
    host::remove_controller_note(world.files, gone.device);
  }
  // Where a controller has the number since then, only incarnations tell which of the two is gone.
  const bool is_recycled = entry && !is_ours;
  if (found.empty() || (is_recycled && found.front().incarnation == 0))
    return std::nullopt;
  const std::uint64_t incarnation = found.front().incarnation;
  const event::Event& lost = found.front().lost;
  if (removal != host::Removal::given_up) {
    host::note_gone(world.files, gone.device, incarnation);
    // The executor disconnects discovery controllers itself, and takes them out of the registry
    // before it does.
    if (lost.subject == base::Subject::discovery_controller && !is_ours)
      return std::nullopt;
    std::set<std::string> noted; // two sources may name it alike
    for (const Remembered& one : found)
      if (noted.insert(host::kept_away_path(host::kept_away_tid(one.lost), one.lost.subject))
              .second)
        keep_away(world, one.lost);
    return std::nullopt;
  }
  // A note is about a controller that went before this one came.
  for (const Remembered& one : found)
    (void)host::KeptAway(world.files).release(one.lost);
  world.journal.write({.priority = systemd::Priority::notice,
                       .message_id = systemd::message::controller_lost,
                       .message = event::to_line(lost) + ": given up by the kernel",
                       .fields = {{"NVMF_SUBSYSNQN", lost.subsystem_nqn},
                                  {"NVMF_TRADDR", to_text(lost.endpoint.traddr)},
                                  {"NVMF_DEVICE", gone.device}}});
  return LostController{.event = lost, .incarnation = incarnation};
}

} // namespace nvmf::service
