#include "host/kept_away.hpp"
#include "host/removal.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using host::Removal;

namespace {

const std::string digest = "sha256:0123";

event::Event lost_volume() {
  return {.kind = base::EventKind::controller_lost,
          .subject = base::Subject::io_subsystem,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any("10.20.1.21"),
                       .trsvcid = 4420,
                       .host_iface = "ens1f0"},
          .subsystem_nqn = "nqn.2014-08.com.example:vol1",
          .host_nqn = "nqn.2014-08.com.example:host"};
}

plan::Item item_of(const event::Event& event) {
  return {.subject = event.subject,
          .tid = {.endpoint = event.endpoint,
                  .subsystem_nqn = event.subsystem_nqn,
                  .host_nqn = event.host_nqn,
                  .hostid = "not compared"}};
}

} // namespace

TEST_CASE("the kernel log tells giving up from disconnecting") {
  const char* const created = "nvme nvme3: new ctrl: NQN \"nqn.x:v\", addr 10.0.0.1:4420";
  const char* const attempt = "nvme nvme3: Failed reconnect attempt 3/3";
  const char* const giving_up = "nvme nvme3: Removing controller (-111)...";
  const char* const removing = "nvme nvme3: Removing ctrl: NQN \"nqn.x:v\"";
  struct Row {
    const char* name;
    std::vector<std::string> lines;
    Removal expected;
  };
  const Row rows[] = {
      {"given up", {created, attempt, giving_up, removing}, Removal::given_up},
      {"given up by a kernel before 6.10",
       {created, attempt, "nvme nvme3: Removing controller...", removing},
       Removal::given_up},
      {"given up on Fibre Channel, its port stayed away",
       {created, "nvme nvme3: NVME-FC{0}: controller connectivity lost. Awaiting Reconnect",
        "nvme nvme3: NVME-FC{0}: dev_loss_tmo (60) expired while waiting for remoteport "
        "connectivity.",
        removing},
       Removal::given_up},
      {"given up on Fibre Channel, its port is there",
       {created, "nvme nvme3: NVME-FC{0}: Max reconnect attempts (60) reached.", removing},
       Removal::given_up},
      {"given up on Fibre Channel, the target refused for good",
       {created, "nvme nvme3: NVME-FC{0}: reconnect failure", removing},
       Removal::given_up},
      {"the same with the status that kernels from 6.10 on add",
       {created, "nvme nvme3: NVME-FC{0}: reconnect failure 16770", removing},
       Removal::given_up},
      {"a failed attempt on Fibre Channel that is followed by another",
       {created, "nvme nvme3: NVME-FC{0}: reset: Reconnect attempt failed (-5)", removing},
       Removal::disconnected},
      {"disconnected on Fibre Channel while its port was away",
       {created, "nvme nvme3: NVME-FC{0}: controller connectivity lost. Awaiting Reconnect",
        removing},
       Removal::disconnected},
      {"disconnected", {created, removing}, Removal::disconnected},
      {"disconnected while it tried again", {created, attempt, removing}, Removal::disconnected},
      {"given up, then the number anew and disconnected",
       {giving_up, removing, created, removing},
       Removal::disconnected},
      {"disconnected, then the number anew and given up",
       {removing, created, giving_up, removing},
       Removal::given_up},
      {"another device's",
       {"nvme nvme31: Removing controller (-111)...", removing},
       Removal::disconnected},
      {"giving up of one whose removal was lost from the log",
       {giving_up, created, removing},
       Removal::disconnected},
      {"nothing", {created}, Removal::unknown},
      {"no log", {}, Removal::unknown},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(host::last_removal(row.lines, "nvme3") == row.expected);
  }
}

TEST_CASE("what was disconnected by hand stays away under this policy") {
  test::TemporaryTree tree;
  auto files = tree.files();
  host::KeptAway kept_away(files);
  CHECK(kept_away.list().empty());
  CHECK_FALSE(kept_away.holds(item_of(lost_volume()), digest));
  REQUIRE(kept_away.add(lost_volume(), digest));
  CHECK(kept_away.holds(item_of(lost_volume()), digest));
  CHECK(files.status(host::kept_away_directory)->mode == 0700);

  SUBCASE("another policy may connect it") {
    CHECK_FALSE(kept_away.holds(item_of(lost_volume()), "sha256:01"));
  }
  SUBCASE("other paths are not meant") {
    for (auto change : {+[](event::Event& e) { e.endpoint.trsvcid = 4421; },
                        +[](event::Event& e) { e.endpoint.host_iface = "ens2f0"; },
                        +[](event::Event& e) { e.subsystem_nqn += "0"; },
                        +[](event::Event& e) { e.host_nqn.clear(); }}) {
      event::Event other = lost_volume();
      change(other);
      CHECK_FALSE(kept_away.holds(item_of(other), digest));
    }
  }
  SUBCASE("it is listed as the event that would connect it again") {
    event::Event expected = lost_volume();
    REQUIRE(kept_away.list().size() == 1);
    CHECK(kept_away.list().front() == expected);
  }
  SUBCASE("released, it may be connected") {
    REQUIRE(kept_away.release(lost_volume()));
    CHECK_FALSE(kept_away.holds(item_of(lost_volume()), digest));
    CHECK(kept_away.release(lost_volume()).has_value());
  }
  SUBCASE("a damaged file is nothing") {
    tree.write(std::string(host::kept_away_directory) + "/0000000000000000.yaml", "{");
    CHECK(kept_away.list().size() == 1);
  }
}

TEST_CASE("a discovery controller is the same under any of its names") {
  test::TemporaryTree tree;
  auto files = tree.files();
  host::KeptAway kept_away(files);
  event::Event lost = lost_volume();
  lost.subject = base::Subject::discovery_controller;
  lost.subsystem_nqn.clear();
  lost.discovery_nqn = "nqn.2014-08.com.example:discovery";
  REQUIRE(kept_away.add(lost, digest));
  plan::Item item = item_of(lost);
  item.tid.subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery";
  CHECK(kept_away.holds(item, digest));
}
