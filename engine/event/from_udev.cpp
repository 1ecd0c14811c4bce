#include "event/from_udev.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "event/udev_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

using base::Transport;

std::optional<std::uint32_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint32_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

// NVMe base specification, "Asynchronous Event Request": type, information and log page.
bool is_discovery_log_change(std::uint32_t aen) {
  constexpr std::uint32_t notice = 2;
  constexpr std::uint32_t discovery_log_changed = 0xf0;
  constexpr std::uint32_t discovery_log_page = 0x70;
  return (aen & 7U) == notice && ((aen >> 8) & 0xffU) == discovery_log_changed &&
         ((aen >> 16) & 0xffU) == discovery_log_page;
}

Reading discovery_event(base::EventKind kind, const Properties& properties) {
  auto connected = read_connected_as(properties);
  if (!connected)
    return connected.error();
  return Event{.kind = kind,
               .subject = base::Subject::discovery_controller,
               .endpoint = connected->endpoint,
               .discovery_nqn = std::string(base::well_known_discovery_nqn),
               .udev = properties,
               .device = connected->device};
}

Reading removed_controller(const Properties& properties) {
  auto connected = read_connected_as(properties);
  if (!connected)
    return connected.error();
  if (connected->device.empty())
    return Malformed{"DEVNAME", "is missing"};
  std::uint64_t seqnum = 0;
  std::string_view const text = value_or_unset(properties, "SEQNUM");
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seqnum);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size()))
    return Malformed{"SEQNUM", fmt::format("`{}` is not a valid number", base::escaped(text))};
  return ControllerGone{
      .device = connected->device, .endpoint = connected->endpoint, .seqnum = seqnum};
}

Reading changed_controller(const Properties& properties) {
  if (std::string_view const aen = value_or_unset(properties, "NVME_AEN"); !aen.empty()) {
    auto const number = parse_number(aen);
    if (!number)
      return Malformed{"NVME_AEN", fmt::format("`{}` is not a valid number", base::escaped(aen))};
    if (!is_discovery_log_change(*number))
      return MustNotTrigger{"not a change of the discovery log"};
    return discovery_event(base::EventKind::discovery_log_changed, properties);
  }
  std::string_view const what = value_or_unset(properties, "NVME_EVENT");
  if (what == "rediscover")
    return discovery_event(base::EventKind::discovery_reconnected, properties);
  if (what == "connected")
    return MustNotTrigger{"a controller was started"};
  if (!what.empty())
    return MustNotTrigger{fmt::format("NVME_EVENT `{}`", base::escaped(what))};
  // `udevadm info` prints a device without an action: the event that this device would raise is
  // meant.
  if (value_or_unset(properties, "ACTION").empty())
    return discovery_event(base::EventKind::discovery_log_changed, properties);
  return MustNotTrigger{"not about a discovery log"};
}

Reading from_nvme(const Properties& properties) {
  std::string_view const transport = value_or_unset(properties, "NVME_TRTYPE");
  // Names of the kernel's two drivers for transports that are not fabrics (pci.c, apple.c).
  if (transport == "pcie" || transport == "apple-nvme")
    return MustNotTrigger{fmt::format("transport `{}` is not a fabric", transport)};
  std::string_view const action = value_or_unset(properties, "ACTION");
  if (action == "remove")
    return removed_controller(properties);
  if (action == "change" || action.empty())
    return changed_controller(properties);
  return MustNotTrigger{fmt::format("ACTION `{}`", base::escaped(action))};
}

Reading from_fc(const Properties& properties) {
  std::string_view const action = value_or_unset(properties, "ACTION");
  if (!action.empty() && action != "change")
    return MustNotTrigger{fmt::format("ACTION `{}`", base::escaped(action))};
  if (value_or_unset(properties, "FC_EVENT") != "nvmediscovery")
    return MustNotTrigger{"not an FC event of NVMe discovery"};
  auto const traddr = address_field(properties, "NVMEFC_TRADDR", Transport::fc);
  if (!traddr)
    return traddr.error();
  if (!*traddr)
    return Malformed{"NVMEFC_TRADDR", "is missing"};
  auto const host_traddr = address_field(properties, "NVMEFC_HOST_TRADDR", Transport::fc);
  if (!host_traddr)
    return host_traddr.error();
  if (!*host_traddr)
    return Malformed{"NVMEFC_HOST_TRADDR", "is missing"};
  return Event{
      .kind = base::EventKind::fc_discovery,
      .subject = base::Subject::discovery_controller,
      .endpoint = {.transport = Transport::fc, .traddr = *traddr, .host_traddr = *host_traddr},
      .discovery_nqn = std::string(base::well_known_discovery_nqn),
      .udev = properties};
}

} // namespace

Reading from_udev(const Properties& properties) {
  std::string_view const subsystem = value_or_unset(properties, "SUBSYSTEM");
  if (subsystem == "nvme")
    return from_nvme(properties);
  if (subsystem == "fc")
    return from_fc(properties);
  if (subsystem.empty())
    return Malformed{"SUBSYSTEM", "is missing"};
  return MustNotTrigger{fmt::format("subsystem `{}`", base::escaped(subsystem))};
}

namespace {

// The variables that systemd-udevd and the shell give each process beside the event's properties.
bool is_of_the_process(std::string_view name) {
  constexpr std::array process{"PATH",
                               "HOME",
                               "LANG",
                               "LANGUAGE",
                               "LOGNAME",
                               "USER",
                               "PWD",
                               "OLDPWD",
                               "SHELL",
                               "SHLVL",
                               "TERM",
                               "TMPDIR",
                               "_",
                               "TZ",
                               "INVOCATION_ID",
                               "JOURNAL_STREAM",
                               "NOTIFY_SOCKET",
                               "LISTEN_PID",
                               "MAIL",
                               "MAINPID",
                               "LISTEN_FDS",
                               "LISTEN_FDNAMES",
                               "SYSTEMD_EXEC_PID",
                               "WATCHDOG_PID",
                               "WATCHDOG_USEC",
                               "RUNTIME_DIRECTORY",
                               "STATE_DIRECTORY",
                               "CREDENTIALS_DIRECTORY",
                               "MEMORY_PRESSURE_WATCH",
                               "MEMORY_PRESSURE_WRITE",
                               "SYSTEMD_NSS_DYNAMIC_BYPASS"};
  return name.starts_with("LC_") ||
         std::find(process.begin(), process.end(), name) != process.end();
}

} // namespace

Properties properties_of_environment(const char* const* environment) {
  Properties properties;
  for (; environment && *environment; ++environment) {
    std::string_view const line = *environment;
    auto const equals = line.find('=');
    if (equals != std::string_view::npos && !is_of_the_process(line.substr(0, equals)))
      properties.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return properties;
}

} // namespace nvmf::event
