// One connect, from the host's write lock to the registry entry. Runs on the writer thread: it
// blocks as long as the kernel does.
//
//   lock /run/nvmf/write.lock → adopt what a killed writer left → look at sysfs again → intent →
//   write → read the answer → registry → intent away → unlock
//
// The lock is held over all of it, so that no two sources of the host make the same path, whatever
// their host sides.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/secret.hpp"
#include "decide/facts.hpp"
#include "execute/intent.hpp"
#include "execute/live_controllers.hpp"
#include "fabrics/error_class.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/secret_source.hpp"
#include "plan/plan.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::execute {

// A file for each portal that did not answer a write: when it was asked, in milliseconds since
// boot.
inline constexpr std::string_view silent_directory = "/run/nvmf/silent";

struct WriteRequest {
  // `suspect`: this path was found to accept without answering. At most one such write per host
  // and slow-delay.
  enum class Lane : std::uint8_t { usual, suspect };
  std::string id; // of the hand-over
  plan::Item item;
  Stay stay = Stay::persistent;
  fabrics::FailedAttempt::Probe probe = fabrics::FailedAttempt::Probe::not_made;
  Lane lane = Lane::usual;
  // Of the policy that wants it: a mark of an administrator under it keeps the path away. Empty:
  // no policy is asked.
  std::string policy_digest;
};

struct WriteOutcome {
  enum class Kind : std::uint8_t {
    connected,    // we made it
    connected_by, // it is there already, as `device`
    failed,       // `error_class`, `reason`
    postponed,    // another unresponsive target had its turn; again after `wait`
    cancelled,    // stopped before anything was written
    kept_away,    // an administrator wants it away; a controller made meanwhile is ended
  };
  Kind kind = Kind::failed;
  std::string device;
  std::uint64_t incarnation = 0; // of the controller `device`
  fabrics::ErrorClass error_class = fabrics::ErrorClass::unreachable;
  std::string reason;
  base::Duration took{};
  base::Duration wait{};
  std::string secrets; // fingerprint of where the secrets came from, never of what they are
};

class ConnectWriter {
public:
  struct World {
    base::FileSystem& files;
    fabrics::FabricsPort& port;
    fabrics::SecretSource& secrets;
    const base::Clock& clock;
    std::string root; // before the path of the lock
    // Interfaces and addresses of now.
    std::function<std::optional<std::vector<decide::Interface>>()> interfaces;
    // Which controllers changed; none: each write looks at all.
    LiveControllers::News news = nullptr;
  };
  explicit ConnectWriter(World world);

  WriteOutcome write(const WriteRequest& request);
  // Disconnects a discovery controller that we made, with the lock held. Numbers are used again
  // while this waits for the lock: what is no longer the discovery controller of `tid` is left
  // alone.
  base::Result<void> disconnect(const std::string& device, const plan::Tid& tid,
                                std::uint64_t incarnation);

  // Puts a path of the firmware's table that has no owner into the registry as the firmware's.
  base::Result<void> adopt_firmware_path(const std::string& device);

  // Settles what a killed writer left behind, without writing anything new.
  void adopt();

  // From another thread: nothing is begun any more.
  void cancel() { cancelled_ = true; }

private:
  WriteOutcome write_if_nobody_writes(const WriteRequest& request);
  WriteOutcome write_locked(const WriteRequest& request);
  std::optional<WriteOutcome> obstacle(const WriteRequest& request);
  WriteOutcome connect(const WriteRequest& request, const fabrics::ResolvedSecrets& secrets);
  WriteOutcome settle(const WriteRequest& request, const fabrics::ConnectAnswer& answer);
  bool is_kept_away(const WriteRequest& request) const;
  base::Result<void> end_unwanted(const std::string& device, std::uint64_t incarnation);
  WriteOutcome found_by_kernel(const WriteRequest& request, WriteOutcome outcome);
  base::Result<void> adopt_left_overs();
  std::optional<base::Duration> silent_turn_in(const plan::Retry& retry) const;
  void take_silent_turn();
  std::optional<base::Duration> remaining(const std::string& path, base::Duration period) const;
  void mark_now(const std::string& path);

  World world_;
  LiveControllers live_;
  std::optional<decide::KernelOptions> kernel_options_;
  std::atomic<bool> cancelled_ = false;
};

} // namespace nvmf::execute
