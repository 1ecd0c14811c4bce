#include "service/gone_controller.hpp"

#include "analyze/reachability.hpp"
#include "base/duration.hpp"
#include "event/event_file.hpp"
#include "host/beneath.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "load/last_good.hpp"
#include "service/logged_decision.hpp"
#include "service/sweep_choice.hpp"
#include "systemd/message_ids.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace nvmf::service {

namespace {

bool is_record_of(const execute::PathRecord& record, const event::ControllerGone& gone,
                  const DeviceIncarnations& incarnations) {
  if (record.state != execute::PathState::live || record.device != gone.device ||
      !record.tid.endpoint || record.tid.endpoint->transport != gone.endpoint.transport)
    return false;
  if (record.incarnation <= incarnations.handled && incarnations.handled != 0)
    return false;
  if (record.incarnation == incarnations.present && incarnations.present != 0)
    return false;
  // Not by the service, which an event may leave out: the usual one is put in its place.
  return same_address(record.tid.endpoint->traddr, gone.endpoint.traddr);
}

// The meaning of the removal, and its line in the journal.
struct Verdict {
  enum class Kind : std::uint8_t {
    lost,
    meant,             // an administrator disconnected it
    meant_unless_gone, // unless what it was connected over goes with it
    doubtful,
  };
  Kind kind = Kind::doubtful;
  std::string_view why;
};

// RDMA controllers go with their device, without a word more than for a disconnect. Fibre Channel
// says what it lost.
Verdict judge(const base::FileSystem& files, const event::ControllerGone& gone,
              std::uint64_t incarnation, host::Removal removal) {
  using Kind = Verdict::Kind;
  switch (removal) {
  case host::Removal::given_up:
    return {Kind::lost, "given up by the kernel"};
  case host::Removal::doubtful:
    return {Kind::doubtful, "the kernel log does not say why"};
  case host::Removal::disconnected:
    break;
  }
  const auto needed = host::noted_beneath(files, gone.device, incarnation);
  if (needed && host::is_one_gone(files, *needed))
    return {Kind::lost, "what it was connected over is gone or was replaced"};
  if (gone.endpoint.transport != base::Transport::rdma)
    return {Kind::meant, {}};
  if (!needed)
    return {Kind::doubtful, "the RDMA device that it was connected over is not known"};
  return {Kind::meant_unless_gone, {}};
}

void tell(const PlannerWorld& world, std::string_view id, const event::Event& lost,
          const std::string& text, std::map<std::string, std::string> fields) {
  fields.emplace("NVMF_SUBSYSNQN", lost.subsystem_nqn);
  fields.emplace("NVMF_TRADDR", to_text(lost.endpoint.traddr));
  fields.emplace(event_file_field, event_field_text(lost));
  world.journal.write({.priority = systemd::Priority::notice,
                       .message_id = id,
                       .message = fmt::format("{}: {}", event::to_line(lost), text),
                       .fields = std::move(fields)});
}

std::string policy_digest(const PlannerWorld& world) {
  const load::InForce in_force = load::load_in_force(world.files, load::LastGoodPlace::run_only);
  return in_force.policy ? in_force.policy->digest : std::string();
}

// How it can be had at once.
std::string resume_command(const event::Event& lost) {
  return lost.subsystem_nqn.empty()
             ? fmt::format("`nvmf-policy resume {}`", to_text(lost.endpoint.traddr))
             : fmt::format("`nvmf-policy resume {}`", lost.subsystem_nqn);
}

void keep_away(const PlannerWorld& world, const event::Event& lost, const std::string& digest,
               std::string_view why) {
  const auto noted = host::KeptAway(world.files).add(lost, digest);
  tell(world, systemd::message::controller_removed, lost,
       noted ? fmt::format("{}, kept away until the policy changes, the host boots or {}", why,
                           resume_command(lost))
             : fmt::format("{}, and that could not be noted: {}", why, noted.error().message),
       {{"NVMF_REASON", host::kept_away_reason}, {"NVMF_POLICY_DIGEST", digest}});
}

// True if it is to be planned again.
bool doubt(const PlannerWorld& world, const event::Event& lost, const std::string& digest,
           const Removed& removed, std::string_view why) {
  host::KeptAway kept_away(world.files);
  if (kept_away.was_doubted(lost, digest, removed.now)) {
    keep_away(world, lost, digest, "removed again within ten minutes without a reason");
    return false;
  }
  const auto noted = kept_away.doubt(lost, digest, removed.now);
  tell(world, systemd::message::controller_lost, lost,
       fmt::format("doubtful: {}; connected again in {}, now by {}", why,
                   base::format_duration(host::doubt_delay), resume_command(lost)) +
           (noted ? std::string() : ": " + noted.error().message),
       {{"NVMF_REASON", host::doubtful_reason}, {"NVMF_POLICY_DIGEST", digest}});
  return true;
}

// True if the executor is to look at it once more.
bool keep_away_unless_gone(const PlannerWorld& world, const event::ControllerGone& gone,
                           const Remembered& one, const std::string& digest,
                           const Removed& removed) {
  const auto needed = host::noted_beneath(world.files, gone.device, one.incarnation);
  const auto noted =
      host::KeptAway(world.files)
          .add_unless_gone(one.lost, digest, needed.value_or(std::vector<host::Needed>()),
                           removed.now);
  tell(world, systemd::message::controller_removed, one.lost,
       noted ? fmt::format(
                   "disconnected by hand, kept away unless its device is gone, too, until the "
                   "policy changes, the host boots or {}",
                   resume_command(one.lost))
             : "disconnected by hand, and that could not be noted: " + noted.error().message,
       {{"NVMF_REASON", host::kept_away_reason}, {"NVMF_POLICY_DIGEST", digest}});
  return true;
}

// Each path once: two sources may name it alike.
std::vector<Remembered> without_namesakes(std::vector<Remembered> found) {
  std::set<std::string> seen;
  std::erase_if(found, [&](const Remembered& one) {
    return !seen.insert(host::kept_away_path(host::kept_away_tid(one.lost), one.lost.subject))
                .second;
  });
  return found;
}

// A removal, and the policy by which its consequences hold.
struct Case {
  const PlannerWorld& world;
  const event::ControllerGone& gone;
  const Removed& removed;
  std::string digest;
};

// The consequence for each of the ways in which sources name the path; true if it is planned again.
bool follow(const Case& one_case, const std::vector<Remembered>& found, const Verdict& verdict) {
  const auto& [world, gone, removed, digest] = one_case;
  bool planned = false;
  for (const Remembered& one : without_namesakes(found))
    switch (verdict.kind) {
    case Verdict::Kind::lost:
      break;
    case Verdict::Kind::meant:
      keep_away(world, one.lost, digest, "disconnected by hand");
      break;
    case Verdict::Kind::meant_unless_gone:
      planned = keep_away_unless_gone(world, gone, one, digest, removed) || planned;
      break;
    case Verdict::Kind::doubtful:
      planned = doubt(world, one.lost, digest, removed, verdict.why) || planned;
      break;
    }
  return planned;
}

} // namespace

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

base::Result<void> keep_away_by_command(const PlannerWorld& world, const event::Event& lost) {
  const std::string digest = policy_digest(world);
  if (const auto noted = host::KeptAway(world.files).add(lost, digest); !noted)
    return noted;
  tell(world, systemd::message::controller_removed, lost,
       fmt::format(
           "`nvmf-policy disconnect`: kept away until the policy changes, the host boots or {}",
           resume_command(lost)),
       {{"NVMF_REASON", host::kept_away_reason}, {"NVMF_POLICY_DIGEST", digest}});
  return {};
}

std::vector<Remembered> remembered(const event::ControllerGone& gone,
                                   const std::vector<execute::State>& states,
                                   const DeviceIncarnations& incarnations) {
  std::vector<Remembered> all;
  for (const execute::State& state : states)
    for (const execute::PathRecord& record : state.paths)
      if (is_record_of(record, gone, incarnations))
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
      // Older than the registry entry of the controller that has the number now.
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
                                                const Removed& removed) {
  return forget_one_of_many(world, gone, removed,
                            {.states = read_states_naming(world.files, gone.device),
                             .policy_digest = [&world] { return policy_digest(world); }});
}

std::optional<LostController> forget_one_of_many(const PlannerWorld& world,
                                                 const event::ControllerGone& gone,
                                                 const Removed& removed, const Known& known) {
  const auto entry = host::read_registry_entry(world.files, gone.device);
  if (entry && entry->owner != host::registry_owner && entry->owner != host::firmware_owner)
    return std::nullopt;
  const auto found = remembered(gone, known.states,
                                {.handled = host::last_gone(world.files, gone.device),
                                 .present = host::incarnation_of(world.files, gone.device)});
  // The firmware's are ours where a session has them as paths.
  if (entry && entry->owner == host::firmware_owner && found.empty())
    return std::nullopt;
  // The entry of a controller that has the number since then stays.
  const bool is_ours = entry && (gone.seqnum == 0 || entry->seqnum.value_or(0) < gone.seqnum);
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
  const Verdict verdict = judge(world.files, gone, incarnation, removed.removal);
  if (verdict.kind != Verdict::Kind::lost) {
    // The executor disconnects discovery controllers itself, and takes them out of the registry
    // before it does.
    const bool is_planned = (lost.subject != base::Subject::discovery_controller || is_ours) &&
                            follow({world, gone, removed, known.policy_digest()}, found, verdict);
    host::forget_beneath(world.files, gone.device);
    if (is_planned)
      return LostController{.event = lost, .incarnation = incarnation};
    host::note_gone(world.files, gone.device, incarnation);
    return std::nullopt;
  }
  host::forget_beneath(world.files, gone.device);
  // A note is about a controller that went before this one came.
  for (const Remembered& one : found)
    (void)host::KeptAway(world.files).release(one.lost);
  tell(world, systemd::message::controller_lost, lost, std::string(verdict.why),
       {{"NVMF_DEVICE", gone.device}});
  return LostController{.event = lost, .incarnation = incarnation};
}

} // namespace nvmf::service
