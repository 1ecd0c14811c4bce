#include "host/kept_away.hpp"
#include "host/removal.hpp"

#include "host/beneath.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>

using namespace nvmf;
using namespace std::chrono_literals;
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

// A log from boot on, a record a second.
base::KernelHistory history_of(const std::vector<std::string>& lines, std::uint64_t sequence = 0,
                               std::int64_t seconds = 0) {
  base::KernelHistory log;
  for (const std::string& line : lines)
    log.add(fmt::format("6,{},{},-;{}\n", sequence++, seconds++ * 1'000'000, line));
  return log;
}

} // namespace

TEST_CASE("the kernel log distinguishes giving up from disconnecting") {
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
      {"gone on Fibre Channel while its port was away",
       {created, "nvme nvme3: NVME-FC{0}: controller connectivity lost. Awaiting Reconnect",
        removing},
       Removal::given_up},
      {"gone with its Fibre Channel port, which is not waited for",
       {created, "nvme nvme3: NVME-FC{0}: controller connectivity lost.", removing},
       Removal::given_up},
      {"gone on Fibre Channel because it could not be reset",
       {created, "nvme nvme3: NVME-FC{0}: Couldn't schedule reset.", removing},
       Removal::given_up},
      {"disconnected on Fibre Channel after its port came back",
       {created, "nvme nvme3: NVME-FC{0}: controller connectivity lost. Awaiting Reconnect",
        "nvme nvme3: NVME-FC{0}: connectivity re-established. Attempting reconnect",
        "nvme nvme3: NVME-FC{0}: controller connect complete", removing},
       Removal::disconnected},
      {"disconnected after it reconnected",
       {created, attempt, "nvme nvme3: Successfully reconnected (3 attempt)", removing},
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
      {"nothing", {created}, Removal::doubtful},
      {"no log", {}, Removal::doubtful},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(host::last_removal(history_of(row.lines), "nvme3") == row.expected);
  }
}

TEST_CASE("a log that is not whole proves giving up, but no wish") {
  const char* const created = "nvme nvme3: new ctrl: NQN \"nqn.x:v\", addr 10.0.0.1:4420";
  const char* const giving_up = "nvme nvme3: Removing controller (-111)...";
  const char* const removing = "nvme nvme3: Removing ctrl: NQN \"nqn.x:v\"";
  const std::vector<std::string> unrelated(200, "eth0: link up");
  auto const with = [](std::vector<std::string> lines, const char* line) {
    lines.emplace_back(line);
    return lines;
  };
  struct Row {
    const char* name;
    std::vector<std::string> lines; // the first of them is not the log's first
    Removal expected;
  };
  for (const Row& row : {
           Row{"overwritten before", {removing}, Removal::doubtful},
           Row{"overwritten since", {"eth0: link up"}, Removal::doubtful},
           Row{"the reason is there", {giving_up, removing}, Removal::given_up},
           Row{"what made it is there", {created, removing}, Removal::disconnected},
           Row{"all of the last minutes is there", with(unrelated, removing),
               Removal::disconnected},
           Row{"an earlier one of that number", {created, removing, removing}, Removal::doubtful},
       }) {
    CAPTURE(row.name);
    CHECK(host::last_removal(history_of(row.lines, 5000, 7000), "nvme3") == row.expected);
  }
  base::KernelHistory torn = history_of({created});
  SUBCASE("records that were overwritten while it was read") {
    torn.add_gap();
    torn.add(fmt::format("6,9,9000000,-;{}", removing));
  }
  SUBCASE("records that are missing without a word") {
    torn.add(fmt::format("6,9,9000000,-;{}", removing));
  }
  CHECK(host::last_removal(torn, "nvme3") == Removal::doubtful);
}

TEST_CASE("a path that was doubted is held back for a moment, and remembered for ten minutes") {
  test::TemporaryTree tree;
  auto files = tree.files();
  host::KeptAway kept_away(files);
  using Kind = host::Keeping::Kind;
  CHECK_FALSE(kept_away.was_doubted(lost_volume(), digest, 100s));
  REQUIRE(kept_away.doubt(lost_volume(), digest, 100s));
  CHECK(kept_away.look(item_of(lost_volume()), digest, 109s) ==
        host::Keeping{.kind = Kind::until, .until = 110s});
  CHECK(kept_away.look(item_of(lost_volume()), digest, 110s) == host::Keeping{});
  CHECK_FALSE(kept_away.holds(item_of(lost_volume()), digest));
  CHECK(kept_away.list().empty());
  CHECK(kept_away.was_doubted(lost_volume(), digest, 100s + 10min - 1ms));
  CHECK_FALSE(kept_away.was_doubted(lost_volume(), digest, 100s + 10min));
  CHECK_FALSE(kept_away.was_doubted(lost_volume(), "sha256:01", 101s));
  CHECK(kept_away.look(item_of(lost_volume()), "sha256:01", 101s) == host::Keeping{});
  kept_away.forget_doubts(100s + 10min - 1ms);
  CHECK(kept_away.was_doubted(lost_volume(), digest, 101s));
  kept_away.forget_doubts(100s + 10min);
  CHECK_FALSE(kept_away.was_doubted(lost_volume(), digest, 101s));
  // A disconnect on purpose is not in doubt.
  REQUIRE(kept_away.add(lost_volume(), digest));
  kept_away.forget_doubts(100h);
  CHECK(kept_away.look(item_of(lost_volume()), digest, 101s) ==
        host::Keeping{.kind = Kind::for_good});
}

TEST_CASE("a path is kept away only while what it was connected over is the same") {
  test::TemporaryTree tree;
  auto files = tree.files();
  host::KeptAway kept_away(files);
  using Kind = host::Keeping::Kind;
  tree.make_directory("/sys/class/infiniband/rxe0");
  auto const needed = host::present_beneath(files, base::Transport::rdma);
  REQUIRE(needed.size() == 1);
  REQUIRE(kept_away.add_unless_gone(lost_volume(), digest, needed, 100s));
  auto const item = item_of(lost_volume());
  CHECK(kept_away.look(item, digest, 101s) == host::Keeping{.kind = Kind::until, .until = 110s});
  CHECK(kept_away.look(item, digest, 110s) == host::Keeping{.kind = Kind::for_good});
  CHECK(kept_away.holds(item, digest));
  CHECK(kept_away.list() == std::vector<event::Event>{lost_volume()});
  CHECK(kept_away.lost_after_all().empty());
  SUBCASE("gone") { tree.remove("/sys/class/infiniband/rxe0"); }
  SUBCASE("another one of that name") {
    // The old one's directory stays somewhere, so that its inode does.
    std::filesystem::rename(tree.root() + "/sys/class/infiniband/rxe0", tree.root() + "/gone");
    tree.make_directory("/sys/class/infiniband/rxe0");
  }
  CHECK(kept_away.look(item, digest, 101s) == host::Keeping{});
  CHECK_FALSE(kept_away.holds(item, digest));
  CHECK(kept_away.lost_after_all() == std::vector<event::Event>{lost_volume()});
}

TEST_CASE("what a controller was connected over is remembered for that controller") {
  test::TemporaryTree tree;
  auto files = tree.files();
  tree.make_directory("/sys/class/infiniband/mlx5_0");
  tree.make_directory("/sys/class/infiniband/mlx5_1");
  tree.make_directory("/sys/class/fc_host/host7");
  host::note_beneath(files, "nvme3", 20, base::Transport::rdma);
  host::note_beneath(files, "nvme4", 21, base::Transport::fc);
  host::note_beneath(files, "nvme5", 22, base::Transport::tcp);
  CHECK(host::noted_beneath(files, "nvme3", 20) ==
        host::present_beneath(files, base::Transport::rdma));
  CHECK(host::noted_beneath(files, "nvme3", 20)->size() == 2);
  CHECK(host::noted_beneath(files, "nvme4", 21)->front().path == "/sys/class/fc_host/host7");
  CHECK_FALSE(host::noted_beneath(files, "nvme3", 19));
  CHECK_FALSE(host::noted_beneath(files, "nvme5", 22));
  host::forget_beneath(files, "nvme3");
  CHECK_FALSE(host::noted_beneath(files, "nvme3", 20));
  for (const char* damaged : {"", "20", "20\n/sys/class/infiniband/mlx5_0\n", "20\n/etc/passwd 3\n",
                              "20\n/sys/class/infiniband/mlx5_0 x\n"}) {
    CAPTURE(damaged);
    tree.write("/run/nvmf/beneath/nvme3", damaged);
    auto const noted = host::noted_beneath(files, "nvme3", 20);
    CHECK((!noted || noted->empty()));
  }
}

TEST_CASE("a path that was disconnected by hand stays away under this policy") {
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

TEST_CASE("a path stays away while nobody can read whether it is to") {
  test::TemporaryTree tree;
  auto files = tree.files();
  host::KeptAway const kept_away(files);
  auto const item = item_of(lost_volume());
  std::string const mark = host::kept_away_path(item.tid, item.subject);
  host::Keeping const later{.kind = host::Keeping::Kind::until, .until = 110s};
  CHECK(kept_away.look(item, digest, 100s) == host::Keeping{});
  tree.link(mark, mark.substr(mark.rfind('/') + 1)); // leads to itself
  CHECK(kept_away.look(item, digest, 100s) == later);
  tree.remove(mark);
  tree.make_directory(mark);
  CHECK(kept_away.look(item, digest, 100s) == later);
  tree.remove(mark);
  tree.write(mark, std::string(1 << 17, '#'));
  CHECK(kept_away.look(item, digest, 100s) == later);
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
