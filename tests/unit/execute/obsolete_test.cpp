#include "execute/obsolete.hpp"

#include "execute/simulation.hpp"
#include "execute/state.hpp"
#include "host/kept_away.hpp"
#include "plan/id.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::test;

namespace {

// As far after the files' own times as it is told.
class LaterClock final : public base::Clock {
public:
  explicit LaterClock(base::Duration later) : later_(later) {}
  base::Duration since_boot() const override { return later_; }
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now() + later_;
  }

private:
  base::Duration later_;
};

struct Leftovers {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  std::shared_ptr<policy::Policy> policy = connect_everything();
  decide::Facts facts;

  Leftovers() {
    tree.make_directory("/run/nvmf/state");
    facts.controllers.emplace();
  }
  // A lost path, connected again as nvme3.
  execute::State lost_path() const {
    plan::Plan plan = aen_of_nvme0();
    plan.event.kind = base::EventKind::controller_lost;
    plan.event.subject = base::Subject::io_subsystem;
    plan.event.subsystem_nqn = "nqn.2024-01.com.example:vol1";
    plan.event.device.clear();
    plan.id = plan::endpoint_id(plan.event);
    execute::State state{.id = plan.id, .phase = execute::Phase::done, .plan = plan};
    state.paths.push_back({.tid = {.endpoint = plan.event.endpoint,
                                   .subsystem_nqn = plan.event.subsystem_nqn,
                                   .host_nqn = plan.event.host_nqn},
                           .state = execute::PathState::live,
                           .device = "nvme3"});
    return state;
  }
  // Whether its state is there after the look.
  bool keeps(const execute::State& state, base::Duration later,
             const std::string& served = std::string()) {
    REQUIRE(execute::write_state(files, state, base::SystemClock()));
    LaterClock const clock(later);
    execute::remove_obsolete_states(files, {.policy = *policy, .facts = facts, .clock = clock},
                                    [&](const std::string& id) { return id == served; });
    return files.exists("/run/nvmf/state/" + state.id + ".json");
  }
};

} // namespace

TEST_CASE("the state of a lost path goes an hour after the path went for good") {
  Leftovers left;
  execute::State state = left.lost_path();
  CHECK(left.keeps(state, 59min));
  CHECK_FALSE(left.keeps(state, 61min));
  SUBCASE("not while it is connected") {
    left.tree.make_directory("/sys/class/nvme/nvme3");
    CHECK(left.keeps(state, 61min));
    // Another controller has the number.
    state.paths.front().incarnation = 1;
    CHECK_FALSE(left.keeps(state, 61min));
  }
  SUBCASE("not while it is tried") {
    state.phase = execute::Phase::running;
    CHECK(left.keeps(state, 61min));
  }
  SUBCASE("not while a session has it") { CHECK(left.keeps(state, 61min, state.id)); }
  SUBCASE("not while it is asked for") {
    for (const char* directory : {"plans", "running", "failed"}) {
      std::string const path = std::string("/run/nvmf/") + directory + '/' + state.id + ".json";
      left.tree.write(path, "{}");
      CHECK(left.keeps(state, 61min));
      left.tree.remove(path);
    }
  }
}

TEST_CASE("the state of a connected discovery controller stays, and goes with it") {
  Leftovers left;
  Simulation const host;
  execute::State state{.id = plan::endpoint_id(aen_of_nvme0().event),
                       .phase = execute::Phase::done,
                       .plan = aen_of_nvme0()};
  left.facts = host.facts;
  CHECK(left.keeps(state, 61min));
  left.facts.controllers->clear();
  CHECK_FALSE(left.keeps(state, 61min));
}

TEST_CASE("the state of a source that the policy does not want goes at once") {
  Leftovers left;
  execute::State const state = left.lost_path();
  left.tree.make_directory("/sys/class/nvme/nvme3");
  left.tree.write("/run/nvmf/state/" + state.id + ".json.unusable", "of a later version");
  left.policy->rules.pop_back();
  CHECK_FALSE(left.keeps(state, 0min));
  CHECK(left.files.list("/run/nvmf/state").value().empty());
}

TEST_CASE("marks go when they say nothing any more") {
  Leftovers left;
  left.policy->rules.back().retry.slow_delay = 2h;
  left.tree.write("/run/nvmf/silent/0123456789abcdef", std::to_string(base::Duration(1h).count()));
  host::KeptAway kept_away(left.files);
  event::Event const lost = left.lost_path().plan.event;
  REQUIRE(kept_away.add(lost, left.policy->digest));
  execute::remove_obsolete_marks(left.files, *left.policy, LaterClock(2h + 59min));
  CHECK(left.files.list("/run/nvmf/silent").value().size() == 1);
  CHECK(kept_away.list().size() == 1);
  left.policy->digest = "sha256:other";
  execute::remove_obsolete_marks(left.files, *left.policy, LaterClock(3h + 1min));
  CHECK(left.files.list("/run/nvmf/silent").value().empty());
  CHECK(kept_away.list().empty());
}
