#include "cli/recorder.hpp"

#include "event/event.hpp"
#include "event/sysfs_device.hpp"

namespace nvmf::cli {

namespace {

// The kind of an event; empty for one that must not trigger.
struct KindOf {
  std::string operator()(const event::Event& event) const {
    return std::string(to_string(event.kind));
  }
  std::string operator()(const event::MustNotTrigger&) const { return {}; }
  std::string operator()(const event::ControllerGone&) const { return "controller-gone"; }
  std::string operator()(const event::Malformed&) const { return "malformed"; }
};

// `nvme0` of `/dev/nvme0`; empty if it is not such a name.
std::string device_of(const event::Properties& properties) {
  const auto found = properties.find("DEVNAME");
  if (found == properties.end())
    return {};
  const std::string name = found->second.substr(found->second.rfind('/') + 1);
  return event::is_device_name(name) ? name : std::string();
}

} // namespace

std::optional<RecordedEvent> recorded(const event::Properties& properties) {
  RecordedEvent event{.name = std::visit(KindOf{}, event::from_udev(properties)), .text = {}};
  if (event.name.empty())
    return std::nullopt;
  if (const std::string device = device_of(properties); !device.empty())
    event.name += '-' + device;
  for (const auto& [name, value] : properties)
    if (value.find('\n') == std::string::npos)
      event.text += name + '=' + value + '\n';
  return event;
}

base::Result<std::size_t>
record_events(event::UeventSource& source, const RecordLimits& limits, const base::Clock& clock,
              const std::function<base::Result<void>(const RecordedEvent&)>& keep) {
  const base::Duration begin = clock.since_boot();
  std::size_t count = 0;
  while (!limits.count || count < *limits.count) {
    base::Duration left = base::infinite_duration;
    if (limits.timeout != base::infinite_duration) {
      left = limits.timeout - (clock.since_boot() - begin);
      if (left <= base::Duration(0))
        break;
    }
    const auto properties = source.next(left);
    if (!properties)
      return tl::unexpected(properties.error());
    const auto event = *properties ? recorded(**properties) : std::nullopt;
    if (!event)
      continue;
    if (const auto kept = keep(*event); !kept)
      return tl::unexpected(kept.error());
    ++count;
  }
  return count;
}

} // namespace nvmf::cli
