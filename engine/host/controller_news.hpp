// Which controllers came, went or changed, as the kernel's events say: a look at all of sysfs costs
// milliseconds where there are thousands.
//
// Nothing about a directory of sysfs shows that it changed: neither its times nor its size. The
// number of events that the kernel has sent since boot (/sys/kernel/uevent_seqnum) does. Where as
// many have come here, everything that happened is known; where one is missing (the queue was full,
// it went to another network namespace, it is on its way) nothing is, until all is looked at again.
// lib/kobject_uevent.c numbers each event when the directory is there or gone, and sends it in the
// same call.
#pragma once

#include "base/fd.hpp"
#include "base/file_system.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::host {

class ControllerNews {
public:
  // Without the kernel's socket everything is always unknown. `files` must outlive it.
  explicit ControllerNews(const base::FileSystem& files);

  // The devices (`nvme3`) that events since the last call were about, some perhaps twice. Nothing:
  // it is not known; a look at all that begins now sees what the next call does not report.
  std::optional<std::vector<std::string>> take();

private:
  std::optional<std::uint64_t> sent_by_kernel() const;
  bool receive(std::vector<std::string>& devices);

  const base::FileSystem* files_;
  base::Fd socket_;
  std::optional<std::uint64_t> known_; // as many of the kernel's events are known
};

// The NVMe controller that a message of the kernel is about, `add@/devices/…/nvme3` and then
// `KEY=value`, each with its NUL; empty: it is about something else.
std::string controller_of_event(std::string_view message);

} // namespace nvmf::host
