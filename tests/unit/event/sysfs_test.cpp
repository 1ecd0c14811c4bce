#include "event/controller_address.hpp"
#include "event/from_device.hpp"
#include "event/sysfs_device.hpp"

#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;
using event::Event;

namespace {

void add_controller(test::TemporaryTree& tree, const std::string& name, const char* transport,
                    const char* address, const char* type, const char* nqn) {
  std::string const directory = "/sys/class/nvme/" + name + "/";
  tree.write(directory + "transport", std::string(transport) + "\n");
  tree.write(directory + "address", std::string(address) + "\n");
  tree.write(directory + "subsysnqn", std::string(nqn) + "\n");
  tree.write(directory + "hostnqn",
             "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555\n");
  tree.write(directory + "hostid", "11111111-2222-3333-4444-555555555555\n");
  if (*type)
    tree.write(directory + "cntrltype", std::string(type) + "\n");
}

const char* const address = "traddr=10.20.1.10,trsvcid=8009,src_addr=10.20.1.77";
const char* const unique_nqn = "nqn.2014-08.com.example:discovery";

Event live_event() {
  return {.kind = base::EventKind::discovery_log_changed,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any("10.20.1.10"),
                       .trsvcid = 8009},
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .device = "nvme0"};
}

} // namespace

TEST_CASE("the address attribute") {
  using base::Transport;
  using event::ControllerAddress;
  using event::parse_controller_address;
  struct Row {
    const char* name;
    Transport transport;
    const char* text;
    ControllerAddress expected;
  };
  auto const ip = [](const char* text) { return base::Traddr::parse_any(text); };
  const Row rows[] = {
      {"tcp",
       Transport::tcp,
       "traddr=192.0.2.10,trsvcid=4420,src_addr=192.0.2.20\n",
       {.endpoint = {.traddr = ip("192.0.2.10"), .trsvcid = 4420}, .src_addr = ip("192.0.2.20")}},
      {"all of it",
       Transport::tcp,
       "traddr=fe80::1%eth0,trsvcid=8009,host_traddr=fe80::2%eth0,host_iface=eth0,"
       "src_addr=fe80::2%eth0",
       {.endpoint = {.traddr = ip("fe80::1%eth0"),
                     .trsvcid = 8009,
                     .host_traddr = ip("fe80::2%eth0"),
                     .host_iface = "eth0"},
        .src_addr = ip("fe80::2%eth0")}},
      {"fc",
       Transport::fc,
       "traddr=nn-0x2036d039ea951c45:pn-0x2037d039ea951c45,"
       "host_traddr=nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2",
       {.endpoint = {.transport = Transport::fc,
                     .traddr = ip("nn-0x2036d039ea951c45:pn-0x2037d039ea951c45"),
                     .host_traddr = ip("nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2")}}},
      {"unknown keys and nonsense",
       Transport::tcp,
       "x=1,,traddr=192.0.2.1,trsvcid=none,=,host_iface",
       {.endpoint = {.traddr = ip("192.0.2.1")}}},
      {"loop", Transport::loop, "\n", {.endpoint = {.transport = Transport::loop}}},
      {"not an address", Transport::tcp, "traddr=array,trsvcid=http", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(parse_controller_address(row.transport, row.text) == row.expected);
  }
}

TEST_CASE("device names") {
  struct Row {
    const char* text;
    bool expected;
  };
  const Row rows[] = {{"nvme0", true},     {"nvme123", true},   {"nvme", false}, {"nvme0n1", false},
                      {"nvme0/..", false}, {"../nvme0", false}, {"", false},     {"nvme-0", false}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(event::is_device_name(row.text) == row.expected);
  }
}

TEST_CASE("a live event is compared with its device") {
  struct Row {
    const char* name;
    const char* transport;
    const char* address;
    const char* type;
    const char* nqn;
    const char* device; // that the event keeps
  };
  const Row rows[] = {
      {"agrees", "tcp", address, "discovery", unique_nqn, "nvme0"},
      {"recycled for another address", "tcp", "traddr=10.20.1.11,trsvcid=8009", "discovery",
       unique_nqn, ""},
      {"recycled for another port", "tcp", "traddr=10.20.1.10,trsvcid=8010", "discovery",
       unique_nqn, ""},
      {"recycled for another host side", "tcp", "traddr=10.20.1.10,trsvcid=8009,host_iface=eth1",
       "discovery", unique_nqn, ""},
      {"recycled for another transport", "rdma", address, "discovery", unique_nqn, ""},
      {"recycled for an I/O controller", "tcp", address, "io", "nqn.2014-08.com.example:v", ""},
      {"a kernel that does not tell the type", "tcp", address, "",
       "nqn.2014-08.org.nvmexpress.discovery", "nvme0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    add_controller(tree, "nvme0", row.transport, row.address, row.type, row.nqn);
    auto const reading = event::checked_with_sysfs(live_event(), tree.files());
    REQUIRE(std::holds_alternative<Event>(reading));
    const Event& got = std::get<Event>(reading);
    CHECK(got.device == row.device);
    CHECK(got.discovery_nqn == (*row.device ? std::string(row.nqn) : live_event().discovery_nqn));
    CHECK(got.host_nqn.empty() == (*row.device == 0));
    CHECK(got.hostid.empty() == (*row.device == 0));
  }
}

TEST_CASE("an event whose device is gone still names an endpoint") {
  test::TemporaryTree const tree;
  Event expected = live_event();
  expected.device.clear();
  CHECK(event::checked_with_sysfs(live_event(), tree.files()) == event::Reading(expected));
}

TEST_CASE("rediscover is only for discovery controllers") {
  test::TemporaryTree tree;
  add_controller(tree, "nvme0", "tcp", address, "io", "nqn.2014-08.com.example:v");
  Event rediscover = live_event();
  rediscover.kind = base::EventKind::discovery_reconnected;
  CHECK(event::checked_with_sysfs(rediscover, tree.files()) ==
        event::Reading(event::MustNotTrigger{"nvme0 is not a discovery controller"}));
}

TEST_CASE("the event of a connected device") {
  test::TemporaryTree tree;
  add_controller(tree, "nvme0", "tcp", address, "discovery", unique_nqn);
  add_controller(tree, "nvme1", "tcp", address, "io", "nqn.2014-08.com.example:v");
  add_controller(tree, "nvme2", "pcie", "0000:01:00.0", "io", "nqn.2014-08.com.example:p");
  add_controller(tree, "nvme3", "tcp", "traddr=,trsvcid=8009", "discovery", unique_nqn);

  Event expected = live_event();
  expected.discovery_nqn = unique_nqn;
  expected.host_nqn = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
  expected.hostid = "11111111-2222-3333-4444-555555555555";
  expected.owner = ""; // no entry in the registry
  CHECK(event::from_device("nvme0", tree.files()).value() == event::Reading(expected));
  CHECK(event::from_device("nvme1", tree.files()).value() ==
        event::Reading(event::MustNotTrigger{"nvme1 is not a discovery controller"}));
  CHECK(event::from_device("nvme2", tree.files()).value() ==
        event::Reading(event::MustNotTrigger{"transport `pcie` is not a fabric"}));
  CHECK(event::from_device("nvme3", tree.files()).value() ==
        event::Reading(event::Malformed{"address", "`traddr=,trsvcid=8009` names no tcp address"}));
  CHECK(event::from_device("nvme9", tree.files()).error().code == ENOENT);
  CHECK(event::from_device("nvme9", tree.files()).error().message ==
        "/sys/class/nvme/nvme9: No such file or directory");
  CHECK(event::from_device("../nvme0", tree.files()).error().message ==
        "`../nvme0` is not an NVMe controller, wants a name like `nvme0`");
}

TEST_CASE("the device says whose it is, and whether it is to stay") {
  struct {
    const char* name;
    const char* keep_alive; // the attribute; null: there is none
    const char* owner;      // the registry's; null: there is no entry
    std::optional<bool> persistent;
    const char* expected_owner;
  } const rows[] = {
      {"ours, to stay", "30\n", "nvmf-policy\n", true, "nvmf-policy"},
      {"nobody's, transient", "0\n", nullptr, false, ""},
      {"a kernel that does not tell", nullptr, "stas\n", std::nullopt, "stas"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    add_controller(tree, "nvme0", "tcp", address, "discovery", unique_nqn);
    if (row.keep_alive)
      tree.write("/sys/class/nvme/nvme0/kato", row.keep_alive);
    if (row.owner)
      tree.write("/run/nvme/registry/nvme0/owner", row.owner);
    auto const checked = event::checked_with_sysfs(live_event(), tree.files());
    CHECK(std::get<Event>(checked).persistent == row.persistent);
    CHECK(std::get<Event>(checked).owner == row.expected_owner);
    auto const from = event::from_device("nvme0", tree.files());
    REQUIRE(from);
    CHECK(std::get<Event>(*from).persistent == row.persistent);
    CHECK(std::get<Event>(*from).owner == row.expected_owner);
  }
  // Gone: nobody can say.
  test::TemporaryTree const empty;
  auto const gone = event::checked_with_sysfs(live_event(), empty.files());
  CHECK_FALSE(std::get<Event>(gone).owner);
  CHECK_FALSE(std::get<Event>(gone).persistent);
}
