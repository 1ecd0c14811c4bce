#include "service/gone_controller.hpp"

#include "host/beneath.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "recorded_units.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using execute::PathState;
using host::Removal;

namespace {

class RecordedJournal final : public systemd::Journal {
public:
  void write(const systemd::JournalLine& line) override { lines.push_back(line.message); }
  std::vector<std::string> lines;
};

const std::string removed_id = "0123456789abcdef";

// A state in which nvme3 is a live subsystem path and nvme0 a live discovery controller.
execute::State state_with_two() {
  plan::Tid const volume{.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                    .traddr = base::Traddr::parse_any("10.20.1.21"),
                                                    .trsvcid = 4420},
                         .subsystem_nqn = "nqn.2014-08.com.example:vol1",
                         .host_nqn = "nqn.2014-08.com.example:host"};
  plan::Tid const discovery{.endpoint =
                                base::Endpoint{.transport = base::Transport::tcp,
                                               .traddr = base::Traddr::parse_any("10.20.1.10"),
                                               .trsvcid = 8009},
                            .subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery",
                            .host_nqn = "nqn.2014-08.com.example:host"};
  execute::State state{.id = removed_id, .phase = execute::Phase::done};
  state.plan = {.id = removed_id,
                .event = {.kind = base::EventKind::controller_lost,
                          .endpoint = *discovery.endpoint,
                          .discovery_nqn = discovery.subsystem_nqn,
                          .sources = {"dc-a"},
                          .target = "dc-a"}};
  state.paths = {{.tid = volume, .state = PathState::live, .device = "nvme3"},
                 {.subject = base::Subject::discovery_controller,
                  .tid = discovery,
                  .state = PathState::live,
                  .device = "nvme0"}};
  return state;
}

event::ControllerGone gone(const char* device, const char* traddr) {
  return {.device = device,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any(traddr),
                       .trsvcid = 4420},
          .seqnum = 100};
}

struct World {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  RecordedJournal journal;
  base::Duration now = std::chrono::hours(1);

  World() {
    tree.make_directory("/run/nvmf/state");
    REQUIRE(execute::write_state(files, state_with_two(), base::SystemClock()));
    tree.write("/sys/kernel/uevent_seqnum", "99\n");
  }
  // As the program that the rule runs: the hand-over is noted.
  std::optional<event::Event> forget(const event::ControllerGone& which, Removal removal) {
    auto const lost = service::forget_controller({files, units, journal}, which,
                                                 {.removal = removal, .now = now});
    if (!lost)
      return std::nullopt;
    host::note_gone(files, which.device, lost->incarnation);
    return lost->event;
  }
  std::size_t kept_away() { return host::KeptAway(files).list().size(); }
};

} // namespace

TEST_CASE("a controller that the kernel gave up is planned again as what it was") {
  World world;
  REQUIRE(host::write_registry_entry(world.files, "nvme3"));
  auto const lost = world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up);
  REQUIRE(lost);
  CHECK(lost->kind == base::EventKind::controller_lost);
  CHECK(lost->subject == base::Subject::io_subsystem);
  CHECK(lost->subsystem_nqn == "nqn.2014-08.com.example:vol1");
  CHECK(lost->discovery_nqn == "nqn.2014-08.org.nvmexpress.discovery");
  CHECK(lost->sources == std::vector<std::string>{"dc-a"});
  CHECK(lost->target.empty());
  CHECK(world.kept_away() == 0);
  CHECK_FALSE(host::read_registry_entry(world.files, "nvme3"));
  CHECK(world.journal.lines ==
        std::vector<std::string>{"controller-lost  tcp 10.20.1.21:4420 "
                                 "nqn.2014-08.com.example:vol1: given up by the kernel"});
}

TEST_CASE("a path of the firmware is ours where a session has it") {
  World world;
  REQUIRE(host::write_registry_entry(world.files, "nvme3", host::firmware_owner));
  CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
  CHECK_FALSE(host::read_registry_entry(world.files, "nvme3"));
  // Another one that was connected by the firmware's table, by another program.
  REQUIRE(host::write_registry_entry(world.files, "nvme7", host::firmware_owner));
  CHECK_FALSE(world.forget(gone("nvme7", "10.20.1.27"), Removal::given_up));
  CHECK(host::read_registry_entry(world.files, "nvme7"));
}

TEST_CASE("a discovery controller of a target comes back under its name") {
  World world;
  REQUIRE(host::write_registry_entry(world.files, "nvme0"));
  auto const lost = world.forget(gone("nvme0", "10.20.1.10"), Removal::given_up);
  REQUIRE(lost);
  CHECK(lost->subject == base::Subject::discovery_controller);
  CHECK(lost->subsystem_nqn.empty());
  CHECK(lost->target == "dc-a");
}

TEST_CASE("what was disconnected by hand is kept away") {
  World world;
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::disconnected));
  CHECK(world.kept_away() == 1);
  CHECK(world.journal.lines ==
        std::vector<std::string>{
            "controller-lost  tcp 10.20.1.21:4420 nqn.2014-08.com.example:vol1: disconnected by "
            "hand, kept away until the policy changes, the host boots or `nvmf-policy resume "
            "nqn.2014-08.com.example:vol1`"});
}

TEST_CASE("a removal that nobody can explain is a loss, once in ten minutes") {
  World world;
  CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::doubtful));
  CHECK(world.kept_away() == 0);
  CHECK(world.journal.lines ==
        std::vector<std::string>{
            "controller-lost  tcp 10.20.1.21:4420 nqn.2014-08.com.example:vol1: doubtful: the "
            "kernel log does not say why; connected again in 10s, now by `nvmf-policy resume "
            "nqn.2014-08.com.example:vol1`"});
  SUBCASE("somebody means it") {
    world.now += std::chrono::minutes(9);
    for (int disconnect = 0; disconnect < 20; ++disconnect)
      CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::doubtful));
    CHECK(world.kept_away() == 1);
    CHECK(world.journal.lines[1].find("removed again within ten minutes without a reason, kept "
                                      "away until") != std::string::npos);
  }
  SUBCASE("later it is doubted anew") {
    world.now += std::chrono::minutes(10);
    CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::doubtful));
    CHECK(world.kept_away() == 0);
  }
  SUBCASE("the kernel gives a reason meanwhile") {
    world.now += std::chrono::minutes(1);
    CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
    CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::doubtful));
  }
}

TEST_CASE("an RDMA controller that goes with its device is lost") {
  World world;
  execute::State state = state_with_two();
  state.paths.front().tid.endpoint->transport = base::Transport::rdma;
  state.paths.front().incarnation = 20;
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  world.tree.make_directory("/sys/class/infiniband/rxe0");
  event::ControllerGone removed = gone("nvme3", "10.20.1.21");
  removed.endpoint.transport = base::Transport::rdma;
  SUBCASE("it is gone already") {
    host::note_beneath(world.files, "nvme3", 20, base::Transport::rdma);
    world.tree.remove("/sys/class/infiniband/rxe0");
    CHECK(world.forget(removed, Removal::disconnected));
    CHECK(world.kept_away() == 0);
    CHECK(world.journal.lines.front().find("is gone or was replaced") != std::string::npos);
  }
  SUBCASE("it may go in a moment: kept away, and looked at once more") {
    host::note_beneath(world.files, "nvme3", 20, base::Transport::rdma);
    CHECK(world.forget(removed, Removal::disconnected));
    CHECK(world.kept_away() == 1);
    CHECK(host::KeptAway(world.files).lost_after_all().empty());
    world.tree.remove("/sys/class/infiniband/rxe0");
    CHECK(host::KeptAway(world.files).lost_after_all().size() == 1);
  }
  SUBCASE("nobody knows what it was connected over") {
    host::note_beneath(world.files, "nvme3", 19, base::Transport::rdma);
    CHECK(world.forget(removed, Removal::disconnected));
    CHECK(world.kept_away() == 0);
    CHECK(world.journal.lines.front().find("doubtful: ") != std::string::npos);
  }
}

TEST_CASE("an unknown controller leads to nothing") {
  World world;
  SUBCASE("a device that no state has") {
    CHECK_FALSE(world.forget(gone("nvme7", "10.20.1.21"), Removal::given_up));
  }
  SUBCASE("the number of a path, but another address") {
    CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.99"), Removal::given_up));
  }
  SUBCASE("another owner's") {
    world.tree.write("/run/nvme/registry/nvme3/owner", "stas\n");
    CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
    CHECK(host::read_registry_entry(world.files, "nvme3"));
  }
  SUBCASE("an event from before the controller that has the number now") {
    world.tree.write("/sys/kernel/uevent_seqnum", "100\n");
    REQUIRE(host::write_registry_entry(world.files, "nvme3"));
    CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
    CHECK(host::read_registry_entry(world.files, "nvme3"));
  }
  SUBCASE("a discovery controller that the executor took out of the registry itself") {
    CHECK_FALSE(world.forget(gone("nvme0", "10.20.1.10"), Removal::disconnected));
  }
  CHECK(world.kept_away() == 0);
  CHECK(world.journal.lines.empty());
}

TEST_CASE("a connect that failed under a number is not the loss of what had it before") {
  World world;
  execute::State state = state_with_two();
  state.paths.front().incarnation = 20;
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
  // The state still says that it is live; the removals that follow are those of failed connects.
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::disconnected));
  CHECK(world.kept_away() == 0);
  // Connected again under the same number, and lost again.
  state.paths.front().incarnation = 31;
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
}

TEST_CASE("of two paths that had one number it is the one that is gone") {
  World world;
  execute::State state = state_with_two();
  state.paths.front().incarnation = 20;
  execute::PathRecord second = state.paths.front();
  second.tid.subsystem_nqn = "nqn.2014-08.com.example:vol2";
  second.incarnation = 25;
  state.paths.push_back(second);
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  const auto first_lost = world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up);
  REQUIRE(first_lost);
  CHECK(first_lost->subsystem_nqn == "nqn.2014-08.com.example:vol1");
  const auto then_lost = world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up);
  REQUIRE(then_lost);
  CHECK(then_lost->subsystem_nqn == "nqn.2014-08.com.example:vol2");
}

TEST_CASE("a controller that has the number now hides no loss and loses nothing") {
  World world;
  execute::State state = state_with_two();
  world.tree.write("/sys/class/nvme/nvme3/transport", "tcp\n");
  state.paths.front().incarnation = 20;
  execute::PathRecord present = state.paths.front();
  present.tid.subsystem_nqn = "nqn.2014-08.com.example:vol2";
  present.incarnation = host::incarnation_of(world.files, "nvme3");
  state.paths.push_back(present);
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  world.tree.write("/sys/kernel/uevent_seqnum", "100\n");
  REQUIRE(host::write_registry_entry(world.files, "nvme3"));
  const auto lost = world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up);
  REQUIRE(lost);
  CHECK(lost->subsystem_nqn == "nqn.2014-08.com.example:vol1");
  CHECK(host::read_registry_entry(world.files, "nvme3"));
}

TEST_CASE("a path that sources name by several host sides is kept away by all of them") {
  World world;
  execute::State other = state_with_two();
  other.id = "fedcba9876543210";
  other.plan.id = other.id;
  other.paths.front().tid.endpoint->host_iface = "ens1f0";
  REQUIRE(execute::write_state(world.files, other, base::SystemClock()));
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::disconnected));
  CHECK(world.kept_away() == 2);
}

TEST_CASE("a path that two sources name alike is kept away once") {
  World world;
  execute::State other = state_with_two();
  other.id = "fedcba9876543210";
  other.plan.id = other.id;
  REQUIRE(execute::write_state(world.files, other, base::SystemClock()));
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::disconnected));
  CHECK(world.kept_away() == 1);
  CHECK(world.journal.lines.size() == 1);
}

TEST_CASE("a discovery controller that another made and the kernel gave up is planned again") {
  World world;
  CHECK(world.forget(gone("nvme0", "10.20.1.10"), Removal::given_up));
}

TEST_CASE("a removal without a notice is found, once") {
  World world;
  execute::State state = state_with_two();
  world.tree.write("/sys/class/nvme/nvme0/transport", "tcp\n");
  state.paths.front().incarnation = 20;
  state.paths.back().incarnation = host::incarnation_of(world.files, "nvme0");
  const std::vector<execute::State> states{state};
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  auto const found = service::unnoticed(world.files, states);
  REQUIRE(found.size() == 1);
  CHECK(found.front().device == "nvme3");
  CHECK(world.forget(found.front(), Removal::given_up));
  CHECK(service::unnoticed(world.files, states).empty());
}

TEST_CASE("a removal without a notice, of a number that another one has") {
  World world;
  execute::State state = state_with_two();
  world.tree.write("/sys/class/nvme/nvme3/transport", "tcp\n");
  state.paths.front().incarnation = host::incarnation_of(world.files, "nvme3") + 1;
  const std::vector<execute::State> states{state};
  REQUIRE(execute::write_state(world.files, state, base::SystemClock()));
  REQUIRE(host::write_registry_entry(world.files, "nvme3"));
  auto const found = service::unnoticed(world.files, states);
  REQUIRE(found.size() == 1);
  CHECK(world.forget(found.front(), Removal::given_up));
  CHECK(host::read_registry_entry(world.files, "nvme3"));
}

TEST_CASE("a note from before a controller came does not outlive its loss") {
  World world;
  CHECK_FALSE(world.forget(gone("nvme3", "10.20.1.21"), Removal::disconnected));
  CHECK(world.kept_away() == 1);
  CHECK(world.forget(gone("nvme3", "10.20.1.21"), Removal::given_up));
  CHECK(world.kept_away() == 0);
}
