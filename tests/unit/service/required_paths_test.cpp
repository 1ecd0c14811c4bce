#include "service/required_paths.hpp"

#include "base/duration.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

decide::Controller controller(const std::string& nqn, const std::string& state,
                              decide::ControllerType type = decide::ControllerType::io) {
  return {.device = "nvme1", .state = state, .type = type, .subsystem_nqn = nqn};
}

} // namespace

TEST_CASE("missing_paths: live I/O controllers of one subsystem count") {
  const std::string root = "nqn.2014-08.com.example:root";
  struct Row {
    const char* name;
    std::vector<decide::Controller> controllers;
    std::uint32_t paths;
    std::vector<std::string> missing;
  };
  const Row rows[] = {
      {"nothing", {}, 1, {"nqn.2014-08.com.example:root*: 0 of 1 path"}},
      {"live", {controller(root, "live")}, 1, {}},
      {"live under a kernel before 5.18, which shows no type",
       {controller(root, "live", decide::ControllerType::unknown)},
       1,
       {}},
      {"connecting does not count",
       {controller(root, "connecting")},
       1,
       {"nqn.2014-08.com.example:root*: 0 of 1 path"}},
      {"a discovery controller does not count",
       {controller(root, "live", decide::ControllerType::discovery)},
       1,
       {"nqn.2014-08.com.example:root*: 0 of 1 path"}},
      {"one path of two",
       {controller(root, "live")},
       2,
       {"nqn.2014-08.com.example:root*: 1 of 2 paths"}},
      {"paths of different subsystems do not add up",
       {controller(root + "1", "live"), controller(root + "2", "live")},
       2,
       {"nqn.2014-08.com.example:root*: 1 of 2 paths"}},
      {"two paths", {controller(root, "live"), controller(root, "live")}, 2, {}},
      {"another subsystem",
       {controller("nqn.2014-08.com.example:data", "live")},
       1,
       {"nqn.2014-08.com.example:root*: 0 of 1 path"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const policy::BootWait required{.wait_for = {{base::Glob("nqn.2014-08.com.example:root*"), {}}},
                                    .paths = row.paths};
    CHECK(service::missing_paths(row.controllers, required) == row.missing);
  }
}

TEST_CASE("wait_until_live: each look is told, the last one is the result") {
  // Half a second passes between two questions.
  class Hurrying final : public base::Clock {
  public:
    base::Duration since_boot() const override { return std::chrono::milliseconds(500) * asked_++; }
    std::chrono::system_clock::time_point now() const override { return {}; }

  private:
    mutable int asked_ = 0;
  };
  test::TemporaryTree tree;
  const policy::BootWait required{.wait_for = {{base::Glob("nqn.a:root"), {}}},
                                  .paths = 1,
                                  .timeout = std::chrono::milliseconds(501)};
  std::vector<std::string> told;
  const auto missing = service::wait_until_live(
      tree.files(), required, Hurrying(), [&](const auto& now, base::Duration waited) {
        told.push_back(base::format_duration(waited) + " " + now.front());
      });
  CHECK(told == std::vector<std::string>{"500ms nqn.a:root: 0 of 1 path"});
  CHECK(missing == std::vector<std::string>{"nqn.a:root: 0 of 1 path"});
}
