#include "event/uevents.hpp"

#include <algorithm>
#include <cerrno>
#include <libudev.h>
#include <limits>
#include <poll.h>

namespace nvmf::event {

namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Udev = std::unique_ptr<udev, Release<udev_unref>>;
using Monitor = std::unique_ptr<udev_monitor, Release<udev_monitor_unref>>;
using UdevDevice = std::unique_ptr<udev_device, Release<udev_device_unref>>;

Properties properties_of(udev_device* device) {
  Properties properties;
  udev_list_entry* entry = nullptr;
  udev_list_entry_foreach(entry, udev_device_get_properties_list_entry(device)) {
    const char* const value = udev_list_entry_get_value(entry);
    properties.emplace(udev_list_entry_get_name(entry), value != nullptr ? value : "");
  }
  return properties;
}

class UdevMonitor final : public UeventSource {
public:
  UdevMonitor(Udev udev, Monitor monitor) : udev_(std::move(udev)), monitor_(std::move(monitor)) {}

  base::Result<std::optional<Properties>> next(base::Duration wait) override {
    pollfd ready{.fd = udev_monitor_get_fd(monitor_.get()), .events = POLLIN, .revents = 0};
    auto const most = base::Duration(std::numeric_limits<int>::max());
    int const timeout = wait == base::infinite_duration
                            ? -1
                            : static_cast<int>(std::clamp(wait, base::Duration(0), most).count());
    int const count = poll(&ready, 1, timeout);
    if (count < 0 && errno != EINTR)
      return base::errno_failure("waiting for events", errno);
    if (count <= 0)
      return std::nullopt;
    UdevDevice const device(udev_monitor_receive_device(monitor_.get()));
    // A message that is not udev's, or that the filter sorts out.
    if (!device)
      return std::nullopt;
    return properties_of(device.get());
  }

private:
  Udev udev_;
  Monitor monitor_;
};

} // namespace

base::Result<std::unique_ptr<UeventSource>> watch_udev() {
  Udev udev(udev_new());
  if (!udev)
    return base::errno_failure("udev", errno);
  Monitor monitor(udev_monitor_new_from_netlink(udev.get(), "udev"));
  if (!monitor)
    return base::errno_failure("udev's events", errno);
  for (const char* const subsystem : {"nvme", "fc"})
    if (udev_monitor_filter_add_match_subsystem_devtype(monitor.get(), subsystem, nullptr) < 0)
      return base::failure("udev's events cannot be filtered");
  if (int const error = udev_monitor_enable_receiving(monitor.get()); error < 0)
    return base::errno_failure("udev's events", -error);
  return std::make_unique<UdevMonitor>(std::move(udev), std::move(monitor));
}

} // namespace nvmf::event
