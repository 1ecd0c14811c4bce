#include "execute/command.hpp"

#include "execute/cancel.hpp"
#include "execute/state.hpp"
#include "host/request_name.hpp"
#include "host/run_paths.hpp"
#include "plan/id.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using execute::Command;

TEST_CASE("command: text and back") {
  const Command rows[] = {
      {.all = true, .paths = {}},
      {.all = false,
       .paths = {{.id = "0123456789abcdef", .key = "nqn.2014-08.com.example:vol1\ntcp\n\n"},
                 {.id = "fedcba9876543210", .key = "discovery\n\xc3\xa9 \"\\\n"}}},
  };
  for (const Command& row : rows) {
    const auto read = execute::command_from_text(to_text(row));
    REQUIRE(read);
    CHECK(*read == row);
  }
}

TEST_CASE("command: what a damaged file lacks") {
  struct Row {
    const char* text;
    const char* problem;
  };
  const Row rows[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {R"({"command": "cancel", "all": true})", "written by another version"},
      {R"({"format_version": 2, "command": "cancel", "all": true})", "written by another version"},
      {R"({"format_version": 1, "command": "connect", "all": true})", "`command` is not `cancel`"},
      {R"({"format_version": 1, "command": "cancel"})", "expected either `all` or `paths`"},
      {R"({"format_version": 1, "command": "cancel", "paths": []})",
       "expected either `all` or `paths`"},
      {R"({"format_version": 1, "command": "cancel", "all": "yes"})",
       "expected either `all` or `paths`"},
      {R"({"format_version": 1, "command": "cancel", "all": true,
           "paths": [{"id": "0123456789abcdef", "key": "k"}]})",
       "expected either `all` or `paths`"},
      {R"({"format_version": 1, "command": "cancel", "paths": {}})", "is not a list"},
      {R"({"format_version": 1, "command": "cancel", "paths": [{"id": "../../etc", "key": "k"}]})",
       "`id` is not the id of a session"},
      {R"({"format_version": 1, "command": "cancel", "paths": [{"id": "0123456789abcdef"}]})",
       "`key` is missing or not valid"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto read = execute::command_from_text(row.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == row.problem);
  }
}

TEST_CASE("command: names of files") {
  struct Row {
    const char* name;
    bool is_command;
  };
  const Row rows[] = {
      {"0123456789abcdef.command.json", true},   {"0123456789abcdef.json", false},
      {"0123456789abcde.command.json", false},   {"0123456789abcdeF.command.json", false},
      {".0123456789abcdef.command.json", false}, {".command.json", false},
      {"0123456789abcdef.command.jso", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(host::is_command_name(row.name) == row.is_command);
  }
  const std::string path = execute::new_command_path();
  const std::string directory = std::string(host::plans_directory) + '/';
  CHECK(path.starts_with(directory));
  CHECK(host::is_command_name(path.substr(directory.size())));
}

namespace {

const std::string cancelled_id = "0123456789abcdef";

plan::Tid volume_at(const char* address) {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = base::Traddr::parse_any(address),
                                     .trsvcid = 4420},
          .subsystem_nqn = "nqn.2014-08.com.example:vol1",
          .host_nqn = "nqn.2014-08.com.example:host"};
}

std::string key_at(const char* address) {
  return plan::path_key(base::Subject::io_subsystem, volume_at(address));
}

// Paths at .21 (live), .22 (waiting) and .23 (pending).
struct CancelWorld {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();

  CancelWorld() {
    tree.make_directory("/run/nvmf/state");
    execute::State state{.id = cancelled_id, .phase = execute::Phase::running};
    state.plan = {.id = cancelled_id,
                  .event = {.kind = base::EventKind::boot,
                            .endpoint = {.transport = base::Transport::tcp,
                                         .traddr = base::Traddr::parse_any("10.20.1.10"),
                                         .trsvcid = 8009},
                            .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
                            .target = "dc-a"}};
    state.paths = {
        {.tid = volume_at("10.20.1.21"), .state = execute::PathState::live, .device = "nvme3"},
        {.tid = volume_at("10.20.1.22"),
         .state = execute::PathState::waiting,
         .next_try = base::Duration(1000),
         .error_class = fabrics::ErrorClass::refused,
         .reason = "Connection refused"},
        {.tid = volume_at("10.20.1.23"),
         .state = execute::PathState::pending,
         .reason = "source-missing"}};
    REQUIRE(execute::write_state(files, state, base::SystemClock()));
  }
  void cancel(const std::vector<std::string>& keys) {
    std::vector<Command::Path> paths;
    for (const std::string& key : keys)
      paths.push_back({.id = cancelled_id, .key = key});
    REQUIRE(execute::cancel_paths(files, base::SystemClock(), paths));
  }
  execute::State state() {
    auto read = execute::read_state(files, cancelled_id);
    REQUIRE(read);
    REQUIRE(*read);
    return **read;
  }
};

} // namespace

TEST_CASE("cancel_paths: a path, and no other") {
  CancelWorld world;
  world.cancel({key_at("10.20.1.22"), key_at("10.20.1.29")});
  const execute::State state = world.state();
  CHECK(state.phase == execute::Phase::running);
  CHECK(state.paths[0].state == execute::PathState::live);
  CHECK(state.paths[1].state == execute::PathState::given_up);
  CHECK(state.paths[1].reason == execute::cancelled_reason);
  CHECK_FALSE(state.paths[1].next_try);
  CHECK_FALSE(state.paths[1].error_class);
  CHECK(state.paths[2].state == execute::PathState::pending);
}

TEST_CASE(
    "cancel_paths: where nothing is left the source is done, unless its log is still to be read") {
  CancelWorld world;
  bool is_claimed = false;
  SUBCASE("nothing is left") {}
  SUBCASE("claimed") { is_claimed = true; }
  if (is_claimed)
    world.tree.write(host::running_path({.id = cancelled_id, .subject = {}}), "{}");
  // A live path is connected, and stays so.
  world.cancel({key_at("10.20.1.21"), key_at("10.20.1.22"), key_at("10.20.1.23")});
  CHECK(world.state().paths[0].state == execute::PathState::live);
  CHECK(world.state().phase == (is_claimed ? execute::Phase::running : execute::Phase::done));
}

TEST_CASE("cancel_paths: of a source without a state") {
  CancelWorld world;
  CHECK(execute::cancel_paths(world.files, base::SystemClock(),
                              {{.id = "fedcba9876543210", .key = "key"}}));
  CHECK_FALSE(world.files.exists(host::state_path("fedcba9876543210")));
}
