// The kernel's side of NVMe over Fabrics as files below a root, for programs that run with `--root`
// and this library preloaded: what /dev/nvme-fabrics, admin commands and /dev/kmsg answer.
//
//   sys/class/nvme, sys/devices/virtual/nvme-fabrics/ctl   controllers, as sysfs shows them
//   dev/nvmeN            a controller's device
//   fake/logs/A_S        the discovery log page of the controller at address A, service S
//   fake/fail/A          connects to address A, of the kernel and by TCP, fail with the errno in it
//   fake/asked           a line for each connect that has come, before its turn
//   fake/connects        a line for each controller that was made: its device and its path
//   fake/paths/PATH      the device of a connected path: the same one again is EALREADY
//   fake/kmsg            the kernel's log, a message a line
//   fake/uevents         the kernel's events, a line each, numbered by sys/kernel/uevent_seqnum
//   fake/counts/PROGRAM.PID   counters of one process (preload.cpp)
//
// A process that is killed in a write to the kernel is gone when the kernel has finished it, and
// not before: another process makes the controller, with the descriptors, and so the locks, of the
// one that asked.
//
// Processes take turns by fake/lock, as the kernel's mutex has them do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux/nvme_ioctl.h>
#include <string>
#include <string_view>

namespace fake {

struct Answer {
  int error = 0; // errno; 0: `text` is what the device reads
  std::string text;
};

class Kernel {
public:
  explicit Kernel(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }
  std::string events_path() const { return root_ + "/fake/uevents"; }
  std::string log_path() const { return root_ + "/fake/kmsg"; }

  static std::string known_options();
  // A write to /dev/nvme-fabrics.
  Answer connect(std::string_view options);
  // The errno with which connects to the address fail; 0: it answers.
  int failure_of(const std::string& address) const;
  // A controller goes; the log has `reason` before, unless it is empty. 0 or an errno.
  int remove(const std::string& device, std::string_view reason);
  // An admin command for the controller whose log page is `log` (below fake/logs). The NVMe status.
  int admin(const std::string& log, const nvme_passthru_cmd& command) const;

private:
  Answer make_controller(std::string_view options);
  int remove_controller(const std::string& device, std::string_view reason);
  void say(std::string_view message) const;
  void send_event(const char* action, const std::string& device) const;

  std::string root_;
};

} // namespace fake
