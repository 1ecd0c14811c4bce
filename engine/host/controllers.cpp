#include "host/controllers.hpp"

#include "base/local_trouble.hpp"
#include "event/controller_address.hpp"
#include "event/sysfs_device.hpp"
#include "host/registry.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

using base::OptionId;

std::optional<std::int64_t> parse_whole(const std::string& text) {
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

// Reads the attributes of one device.
class Reader {
public:
  Reader(const base::FileSystem& files, const std::string& device)
      : files_(files), device_(device) {}

  std::string text(const char* attribute) {
    auto value = event::read_device_attribute(files_, device_, attribute);
    note(value ? 0 : value.error().code);
    return value.value_or(std::string());
  }

  std::uint64_t incarnation() {
    auto const directory = files_.status(std::string(event::nvme_class_directory) + '/' + device_);
    note(directory ? 0 : directory.error().code);
    return directory ? directory->inode : 0;
  }

  // The errno of a value that could not be read for want of descriptors or memory; else 0.
  int trouble() const { return trouble_; }

  // `off` is what sysfs prints for -1 (drivers/nvme/host/sysfs.c).
  void take_number(decide::Controller& controller, OptionId option, const char* attribute,
                   std::int64_t added) {
    std::string const value = text(attribute);
    if (value == "off")
      controller.connect[option] = std::int64_t{-1};
    else if (auto const number = parse_whole(value))
      controller.connect[option] = *number + added;
  }

  void take_options(decide::Controller& controller) {
    if (!controller.is_discovery()) {
      // queue_count has the admin queue, sqsize is zero-based.
      take_number(controller, OptionId::nr_io_queues, "queue_count", -1);
      take_number(controller, OptionId::queue_size, "sqsize", 1);
    }
    take_number(controller, OptionId::keep_alive_tmo, "kato", 0);
    take_number(controller, OptionId::ctrl_loss_tmo, "ctrl_loss_tmo", 0);
    take_number(controller, OptionId::reconnect_delay, "reconnect_delay", 0);
    take_number(controller, OptionId::fast_io_fail_tmo, "fast_io_fail_tmo", 0);
  }

private:
  void note(int code) {
    if (base::is_local_trouble(code))
      trouble_ = code;
  }

  const base::FileSystem& files_;
  const std::string& device_;
  int trouble_ = 0;
};

// With what could be read of it.
std::optional<decide::Controller> read_with(Reader& reader, const base::FileSystem& files,
                                            const std::string& device) {
  auto const transport = base::parse_transport(reader.text("transport"));
  if (!transport)
    return std::nullopt;
  auto address = event::parse_controller_address(*transport, reader.text("address"));
  decide::Controller controller{.device = device,
                                .state = reader.text("state"),
                                .type = base::parse_controller_type(reader.text("cntrltype")),
                                .endpoint = std::move(address.endpoint),
                                .src_addr = std::move(address.src_addr),
                                .subsystem_nqn = reader.text("subsysnqn"),
                                .host_nqn = reader.text("hostnqn"),
                                .hostid = reader.text("hostid"),
                                .incarnation = reader.incarnation()};
  reader.take_options(controller);
  if (auto const entry = read_registry_entry(files, device))
    controller.owner = entry->owner;
  // Gone while it was read: the values are a part of it, or of two of them.
  if (controller.state.empty() || reader.text("state").empty())
    return std::nullopt;
  return controller;
}

} // namespace

base::Result<std::optional<decide::Controller>> look_at_controller(const base::FileSystem& files,
                                                                   const std::string& device) {
  if (!event::is_device_name(device))
    return std::nullopt;
  Reader reader(files, device);
  auto controller = read_with(reader, files, device);
  if (reader.trouble() != 0)
    return base::errno_failure(device, reader.trouble());
  return controller;
}

std::optional<decide::Controller> read_controller(const base::FileSystem& files,
                                                  const std::string& device) {
  return look_at_controller(files, device).value_or(std::nullopt);
}

std::uint64_t incarnation_of(const base::FileSystem& files, const std::string& device) {
  auto const directory = files.status(std::string(event::nvme_class_directory) + '/' + device);
  return directory ? directory->inode : 0;
}

std::vector<decide::Controller> read_controllers(const base::FileSystem& files) {
  auto names = files.list(event::nvme_class_directory);
  std::vector<decide::Controller> controllers;
  if (!names)
    return controllers;
  std::stable_sort(names->begin(), names->end(), [](const std::string& a, const std::string& b) {
    return a.size() < b.size(); // by number: nvme2 before nvme10
  });
  for (const std::string& name : *names)
    if (auto controller = read_controller(files, name))
      controllers.push_back(std::move(*controller));
  return controllers;
}

} // namespace nvmf::host
