#include "event/event_file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using event::Event;
using event::EventFile;
using event::Malformed;
using event::MustNotTrigger;

// 223 bytes, one more than the kernel takes.
#define TEN "xxxxxxxxxx"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG FIFTY FIFTY FIFTY FIFTY TEN TEN "xxxx"

namespace {

struct Outcome {
  std::optional<EventFile> file;
  std::string findings; // one line each: LINE:COLUMN NUMBER MESSAGE; help
};

Outcome parse(const std::string& text) {
  diag::Sink sink;
  auto const source = std::make_shared<const diag::Source>(diag::Source{"event.yaml", text});
  Outcome outcome{.file = event::parse_event_file(source, sink)};
  for (const diag::Finding& finding : sink.findings()) {
    diag::Position const at = finding.spans.front().span.start;
    outcome.findings +=
        fmt::format("{}:{} {} {}{}{}\n", at.line, at.column, finding.code, finding.message,
                    finding.help.empty() ? "" : "; ", finding.help);
  }
  return outcome;
}

Event event_of(const std::string& text) {
  Outcome const outcome = parse(text);
  REQUIRE_MESSAGE(outcome.file, outcome.findings);
  REQUIRE(std::holds_alternative<Event>(outcome.file->reading));
  return std::get<Event>(outcome.file->reading);
}

const char* const monitor = R"(monitor will print the received events for:
UDEV - the event which udev sends out after rule processing
KERNEL - the kernel uevent

KERNEL[101.1] change   /devices/virtual/nvme-fabrics/ctl/nvme0 (nvme)
ACTION=change
SUBSYSTEM=nvme
DEVNAME=/dev/nvme0
NVME_AEN=0x70f002
NVME_TRTYPE=tcp
NVME_TRADDR=10.20.1.10
NVME_TRSVCID=8009
NVME_HOST_TRADDR=none
NVME_HOST_IFACE=none
SEQNUM=2049

UDEV  [101.2] change   /devices/virtual/block/loop0 (block)
ACTION=change
SUBSYSTEM=block

)";

const char* const info = R"(P: /devices/virtual/nvme-fabrics/ctl/nvme0
M: nvme0
E: DEVPATH=/devices/virtual/nvme-fabrics/ctl/nvme0
N: nvme0
E: DEVNAME=/dev/nvme0
E: SUBSYSTEM=nvme
E: NVME_TRTYPE=tcp
E: NVME_TRADDR=10.20.1.10
E: NVME_TRSVCID=8009
)";

} // namespace

TEST_CASE("udev's lines in each of their forms") {
  struct Row {
    const char* name;
    std::string text;
    const char* line;
  };
  const Row rows[] = {
      {"udevadm monitor --property, other events after it", monitor,
       "discovery-log-changed  tcp 10.20.1.10:8009"},
      {"udevadm info", info, "discovery-log-changed  tcp 10.20.1.10:8009"},
      {"carriage returns",
       "ACTION=change\r\nSUBSYSTEM=fc\r\nFC_EVENT=nvmediscovery\r\n"
       "NVMEFC_TRADDR=nn-0x2036d039ea951c45:pn-0x2037d039ea951c45\r\n"
       "NVMEFC_HOST_TRADDR=nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2\r\n",
       "fc-discovery  fc nn-0x2036d039ea951c45:pn-0x2037d039ea951c45 from "
       "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(event::to_line(event_of(row.text)) == row.line);
  }
}

TEST_CASE("of several udev events the last is taken, and the others are counted") {
  auto const one = [](const char* traddr, const char* seqnum) {
    return fmt::format("ACTION=change\nSUBSYSTEM=nvme\nNVME_AEN=0x70f002\nNVME_TRTYPE=tcp\n"
                       "NVME_TRADDR={}\nNVME_TRSVCID=8009\nSEQNUM={}\n\n",
                       traddr, seqnum);
  };
  std::string const other = "ACTION=add\nSUBSYSTEM=block\nSEQNUM=9\n";
  struct Row {
    const char* name;
    std::string text;
    std::size_t passed_over;
  };
  for (const Row& row : {
           Row{"one", one("10.20.1.10", "7"), 0},
           Row{"the kernel's and udev's", one("10.20.1.10", "7") + one("10.20.1.10", "7"), 0},
           Row{"two", one("10.20.1.11", "6") + one("10.20.1.10", "7"), 1},
           Row{"and one that triggers nothing",
               one("10.20.1.11", "6") + one("10.20.1.10", "7") + other, 1},
       }) {
    CAPTURE(row.name);
    CHECK(event::to_line(event_of(row.text)) == "discovery-log-changed  tcp 10.20.1.10:8009");
    CHECK(parse(row.text).file->passed_over == row.passed_over);
  }
}

TEST_CASE("udev's lines that trigger nothing or lack a field") {
  CHECK(parse("ACTION=add\nSUBSYSTEM=nvme\nNVME_TRTYPE=tcp\n").file->reading ==
        event::Reading(MustNotTrigger{"ACTION `add`"}));
  CHECK(
      parse("ACTION=change\nSUBSYSTEM=nvme\nNVME_AEN=0x70f002\nNVME_TRTYPE=tcp\n").file->reading ==
      event::Reading(Malformed{"NVME_TRADDR", "is missing"}));
}

TEST_CASE("records of udev's lines") {
  auto const records = event::parse_property_records("A=1\nB=x=y\n\nnot a property\nA=2\n9A=3\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0] == event::Properties{{"A", "1"}, {"B", "x=y"}});
  CHECK(records[1] == event::Properties{{"A", "2"}});
  CHECK(event::parse_property_records("event: boot\n").empty());
}

TEST_CASE("an event with every field") {
  Event const got = event_of(R"(event: discovered
transport: tcp
traddr: 10.20.1.21
trsvcid: 4420
host-traddr: 10.20.1.77
host-iface: ens1f0
subsystem-nqn: "nqn.2014-08.com.example:vol1"
discovery-nqn: "nqn.2014-08.com.example:discovery"
host-nqn: "nqn.2014-08.com.example:host"
hostid: 11111111-2222-3333-4444-555555555555
identity: tenant-b
portid: 7
secure-channel: required
source: [dc-a, storage-discovery]
device: nvme0
target: dc-a
udev: { ID_PATH: x, NVME_AEN: "0x70f002" }
)");
  CHECK(got == Event{.kind = base::EventKind::discovered,
                     .subject = base::Subject::io_subsystem,
                     .endpoint = {.transport = base::Transport::tcp,
                                  .traddr = base::Traddr::parse_any("10.20.1.21"),
                                  .trsvcid = 4420,
                                  .host_traddr = base::Traddr::parse_any("10.20.1.77"),
                                  .host_iface = "ens1f0"},
                     .subsystem_nqn = "nqn.2014-08.com.example:vol1",
                     .discovery_nqn = "nqn.2014-08.com.example:discovery",
                     .host_nqn = "nqn.2014-08.com.example:host",
                     .hostid = "11111111-2222-3333-4444-555555555555",
                     .identity = "tenant-b",
                     .portid = 7,
                     .secure_channel = base::SecureChannel::required,
                     .sources = {"dc-a", "storage-discovery"},
                     .udev = {{"ID_PATH", "x"}, {"NVME_AEN", "0x70f002"}},
                     .device = "nvme0",
                     .target = "dc-a"});
  SUBCASE("is written and read back") { CHECK(event_of(event::to_event_file(got)) == got); }
}

TEST_CASE("whose the controller of an event is") {
  std::string const event = "event: discovery-log-changed\ntransport: tcp\ntraddr: 10.20.1.10\n";
  struct {
    const char* rest;
    std::optional<std::string> owner;
    std::optional<bool> persistent;
  } const rows[] = {
      {"", std::nullopt, std::nullopt},
      {"owner: stas\npersistent: true\n", "stas", true},
      {"owner: none\npersistent: false\n", "", false},
      {"owner: \"\"\n", std::nullopt, std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.rest);
    Event const got = event_of(event + row.rest);
    CHECK(got.owner == row.owner);
    CHECK(got.persistent == row.persistent);
    CHECK(event_of(event::to_event_file(got)) == got);
  }
}

TEST_CASE("events as YAML and JSON") {
  struct Row {
    const char* name;
    const char* text;
    const char* line;
    base::Subject subject;
    const char* discovery_nqn;
  };
  const auto dc = base::Subject::discovery_controller;
  const auto io = base::Subject::io_subsystem;
  const char* const well_known = "nqn.2014-08.org.nvmexpress.discovery";
  const Row rows[] = {
      {"flow", "{event: discovery-log-changed, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009}",
       "discovery-log-changed  tcp 10.20.1.10:8009", dc, well_known},
      {"JSON",
       R"({"event": "discovered", "transport": "tcp", "traddr": "fd20::1", "trsvcid": "4420",
                   "subsystem-nqn": "nqn.2014-08.com.example:v"})",
       "discovered  tcp [fd20::1]:4420 nqn.2014-08.com.example:v", io, well_known},
      {"nothing set in three ways",
       "{event: boot, transport: tcp, traddr: 10.0.0.1, trsvcid: null, host-traddr: none, "
       "host-iface: \"\"}",
       "boot  tcp 10.0.0.1:8009", dc, well_known},
      {"boot of a subsystem",
       "{event: boot, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.2014-08.com.example:v}",
       "boot  tcp 10.0.0.1:4420 nqn.2014-08.com.example:v", io, ""},
      {"lost subsystem",
       "{event: controller-lost, transport: tcp, traddr: 10.0.0.1, "
       "subsystem-nqn: nqn.2014-08.com.example:v}",
       "controller-lost  tcp 10.0.0.1:4420 nqn.2014-08.com.example:v", io, ""},
      {"lost discovery controller by its NQN",
       "{event: controller-lost, transport: tcp, traddr: 10.0.0.1, "
       "subsystem-nqn: nqn.2014-08.org.nvmexpress.discovery}",
       "controller-lost  tcp 10.0.0.1:8009", dc, well_known},
      {"fc-discovery is on fc",
       "{event: fc-discovery, traddr: "
       "\"nn-2036D039EA951C45:pn-2037d039ea951c45\"}",
       "fc-discovery  fc nn-0x2036d039ea951c45:pn-0x2037d039ea951c45", dc, well_known},
      {"loop needs no address",
       "{event: discovered, transport: loop, subsystem-nqn: nqn.2014-08.com.example:v}",
       "discovered  loop nqn.2014-08.com.example:v", io, well_known},
      {"interface", "{event: referral, transport: tcp, traddr: 10.0.0.1, host-iface: ens1f0}",
       "referral  tcp 10.0.0.1:8009 via ens1f0", dc, well_known},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Event const got = event_of(row.text);
    CHECK(event::to_line(got) == row.line);
    CHECK(got.subject == row.subject);
    CHECK(got.discovery_nqn == row.discovery_nqn);
    CHECK(event_of(event::to_event_file(got)) == got);
  }
}

TEST_CASE("a service that is not said is the usual one") {
  struct Row {
    const char* text;
    std::optional<std::uint16_t> trsvcid;
  };
  const Row rows[] = {
      {"{event: discovery-log-changed, transport: tcp, traddr: 10.20.1.10}", 8009},
      {"{event: boot, transport: rdma, traddr: 10.20.1.10, trsvcid: none}", 4420},
      {"{event: discovered, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: nqn.x:a}", 4420},
      {"{event: boot, transport: loop}", std::nullopt},
      {"{event: boot, transport: tcp, traddr: 10.20.1.10, trsvcid: 4420}", 4420},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto const outcome = parse(row.text);
    REQUIRE(outcome.file);
    CHECK(std::get<Event>(outcome.file->reading).endpoint.trsvcid == row.trsvcid);
  }
}

TEST_CASE("the host name is beside the event") {
  CHECK(parse("{event: boot, transport: tcp, traddr: 10.0.0.1, hostname: web-07}").file->hostname ==
        "web-07");
}

TEST_CASE("mistakes stand at their places") {
  struct Row {
    const char* name;
    const char* text;
    const char* findings;
  };
  const Row rows[] = {
      {"empty", "", "0:0 205 the file holds no event\n"},
      {"not a map", "- boot\n", "1:1 204 an event is a map, not a list\n"},
      {"all that is required", "x: 1\n",
       "1:1 203 unknown key `x` in an event\n"
       "1:1 205 an event needs `event`\n1:1 205 an event needs `transport`\n"},
      {"misspelt key", "event: boot\ntransport: tcp\ntraddr: 10.0.0.1\nhost-ifcae: eth0\n",
       "4:1 203 unknown key `host-ifcae` in an event; did you mean `host-iface`?\n"},
      {"misspelt words",
       "event: bot\ntransport: tpc\ntraddr: 10.0.0.1\n"
       "subsystem-nqn: nqn.2014-08.com.example:v\n",
       "1:8 204 `event`: `bot` is not one of boot, firmware, discovery-log-changed, "
       "discovery-reconnected, "
       "fc-discovery, discovered, referral, controller-lost; did you mean `boot`?\n"
       "2:12 204 `transport`: `tpc` is not one of tcp, rdma, fc, loop; did you mean `tcp`?\n"},
      {"addresses", "event: boot\ntransport: tcp\ntraddr: array\nhost-traddr: 10.0.0.300\n",
       "3:9 207 `traddr`: `array` is not a valid tcp address; host names are only for targets; "
       "write the address\n"
       "4:14 207 `host-traddr`: `10.0.0.300` is not a valid tcp address; the numbers of an IPv4 "
       "address are at most 255\n"},
      {"ports", "event: boot\ntransport: tcp\ntraddr: 10.0.0.1:8009\nhost-traddr: 10.0.0.2:4420\n",
       "3:9 207 `traddr`: `10.0.0.1:8009` is not a valid tcp address; write `10.0.0.1`, and the "
       "port as `trsvcid: 8009`\n"
       "4:14 207 `host-traddr`: `10.0.0.2:4420` is not a valid tcp address; write `10.0.0.2`\n"},
      {"no address", "event: boot\ntransport: tcp\n", "1:1 205 an event needs `traddr`\n"},
      {"nothing where something is required", "event: none\ntransport:\ntraddr: 10.0.0.1\n",
       "1:8 205 an event needs `event`\n2:1 205 an event needs `transport`\n"},
      {"a misspelt kind needs nothing of its own",
       "event: discovery-log-change\ntransport: tcp\ntraddr: 10.0.0.1\n",
       "1:8 204 `event`: `discovery-log-change` is not one of boot, firmware, "
       "discovery-log-changed, "
       "discovery-reconnected, fc-discovery, discovered, referral, controller-lost; did you mean "
       "`discovery-log-changed`?\n"},
      {"fc discovery elsewhere", "event: fc-discovery\ntransport: tcp\ntraddr: 10.0.0.1\n",
       "2:12 206 a `fc-discovery` event has transport fc, not `tcp`\n"},
      {"a subsystem behind a comment's sign",
       "event: discovered\ntransport: tcp\ntraddr: none\nsubsystem-nqn: #nqn.2014-08.a:b\n",
       "3:9 205 an event needs `traddr`\n4:1 205 an event needs `subsystem-nqn`\n"},
      {"sources that are not names",
       "event: referral\ntransport: loop\nsource: [\"a\\nb\", none, dc]\n",
       "3:10 204 `source` contains a comma, blank, control or non-ASCII character\n"
       "3:18 204 `source` takes a list of texts\n"},
      {"numbers", "event: boot\ntransport: tcp\ntraddr: 10.0.0.1\ntrsvcid: 70000\nportid: many\n",
       "4:10 206 `trsvcid` takes a number from 1 to 65535, not `70000`\n"
       "5:9 204 `portid` takes a number from 0 to 65535, not `many`\n"},
      {"nqn", "event: discovered\ntransport: tcp\ntraddr: 10.0.0.1\nsubsystem-nqn: " LONG "\n",
       "4:16 208 `subsystem-nqn` is longer than 223 bytes\n"},
      {"hostile nqn",
       "event: discovered\ntransport: tcp\ntraddr: 10.0.0.1\nsubsystem-nqn: \"nqn.x:a,nqn=b\"\n",
       "4:16 204 `subsystem-nqn` contains a comma, blank, control or non-ASCII character\n"},
      {"a subsystem where none belongs",
       "event: referral\ntransport: tcp\ntraddr: 10.0.0.1\nsubsystem-nqn: nqn.2014-08.a:b\n",
       "4:16 203 `subsystem-nqn` has no place in a `referral` event, which is about a discovery "
       "controller\n"},
      {"a controller where none belongs",
       "event: boot\ntransport: tcp\ntraddr: 10.0.0.1\nowner: none\npersistent: true\n",
       "4:8 203 `owner` does not belong in a `boot` event, which is about no connected controller\n"
       "5:13 203 `persistent` does not belong in a `boot` event, which is about no connected "
       "controller\n"},
      {"long interface",
       "event: boot\ntransport: tcp\ntraddr: 10.0.0.1\nhost-iface: abcdefghijklmnop\n",
       "4:13 206 `host-iface`: `abcdefghijklmnop` is not a valid interface name\n"},
      {"list where one value belongs",
       "event: [boot]\ntransport: tcp\ntraddr: 10.0.0.1\n"
       "subsystem-nqn: nqn.2014-08.a:b\n",
       "1:8 204 `event` takes one value\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Outcome const outcome = parse(row.text);
    CHECK_FALSE(outcome.file);
    CHECK(outcome.findings == row.findings);
  }
}

TEST_CASE("printable properties are written and read back, others are left out") {
  Event event = event_of("{event: boot, transport: tcp, traddr: 10.0.0.1}");
  event.udev = {{"QUOTES", "a\"b\\c'd"}, {"COLON", ": - #"}, {"EMPTY", ""}};
  CHECK(event_of(event::to_event_file(event)) == event);
  Event hostile = event;
  hostile.udev.insert({{"CONTROL", "a\tb"}, {"BYTES", "\xff\xc3"}, {"WI\nDE", "x"}});
  CHECK(event_of(event::to_event_file(hostile)) == event);
}
