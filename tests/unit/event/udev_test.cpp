#include "event/from_udev.hpp"

#include "base/nqn.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using event::ControllerGone;
using event::Event;
using event::Malformed;
using event::MustNotTrigger;
using event::Properties;

namespace {

// The properties that 6.12 sends for an AEN of a discovery controller.
Properties aen() {
  return {{"ACTION", "change"},
          {"SUBSYSTEM", "nvme"},
          {"DEVPATH", "/devices/virtual/nvme-fabrics/ctl/nvme0"},
          {"DEVNAME", "/dev/nvme0"},
          {"SEQNUM", "2049"},
          {"NVME_AEN", "0x70f002"},
          {"NVME_TRTYPE", "tcp"},
          {"NVME_TRADDR", "10.20.1.10"},
          {"NVME_TRSVCID", "8009"},
          {"NVME_HOST_TRADDR", "none"},
          {"NVME_HOST_IFACE", "none"}};
}

Properties fc() {
  return {{"ACTION", "change"},
          {"SUBSYSTEM", "fc"},
          {"DEVPATH", "/devices/virtual/fc/fc_udev_device"},
          {"FC_EVENT", "nvmediscovery"},
          {"NVMEFC_HOST_TRADDR", "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"},
          {"NVMEFC_TRADDR", "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45"}};
}

// `without` removes a property, everything else sets it.
constexpr const char* without = "\1";
Properties with(Properties properties,
                std::initializer_list<std::pair<const char*, const char*>> changes) {
  for (auto const& [name, value] : changes)
    if (value == without)
      properties.erase(name);
    else
      properties[name] = value;
  return properties;
}

} // namespace

TEST_CASE("an AEN of the discovery log") {
  Properties const properties = aen();
  auto const reading = event::from_udev(properties);
  REQUIRE(std::holds_alternative<Event>(reading));
  CHECK(std::get<Event>(reading) ==
        Event{.kind = base::EventKind::discovery_log_changed,
              .subject = base::Subject::discovery_controller,
              .endpoint = {.transport = base::Transport::tcp,
                           .traddr = base::Traddr::parse_any("10.20.1.10"),
                           .trsvcid = 8009},
              .discovery_nqn = std::string(base::well_known_discovery_nqn),
              .udev = properties,
              .device = "nvme0"});
}

TEST_CASE("events that trigger") {
  struct Row {
    const char* name;
    Properties properties;
    base::EventKind kind;
    const char* shown; // traddr trsvcid host-traddr host-iface device
  };
  using base::EventKind;
  const Row rows[] = {
      {"upper-case hex", with(aen(), {{"NVME_AEN", "0X70F002"}}), EventKind::discovery_log_changed,
       "10.20.1.10 8009 - - nvme0"},
      {"decimal", with(aen(), {{"NVME_AEN", "7401474"}}), EventKind::discovery_log_changed,
       "10.20.1.10 8009 - - nvme0"},
      {"reserved bits say nothing", with(aen(), {{"NVME_AEN", "0xff70f0fa"}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 - - nvme0"},
      {"host side set",
       with(aen(), {{"NVME_HOST_TRADDR", "10.20.1.77"}, {"NVME_HOST_IFACE", "ens1f0"}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 10.20.1.77 ens1f0 nvme0"},
      {"host side empty", with(aen(), {{"NVME_HOST_TRADDR", ""}, {"NVME_HOST_IFACE", ""}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 - - nvme0"},
      {"kernel before 5.14",
       with(aen(), {{"NVME_HOST_TRADDR", without}, {"NVME_HOST_IFACE", without}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 - - nvme0"},
      {"no service id", with(aen(), {{"NVME_TRSVCID", without}}), EventKind::discovery_log_changed,
       "10.20.1.10 8009 - - nvme0"},
      {"no service id, rdma", with(aen(), {{"NVME_TRSVCID", "none"}, {"NVME_TRTYPE", "rdma"}}),
       EventKind::discovery_log_changed, "10.20.1.10 4420 - - nvme0"},
      {"the kernel's own DEVNAME", with(aen(), {{"DEVNAME", "nvme12"}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 - - nvme12"},
      {"no DEVNAME", with(aen(), {{"DEVNAME", without}}), EventKind::discovery_log_changed,
       "10.20.1.10 8009 - - -"},
      {"ipv6", with(aen(), {{"NVME_TRADDR", "FD20:A:0::10"}}), EventKind::discovery_log_changed,
       "fd20:a::10 8009 - - nvme0"},
      {"link-local", with(aen(), {{"NVME_TRADDR", "fe80::1%eth0"}, {"NVME_HOST_IFACE", "eth0"}}),
       EventKind::discovery_log_changed, "fe80::1%eth0 8009 - eth0 nvme0"},
      {"loop has no address",
       with(aen(), {{"NVME_TRTYPE", "loop"}, {"NVME_TRADDR", "none"}, {"NVME_TRSVCID", "none"}}),
       EventKind::discovery_log_changed, "- 0 - - nvme0"},
      {"AEN of an fc controller",
       with(aen(), {{"NVME_TRTYPE", "fc"},
                    {"NVME_TRADDR", "nn-0x2036D039EA951C45:pn-0x2037d039ea951c45"},
                    {"NVME_TRSVCID", "none"},
                    {"NVME_HOST_TRADDR", "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"}}),
       EventKind::discovery_log_changed,
       "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45 0 "
       "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2 - nvme0"},
      {"rediscover", with(aen(), {{"NVME_AEN", without}, {"NVME_EVENT", "rediscover"}}),
       EventKind::discovery_reconnected, "10.20.1.10 8009 - - nvme0"},
      {"what udevadm info prints", with(aen(), {{"NVME_AEN", without}, {"ACTION", without}}),
       EventKind::discovery_log_changed, "10.20.1.10 8009 - - nvme0"},
      {"fc", fc(), EventKind::fc_discovery,
       "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45 0 "
       "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2 - -"},
      {"fc upper case",
       with(fc(), {{"NVMEFC_TRADDR", "NN-0x2036D039EA951C45:PN-0x2037D039EA951C45"}}),
       EventKind::fc_discovery,
       "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45 0 "
       "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2 - -"},
  };
  auto const shown = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const reading = event::from_udev(row.properties);
    REQUIRE(std::holds_alternative<Event>(reading));
    const Event& got = std::get<Event>(reading);
    CHECK(got.kind == row.kind);
    CHECK(shown(got.endpoint.traddr ? got.endpoint.traddr->to_string() : "") + " " +
              std::to_string(got.endpoint.trsvcid.value_or(0)) + " " +
              shown(got.endpoint.host_traddr ? got.endpoint.host_traddr->to_string() : "") + " " +
              shown(got.endpoint.host_iface) + " " + shown(got.device) ==
          row.shown);
  }
}

TEST_CASE("events that must not trigger") {
  struct Row {
    const char* name;
    Properties properties;
    const char* why;
  };
  const Row rows[] = {
      {"connected", with(aen(), {{"NVME_AEN", without}, {"NVME_EVENT", "connected"}}),
       "a controller was started"},
      {"connected, even when it lacks everything",
       {{"ACTION", "change"}, {"SUBSYSTEM", "nvme"}, {"NVME_EVENT", "connected"}},
       "a controller was started"},
      {"an event of later kernels",
       with(aen(), {{"NVME_AEN", without}, {"NVME_EVENT", "frobnicated"}}),
       "NVME_EVENT `frobnicated`"},
      {"pcie", with(aen(), {{"NVME_TRTYPE", "pcie"}, {"NVME_TRADDR", "0000:01:00.0"}}),
       "transport `pcie` is not a fabric"},
      {"apple", with(aen(), {{"NVME_TRTYPE", "apple-nvme"}}),
       "transport `apple-nvme` is not a fabric"},
      {"pcie that goes", with(aen(), {{"NVME_TRTYPE", "pcie"}, {"ACTION", "remove"}}),
       "transport `pcie` is not a fabric"},
      {"namespace changed", with(aen(), {{"NVME_AEN", "0x040002"}}),
       "not a change of the discovery log"},
      {"other log page", with(aen(), {{"NVME_AEN", "0x71f002"}}),
       "not a change of the discovery log"},
      {"other type", with(aen(), {{"NVME_AEN", "0x70f001"}}), "not a change of the discovery log"},
      {"add", with(aen(), {{"ACTION", "add"}}), "ACTION `add`"},
      {"bind", with(aen(), {{"ACTION", "bind"}}), "ACTION `bind`"},
      {"plain change", with(aen(), {{"NVME_AEN", without}}), "not about a discovery log"},
      {"block device", {{"ACTION", "change"}, {"SUBSYSTEM", "block"}}, "subsystem `block`"},
      {"other fc event", with(fc(), {{"FC_EVENT", "linkup"}}), "not an FC event of NVMe discovery"},
      {"fc add", with(fc(), {{"ACTION", "add"}}), "ACTION `add`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(event::from_udev(row.properties) == event::Reading(MustNotTrigger{row.why}));
  }
}

TEST_CASE("malformed events name the field") {
  struct Row {
    const char* name;
    Properties properties;
    const char* field;
    const char* problem;
  };
  const Row rows[] = {
      {"no subsystem", with(aen(), {{"SUBSYSTEM", without}}), "SUBSYSTEM", "is missing"},
      {"no transport", with(aen(), {{"NVME_TRTYPE", without}}), "NVME_TRTYPE", "is missing"},
      {"unknown transport", with(aen(), {{"NVME_TRTYPE", "carrier-pigeon"}}), "NVME_TRTYPE",
       "`carrier-pigeon` is not a known transport"},
      {"no address", with(aen(), {{"NVME_TRADDR", "none"}}), "NVME_TRADDR", "is missing"},
      {"bad address", with(aen(), {{"NVME_TRADDR", "10.20.1"}}), "NVME_TRADDR",
       "`10.20.1` is not a valid tcp address"},
      {"option in the address", with(aen(), {{"NVME_TRADDR", "10.20.1.1,nqn=x"}}), "NVME_TRADDR",
       "`10.20.1.1,nqn=x` contains a comma, blank, control or non-ASCII character"},
      {"newline", with(aen(), {{"NVME_TRADDR", "10.20.1.1\nx"}}), "NVME_TRADDR",
       "`10.20.1.1\\x0ax` contains a comma, blank, control or non-ASCII character"},
      {"bad port", with(aen(), {{"NVME_TRSVCID", "http"}}), "NVME_TRSVCID",
       "`http` is not a valid port number"},
      {"bad host address", with(aen(), {{"NVME_HOST_TRADDR", "eth0"}}), "NVME_HOST_TRADDR",
       "`eth0` is not a valid tcp address"},
      {"bad interface", with(aen(), {{"NVME_HOST_IFACE", "eth0,tls"}}), "NVME_HOST_IFACE",
       "`eth0,tls` contains a comma, blank, control or non-ASCII character"},
      {"path as interface", with(aen(), {{"NVME_HOST_IFACE", "../eth0"}}), "NVME_HOST_IFACE",
       "`../eth0` is not a valid interface name"},
      {"long interface", with(aen(), {{"NVME_HOST_IFACE", "abcdefghijklmnop"}}), "NVME_HOST_IFACE",
       "`abcdefghijklmnop` is not a valid interface name"},
      {"path as device", with(aen(), {{"DEVNAME", "/dev/nvme0/../sda"}}), "DEVNAME",
       "`nvme0/../sda` is not an NVMe controller"},
      {"namespace as device", with(aen(), {{"DEVNAME", "/dev/nvme0n1"}}), "DEVNAME",
       "`nvme0n1` is not an NVMe controller"},
      {"AEN", with(aen(), {{"NVME_AEN", "0x"}}), "NVME_AEN", "`0x` is not a valid number"},
      {"AEN with rest", with(aen(), {{"NVME_AEN", "0x70f002 "}}), "NVME_AEN",
       "`0x70f002 ` is not a valid number"},
      {"fc without target", with(fc(), {{"NVMEFC_TRADDR", ""}}), "NVMEFC_TRADDR", "is missing"},
      {"fc without host", with(fc(), {{"NVMEFC_HOST_TRADDR", without}}), "NVMEFC_HOST_TRADDR",
       "is missing"},
      {"fc with an ip address", with(fc(), {{"NVMEFC_TRADDR", "10.0.0.1"}}), "NVMEFC_TRADDR",
       "`10.0.0.1` is not a valid fc address"},
      {"removed nobody", with(aen(), {{"ACTION", "remove"}, {"DEVNAME", without}}), "DEVNAME",
       "is missing"},
      {"removed at no time", with(aen(), {{"ACTION", "remove"}, {"SEQNUM", "soon"}}), "SEQNUM",
       "`soon` is not a valid number"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(event::from_udev(row.properties) == event::Reading(Malformed{row.field, row.problem}));
  }
}

TEST_CASE("a controller that is gone is a reading of its own") {
  auto const reading = event::from_udev(with(aen(), {{"ACTION", "remove"}, {"NVME_AEN", without}}));
  CHECK(reading ==
        event::Reading(ControllerGone{.device = "nvme0",
                                      .endpoint = {.transport = base::Transport::tcp,
                                                   .traddr = base::Traddr::parse_any("10.20.1.10"),
                                                   .trsvcid = 8009},
                                      .seqnum = 2049}));
}

TEST_CASE("the environment as properties") {
  const char* const environment[] = {"ACTION=change", "EMPTY=",           "WITH=a=b",
                                     "nonsense",      "PATH=/usr/bin",    "LC_ALL=C",
                                     "ID_PATH=pci-0", "INVOCATION_ID=00", nullptr};
  CHECK(event::properties_of_environment(environment) ==
        Properties{{"ACTION", "change"}, {"EMPTY", ""}, {"ID_PATH", "pci-0"}, {"WITH", "a=b"}});
  CHECK(event::properties_of_environment(nullptr).empty());
}
