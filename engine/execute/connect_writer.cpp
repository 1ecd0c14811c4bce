#include "execute/connect_writer.hpp"

#include "base/digest.hpp"
#include "base/local_trouble.hpp"
#include "execute/file_lock.hpp"
#include "execute/log_reader.hpp"
#include "fabrics/option_string.hpp"
#include "host/beneath.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "host/removal.hpp"
#include "host/run_paths.hpp"
#include "plan/identity.hpp"
#include "plan/same_path.hpp"
#include "plan/settings.hpp"

#include <cerrno>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace nvmf::execute {

namespace {

using fabrics::ErrorClass;

// When the last write to an unresponsive target was begun, in milliseconds since boot.
constexpr std::string_view silent_turn_path = "/run/nvmf/silent-turn";
// Until a write to a suspect is thought of again while others write.
constexpr base::Duration after_others = std::chrono::seconds(1);

std::string silent_mark(const plan::Tid& tid) {
  constexpr std::size_t name_length = 16;
  return fmt::format("{}/{}", silent_directory,
                     base::sha256_hex(tid.endpoint->port_key()).substr(0, name_length));
}

WriteOutcome failed(ErrorClass error_class, std::string reason) {
  return {
      .kind = WriteOutcome::Kind::failed, .error_class = error_class, .reason = std::move(reason)};
}

// Why the secrets could not be resolved: they are not there, they can never be used, or nobody
// knows.
ErrorClass class_of_secret_error(int code) {
  if (base::is_local_trouble(code))
    return ErrorClass::local;
  return code == EOPNOTSUPP || code == EINVAL ? ErrorClass::invalid
                                              : ErrorClass::secret_unavailable;
}

ErrorClass class_of_device_error(int code) {
  if (base::is_local_trouble(code))
    return ErrorClass::local;
  return code == EACCES || code == EPERM ? ErrorClass::not_permitted : ErrorClass::no_device;
}

// `nvme_tcp`; every transport's module has its directory there while it is loaded.
fabrics::FailedAttempt::Module module_of(const base::FileSystem& files, base::Transport transport) {
  using Module = fabrics::FailedAttempt::Module;
  auto const there = files.status(fmt::format("/sys/module/nvme_{}", to_string(transport)));
  return !there && there.error().code == ENOENT ? Module::missing : Module::unknown;
}

// The address was the firmware's by DHCP, and this host does not have it (any more): LANGUAGE
// "Firmware".
bool is_without_its_lease(const plan::Item& item, const fabrics::ConnectAnswer& answer) {
  return !answer.result && answer.result.error().code == EADDRNOTAVAIL && item.firmware &&
         item.firmware->address_may_have_moved && item.tid.endpoint->host_traddr;
}

WriteRequest without_host_traddr(WriteRequest request) {
  request.item.tid.endpoint->host_traddr.reset();
  return request;
}

// The one controller that the write of this intent can have made; none where it made none, or where
// nobody can tell it from another.
const decide::Controller* made_after(const Intent& intent, const decide::Facts& facts) {
  const decide::Controller* made = nullptr;
  for (const decide::Controller& controller : *facts.controllers) {
    bool const is_older = intent.newest != 0 && controller.incarnation != 0 &&
                          controller.incarnation <= intent.newest;
    if (is_older || !controller.counts_as_connected() ||
        !plan::same_path(intent.tid, controller, facts.interfaces))
      continue;
    if (made)
      return nullptr;
    made = &controller;
  }
  return made;
}

} // namespace

ConnectWriter::ConnectWriter(World world)
    : world_(std::move(world)), live_(world_.files, world_.news) {}

WriteOutcome ConnectWriter::write(const WriteRequest& request) {
  if (request.lane == WriteRequest::Lane::suspect)
    return write_if_nobody_writes(request);
  auto lock = FileLock::wait(world_.root + std::string(host::write_lock));
  if (cancelled_)
    return {.kind = WriteOutcome::Kind::cancelled};
  if (!lock && lock.error().code == EINTR)
    return failed(ErrorClass::busy, "interrupted");
  if (!lock)
    return failed(ErrorClass::local, lock.error().message);
  return write_locked(request);
}

// A target that may block the kernel for a minute never goes before another source's paths that
// answer.
WriteOutcome ConnectWriter::write_if_nobody_writes(const WriteRequest& request) {
  auto lock = FileLock::attempt(world_.root + std::string(host::write_lock));
  if (cancelled_)
    return {.kind = WriteOutcome::Kind::cancelled};
  if (!lock)
    return failed(ErrorClass::local, lock.error().message);
  if (!*lock)
    return {.kind = WriteOutcome::Kind::postponed, .wait = after_others};
  return write_locked(request);
}

WriteOutcome ConnectWriter::write_locked(const WriteRequest& request) {
  // An intent of this write would take the place of one that is left over.
  if (auto const adopted = adopt_left_overs(); !adopted)
    return failed(ErrorClass::local, adopted.error().message);
  if (auto outcome = obstacle(request))
    return *outcome;
  WriteRequest writable = request;
  plan::leave_out_unasked(writable.item.connect, *kernel_options_);
  std::string fingerprint = fabrics::secret_fingerprint(writable.item, world_.secrets);
  auto const secrets = fabrics::resolve_secrets(writable.item, world_.secrets);
  WriteOutcome outcome =
      secrets ? connect(writable, *secrets)
              : failed(class_of_secret_error(secrets.error().code), secrets.error().message);
  outcome.secrets = std::move(fingerprint);
  return outcome;
}

// The objection of the latest look at the host to the write; nothing if it may be made.
std::optional<WriteOutcome> ConnectWriter::obstacle(const WriteRequest& request) {
  if (is_kept_away(request))
    return WriteOutcome{.kind = WriteOutcome::Kind::kept_away};
  auto const looked = live_.look(request.item.tid);
  if (!looked)
    return failed(ErrorClass::local, looked.error().message);
  decide::Facts& facts = **looked;
  if (!request.item.tid.endpoint->host_iface.empty())
    facts.interfaces = world_.interfaces();
  if (const decide::Controller* live =
          plan::connected_as(request.item.tid, facts, plan::serving_as(request.item)))
    return WriteOutcome{.kind = WriteOutcome::Kind::connected_by,
                        .device = live->device,
                        .incarnation = live->incarnation,
                        .reason = live->owner ? "owner " + *live->owner : std::string()};
  plan::ResolvedIdentity const identity{.host_nqn = request.item.tid.host_nqn,
                                        .hostid = request.item.tid.hostid};
  if (auto conflict = plan::identity_conflict(identity, facts))
    return failed(ErrorClass::identity_conflict, *conflict);
  if (!kernel_options_) {
    auto options = world_.port.kernel_options();
    if (!options)
      return failed(class_of_device_error(options.error().code), options.error().message);
    kernel_options_ = std::move(*options);
  }
  plan::Item asked = request.item;
  plan::leave_out_unasked(asked.connect, *kernel_options_);
  auto const missing = fabrics::missing_options(asked, *kernel_options_);
  if (!missing.empty())
    return failed(ErrorClass::invalid,
                  fmt::format("kernel-option-missing: {}", fmt::join(missing, ", ")));
  if (request.lane == WriteRequest::Lane::suspect)
    if (auto wait = silent_turn_in(request.item.retry))
      return WriteOutcome{.kind = WriteOutcome::Kind::postponed, .wait = *wait};
  if (request.lane == WriteRequest::Lane::usual &&
      remaining(silent_mark(request.item.tid), request.item.retry.slow_delay))
    return failed(ErrorClass::hung, "did not answer a short while ago");
  return std::nullopt;
}

WriteOutcome ConnectWriter::connect(const WriteRequest& request,
                                    const fabrics::ResolvedSecrets& secrets) {
  auto const text = fabrics::option_string(request.item, secrets);
  if (!text)
    return failed(ErrorClass::invalid, text.error().message);
  auto const intent = write_intent(world_.files, {.id = request.id,
                                                  .stay = request.stay,
                                                  .tid = request.item.tid,
                                                  .newest = live_.newest_incarnation(),
                                                  .policy_digest = request.policy_digest});
  // Without an intent a kill would leave an orphan: better no connection than that.
  if (!intent)
    return failed(ErrorClass::local, intent.error().message);
  if (request.lane == WriteRequest::Lane::suspect)
    take_silent_turn();
  if (cancelled_) {
    remove_intent(world_.files, *intent);
    return {.kind = WriteOutcome::Kind::cancelled};
  }
  fabrics::ConnectAnswer const answer = world_.port.connect(*text);
  if (is_without_its_lease(request.item, answer)) {
    remove_intent(world_.files, *intent);
    return connect(without_host_traddr(request), secrets);
  }
  WriteOutcome outcome = settle(request, answer);
  bool const was_silent =
      outcome.kind == WriteOutcome::Kind::failed && outcome.error_class == ErrorClass::hung;
  // A target that answers, in whatever words, has not taken the turn of an unresponsive one.
  if (request.lane == WriteRequest::Lane::suspect && !was_silent)
    (void)world_.files.remove(std::string(silent_turn_path));
  remove_intent(world_.files, *intent);
  return outcome;
}

WriteOutcome ConnectWriter::settle(const WriteRequest& request,
                                   const fabrics::ConnectAnswer& answer) {
  WriteOutcome outcome{.took = answer.took};
  if (answer.result) {
    outcome.kind = WriteOutcome::Kind::connected;
    (void)world_.files.remove(silent_mark(request.item.tid));
    outcome.device = answer.result->device();
    outcome.incarnation = host::incarnation_of(world_.files, outcome.device);
    // A mark that comes from now on is made by a command that finds it in sysfs, and ends it there.
    if (is_kept_away(request) && end_unwanted(outcome.device, outcome.incarnation)) {
      outcome.kind = WriteOutcome::Kind::kept_away;
      return outcome;
    }
    host::note_beneath(world_.files, outcome.device, outcome.incarnation,
                       request.item.tid.endpoint->transport);
    std::string_view const owner =
        request.item.firmware ? host::firmware_owner : host::registry_owner;
    if (auto noted = host::write_registry_entry(world_.files, outcome.device, owner); !noted)
      outcome.reason = "no registry entry: " + noted.error().message;
    if (request.item.subject == base::Subject::discovery_controller)
      host::write_controller_note(world_.files, outcome.device,
                                  {.id = request.id, .stay = request.stay});
    else
      live_.made(request.item.tid, outcome.device, outcome.incarnation);
    return outcome;
  }
  auto classified =
      fabrics::classify({.code = answer.result.error().code,
                         .took = answer.took,
                         .probe = request.probe,
                         .transport = request.item.tid.endpoint->transport,
                         .module = module_of(world_.files, request.item.tid.endpoint->transport),
                         .kernel_log = answer.kernel_log});
  outcome.error_class = classified.error_class;
  outcome.reason = std::move(classified.reason);
  if (classified.error_class == ErrorClass::already_connected)
    return found_by_kernel(request, std::move(outcome));
  if (classified.error_class == ErrorClass::hung) {
    take_silent_turn();
    if (world_.files.make_directories(std::string(silent_directory), 0700))
      mark_now(silent_mark(request.item.tid));
  }
  return outcome;
}

// `nvmf-policy disconnect` marks a path first, and then ends what is connected: a write that was in
// the kernel at that time is this one's to end.
bool ConnectWriter::is_kept_away(const WriteRequest& request) const {
  return !request.policy_digest.empty() &&
         host::KeptAway(world_.files).holds(request.item, request.policy_digest);
}

// The planner, which hears of it at once, finds nothing to judge.
base::Result<void> ConnectWriter::end_unwanted(const std::string& device,
                                               std::uint64_t incarnation) {
  host::note_gone(world_.files, device, incarnation);
  auto done = world_.port.disconnect(device);
  if (!done && done.error().code != ENOENT)
    return done;
  return {};
}

// The kernel has the path although sysfs did not show it a moment ago: it is being set up or torn
// down.
WriteOutcome ConnectWriter::found_by_kernel(const WriteRequest& request, WriteOutcome outcome) {
  auto const looked = live_.look(request.item.tid);
  if (looked)
    (*looked)->interfaces = world_.interfaces();
  const decide::Controller* live =
      looked ? plan::connected_as(request.item.tid, **looked, plan::serving_as(request.item))
             : nullptr;
  if (live) {
    outcome.kind = WriteOutcome::Kind::connected_by;
    outcome.device = live->device;
    outcome.incarnation = live->incarnation;
    return outcome;
  }
  outcome.error_class = ErrorClass::busy;
  outcome.reason = "the kernel has this path and does not show it";
  return outcome;
}

base::Result<void> ConnectWriter::disconnect(const std::string& device, const plan::Tid& tid,
                                             std::uint64_t incarnation) {
  auto lock = FileLock::wait(world_.root + std::string(host::write_lock));
  // A stop interrupts the writes that wait; this one ends something.
  while (!lock && lock.error().code == EINTR)
    lock = FileLock::wait(world_.root + std::string(host::write_lock));
  if (!lock)
    return tl::unexpected(lock.error());
  auto const controller = host::look_at_controller(world_.files, device);
  if (!controller)
    return tl::unexpected(controller.error());
  if (!*controller || !is_discovery_controller_of(tid, **controller))
    return {};
  // Another one has the number now, perhaps of the same endpoint.
  if (incarnation != 0 && (*controller)->incarnation != incarnation)
    return {};
  // First, so that the planner, which hears of it at once, finds a controller that nobody remembers
  // and not one that was lost.
  (void)host::remove_registry_entry(world_.files, device, 0);
  host::remove_controller_note(world_.files, device);
  auto done = world_.port.disconnect(device);
  if (!done && done.error().code != ENOENT)
    return done;
  return {};
}

void ConnectWriter::adopt() {
  auto const lock = FileLock::wait(world_.root + std::string(host::write_lock));
  if (lock && !cancelled_)
    (void)adopt_left_overs();
}

base::Result<void> ConnectWriter::adopt_firmware_path(const std::string& device) {
  auto const lock = FileLock::wait(world_.root + std::string(host::write_lock));
  if (!lock)
    return tl::unexpected(lock.error());
  if (host::read_registry_entry(world_.files, device))
    return {};
  return host::write_registry_entry(world_.files, device, host::firmware_owner);
}

// The write lock is held, so the writer of these intents is dead, and the kernel has finished with
// its writes: a thread inside the kernel would still hold the lock.
base::Result<void> ConnectWriter::adopt_left_overs() {
  for (const FoundIntent& found : left_over_intents(world_.files)) {
    auto const looked = live_.look(found.intent.tid);
    if (!looked)
      return tl::unexpected(looked.error());
    const decide::Controller* const live = made_after(found.intent, **looked);
    if (live && !live->owner) {
      bool const is_unwanted =
          is_kept_away({.id = found.intent.id,
                        .item = {.subject = found.intent.stay == Stay::transient
                                                ? base::Subject::discovery_controller
                                                : base::Subject::io_subsystem,
                                 .tid = found.intent.tid},
                        .policy_digest = found.intent.policy_digest});
      if (is_unwanted || found.intent.stay == Stay::transient) {
        (void)end_unwanted(live->device, live->incarnation);
      } else {
        host::note_beneath(world_.files, live->device, live->incarnation, live->endpoint.transport);
        (void)host::write_registry_entry(world_.files, live->device);
      }
    }
    remove_intent(world_.files, found.path);
  }
  return {};
}

std::optional<base::Duration> ConnectWriter::silent_turn_in(const plan::Retry& retry) const {
  return remaining(std::string(silent_turn_path), retry.slow_delay);
}

void ConnectWriter::take_silent_turn() { mark_now(std::string(silent_turn_path)); }

// The rest of `period` since the file was marked; nothing if it is over.
std::optional<base::Duration> ConnectWriter::remaining(const std::string& path,
                                                       base::Duration period) const {
  auto const text = world_.files.read(path, 64);
  std::int64_t last = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), last).ec != std::errc())
    return std::nullopt;
  base::Duration const since = world_.clock.since_boot() - base::Duration(last);
  if (since < base::Duration(0) || since >= period)
    return std::nullopt;
  return period - since;
}

void ConnectWriter::mark_now(const std::string& path) {
  (void)world_.files.write_atomically(path, std::to_string(world_.clock.since_boot().count()),
                                      0600);
}

} // namespace nvmf::execute
