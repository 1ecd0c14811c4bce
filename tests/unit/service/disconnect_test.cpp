#include "service/disconnect.hpp"

#include "fabrics/fake_port.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "host/removal.hpp"
#include "recorded_units.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;
using service::Connection;

namespace {

class DisconnectJournal final : public systemd::Journal {
public:
  void write(const systemd::JournalLine& line) override { lines.push_back(line.message); }
  std::vector<std::string> lines;
};

plan::Tid connected_volume() {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = base::Traddr::parse_any("10.20.1.21"),
                                     .trsvcid = 4420},
          .subsystem_nqn = "nqn.2014-08.com.example:vol1",
          .host_nqn = "nqn.2014-08.com.example:host"};
}

struct DisconnectFixture {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  DisconnectJournal journal;
  test::FakePort port;

  DisconnectFixture() {
    const std::string directory = "/sys/class/nvme/nvme3";
    tree.write(directory + "/transport", "tcp\n");
    tree.write(directory + "/address", "traddr=10.20.1.21,trsvcid=4420\n");
    tree.write(directory + "/subsysnqn", "nqn.2014-08.com.example:vol1\n");
    tree.write(directory + "/hostnqn", "nqn.2014-08.com.example:host\n");
    tree.write(directory + "/state", "live\n");
    tree.write(directory + "/cntrltype", "io\n");
    tree.write("/sys/kernel/uevent_seqnum", "99\n");
    tree.make_directory("/run/nvmf");
  }
  void own(const char* owner) { REQUIRE(host::write_registry_entry(files, "nvme3", owner)); }
  // A session that has nvme3 as live, by another spelling where `iface` is given.
  static execute::State session(const char* id, const std::string& iface = {}) {
    execute::State state{.id = id, .phase = execute::Phase::done};
    execute::PathRecord path{
        .tid = connected_volume(), .state = execute::PathState::live, .device = "nvme3"};
    path.tid.endpoint->host_iface = iface;
    state.paths = {path};
    return state;
  }
  std::vector<Connection> named(const std::vector<execute::State>& states,
                                const std::string& name) {
    return service::named_connections(files, states, name, {});
  }
  base::Result<void> disconnect(const Connection& connection) {
    return service::disconnect({files, units, journal, tree.root()}, port, connection);
  }
  bool is_kept_away() const {
    return !host::KeptAway(const_cast<base::RealFileSystem&>(files)).list().empty();
  }
};

} // namespace

TEST_CASE("named_connections: whose they are") {
  using Standing = Connection::Standing;
  struct Row {
    const char* name;
    const char* owner; // null: no entry
    bool is_known;
    Standing standing;
  };
  const Row rows[] = {
      {"ours", "nvmf-policy", true, Standing::ours},
      {"ours, without a state", "nvmf-policy", false, Standing::ours},
      {"the firmware's, followed", "nbft", true, Standing::ours},
      {"the firmware's alone", "nbft", false, Standing::others},
      {"another program's", "stas", true, Standing::others},
      {"nobody's, wanted by the policy", nullptr, true, Standing::wanted},
      {"nobody's", nullptr, false, Standing::unwanted},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    DisconnectFixture world;
    if (row.owner != nullptr)
      world.own(row.owner);
    std::vector<execute::State> states;
    if (row.is_known)
      states.push_back(DisconnectFixture::session("0123456789abcdef"));
    const auto found = world.named(states, "nvme3");
    REQUIRE(found.size() == 1);
    CHECK(found.front().standing == row.standing);
    CHECK(found.front().known_as.size() == 1);
  }
}

TEST_CASE("named_connections: by device, address in any spelling, NQN, or a live path") {
  DisconnectFixture world;
  CHECK(world.named({}, "nvme3").size() == 1);
  CHECK(world.named({}, "10.20.1.21").size() == 1);
  CHECK(world.named({}, "nqn.2014-08.com.example:vol1").size() == 1);
  CHECK(world.named({}, "nvme4").empty());
  CHECK(world.named({}, "10.20.1.22").empty());
  auto states = std::vector{DisconnectFixture::session("0123456789abcdef")};
  CHECK(service::named_connections(world.files, states, "dc-a", {{&states[0], &states[0].paths[0]}})
            .size() == 1);
  // Another controller had the number when the state was written.
  states[0].paths[0].incarnation = 1;
  CHECK(service::named_connections(world.files, states, "dc-a", {{&states[0], &states[0].paths[0]}})
            .empty());
  world.tree.write("/sys/class/nvme/nvme3/state", "deleting\n");
  CHECK(world.named({}, "nvme3").empty());
}

TEST_CASE("disconnect: kept away by each of its names before it goes") {
  DisconnectFixture world;
  world.own("nvmf-policy");
  const auto found = world.named({DisconnectFixture::session("0123456789abcdef"),
                                  DisconnectFixture::session("fedcba9876543210"),
                                  DisconnectFixture::session("00000000000000ff", "ens1f0")},
                                 "nvme3");
  REQUIRE(found.size() == 1);
  CHECK(found.front().known_as.size() == 2);
  world.port.disconnecting = [&]() -> base::Result<void> {
    CHECK(host::KeptAway(world.files).list().size() == 2);
    // Dealt with: nobody judges its removal.
    CHECK(host::last_gone(world.files, "nvme3") == found.front().controller.incarnation);
    CHECK_FALSE(host::read_registry_entry(world.files, "nvme3"));
    return {};
  };
  CHECK(world.disconnect(found.front()));
  CHECK(world.port.disconnected == std::vector<std::string>{"nvme3"});
  REQUIRE(world.journal.lines.size() == 2);
  CHECK(world.journal.lines.front().ends_with(
      "`nvmf-policy disconnect`: kept away until the policy changes, the host boots or "
      "`nvmf-policy resume nqn.2014-08.com.example:vol1`"));
}

TEST_CASE("disconnect: one that the kernel does not let go of stays ours") {
  DisconnectFixture world;
  world.own("nvmf-policy");
  const auto found = world.named({DisconnectFixture::session("0123456789abcdef")}, "nvme3");
  REQUIRE(found.size() == 1);
  world.port.disconnecting = []() -> base::Result<void> {
    return base::errno_failure("nvme3", EACCES);
  };
  CHECK_FALSE(world.disconnect(found.front()));
  const auto entry = host::read_registry_entry(world.files, "nvme3");
  REQUIRE(entry);
  CHECK(entry->owner == "nvmf-policy");
  // Gone by itself.
  world.port.disconnecting = []() -> base::Result<void> {
    return base::errno_failure("nvme3", ENOENT);
  };
  CHECK(world.disconnect(found.front()));
}

TEST_CASE("disconnect: another controller that has the number now is left alone") {
  DisconnectFixture world;
  auto found = world.named({DisconnectFixture::session("0123456789abcdef")}, "nvme3");
  REQUIRE(found.size() == 1);
  ++found.front().controller.incarnation;
  CHECK(world.disconnect(found.front()));
  CHECK(world.port.disconnected.empty());
  CHECK(world.is_kept_away());
}
