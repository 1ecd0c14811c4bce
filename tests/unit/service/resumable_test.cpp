#include "service/resumable.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

execute::State state(const std::string& id, execute::Phase phase, execute::PathState path) {
  execute::State one{.id = id, .phase = phase};
  one.plan.event.target = "target-" + id;
  one.plan.event.device = "nvme0";
  one.plan.event.endpoint.traddr = base::Traddr::parse_any("fd20:a::10");
  one.paths.push_back(
      {.tid = {.endpoint = base::Endpoint{.traddr = base::Traddr::parse_any("10.20.1.21")},
               .subsystem_nqn = "nqn.2014-08.com.example:" + id},
       .state = path});
  return one;
}

std::vector<std::string> ids(const std::vector<execute::State>& states) {
  std::vector<std::string> found;
  for (const execute::State& one : states)
    found.push_back(one.id);
  return found;
}

} // namespace

TEST_CASE("resumable: what was stopped, failed or given up") {
  using execute::PathState;
  using execute::Phase;
  const std::vector<execute::State> all{
      state("done", Phase::done, PathState::live),
      state("running", Phase::running, PathState::waiting),
      state("stopped", Phase::cancelled, PathState::waiting),
      state("failed", Phase::failed, PathState::live),
      state("given-up", Phase::done, PathState::given_up),
  };
  CHECK(ids(service::resumable(all)) == std::vector<std::string>{"stopped", "failed", "given-up"});
}

TEST_CASE("called: by id, target, device, address in any spelling, or NQN") {
  const std::vector<execute::State> all{
      state("one", execute::Phase::done, execute::PathState::live)};
  struct Row {
    std::string name;
    bool found;
  };
  const Row rows[] = {
      {"one", true},
      {"target-one", true},
      {"nvme0", true},
      {"fd20:a:0::10", true},
      {"10.20.1.21", true},
      {"nqn.2014-08.com.example:one", true},
      {"nqn.2014-08.com.example:on", false},
      {"10.20.1.22", false},
      {"", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(service::called(all, {row.name}).empty() != row.found);
  }
}
