#include "service/withdraw.hpp"

#include "execute/file_lock.hpp"
#include "execute/state.hpp"
#include "host/request_name.hpp"
#include "host/run_paths.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <optional>

using namespace nvmf;

namespace {

const std::string withdrawn_id = "0123456789abcdef";

// A request that waits, with a state, and perhaps an executor.
struct WithdrawFixture {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  base::SystemClock clock;
  std::optional<execute::FileLock> executor;
  std::function<void(const std::string& command)> executor_looks; // at each pause
  int pauses = 0;

  WithdrawFixture() {
    tree.write(host::plan_path({.id = withdrawn_id, .subject = {}}), "{}");
    tree.make_directory("/run/nvmf/state");
    execute::State state{.id = withdrawn_id, .phase = execute::Phase::running};
    state.plan = {.id = withdrawn_id,
                  .event = {.kind = base::EventKind::boot,
                            .endpoint = {.transport = base::Transport::tcp,
                                         .traddr = base::Traddr::parse_any("10.20.1.10"),
                                         .trsvcid = 8009},
                            .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
                            .target = "dc-a"}};
    REQUIRE(execute::write_state(files, state, clock));
  }
  void start_executor() {
    auto lock = execute::FileLock::attempt(tree.root() + std::string(host::executor_lock));
    REQUIRE(lock);
    executor = std::move(*lock);
    REQUIRE(executor);
  }
  std::vector<std::string> commands() const {
    auto names = files.list(std::string(host::plans_directory)).value();
    std::erase_if(names, [](const auto& name) { return !host::is_command_name(name); });
    return names;
  }
  base::Result<void> withdraw() {
    return service::withdraw({.files = files,
                              .root = tree.root(),
                              .clock = clock,
                              .pause =
                                  [this](std::chrono::milliseconds) {
                                    ++pauses;
                                    const auto waiting = commands();
                                    REQUIRE(waiting.size() == 1);
                                    if (executor_looks)
                                      executor_looks(std::string(host::plans_directory) + '/' +
                                                     waiting.front());
                                  }},
                             {.all = true, .paths = {}});
  }
  execute::Phase phase() const { return (*execute::read_state(files, withdrawn_id))->phase; }
};

} // namespace

TEST_CASE("withdraw: by itself where no executor runs") {
  WithdrawFixture world;
  CHECK(world.withdraw());
  CHECK(world.pauses == 0);
  CHECK(world.phase() == execute::Phase::cancelled);
  CHECK_FALSE(world.files.exists(host::plan_path({.id = withdrawn_id, .subject = {}})));
  CHECK(world.commands().empty());
}

TEST_CASE("withdraw: by the executor, which reads the command and removes it") {
  WithdrawFixture world;
  world.start_executor();
  std::optional<execute::Command> seen;
  world.executor_looks = [&](const std::string& path) {
    if (world.pauses < 3)
      return;
    const auto command = execute::command_from_text(world.tree.read(path));
    REQUIRE(command);
    seen = *command;
    world.tree.remove(path);
  };
  CHECK(world.withdraw());
  CHECK(world.pauses == 3);
  CHECK(seen == execute::Command{.all = true, .paths = {}});
  // That is the executor's to do.
  CHECK(world.phase() == execute::Phase::running);
}

TEST_CASE("withdraw: by itself where the executor ends meanwhile") {
  WithdrawFixture world;
  world.start_executor();
  world.executor_looks = [&](const std::string&) { world.executor.reset(); };
  CHECK(world.withdraw());
  CHECK(world.pauses == 1);
  CHECK(world.phase() == execute::Phase::cancelled);
  CHECK(world.commands().empty());
}

TEST_CASE("withdraw: an executor that does not answer finds the command later") {
  WithdrawFixture world;
  world.start_executor();
  const auto done = world.withdraw();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ETIMEDOUT);
  REQUIRE(world.commands().size() == 1);
  CHECK(done.error().message == "the executor has not answered for 3 s; it carries out " +
                                    std::string(host::plans_directory) + '/' +
                                    world.commands().front() + " as soon as it does");
  CHECK(world.pauses == 60);
  CHECK(world.phase() == execute::Phase::running);
}

TEST_CASE("withdraw: nothing where nothing ever ran") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  const base::SystemClock clock;
  CHECK(service::withdraw({.files = files, .root = tree.root(), .clock = clock, .pause = {}},
                          {.all = true, .paths = {}}));
}
