#include "execute/state.hpp"

#include "execute/intent.hpp"
#include "failing_files.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace nvmf;
using namespace std::chrono_literals;
using execute::PathState;
using execute::Phase;
using execute::State;

namespace {

class FixedClock final : public base::Clock {
public:
  base::Duration since_boot() const override { return 1000s; }
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(1767323045s); // 2026-01-02T03:04:05Z
  }
};

plan::Tid tid_of(const char* traddr) {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = *base::Traddr::parse_any(traddr),
                                     .trsvcid = 4420,
                                     .host_traddr = *base::Traddr::parse_any("192.0.2.20"),
                                     .host_iface = "eth1"},
          .subsystem_nqn = "nqn.2024-01.com.example:vol1",
          .host_nqn = "nqn.2024-01.com.example:host",
          .hostid = "11111111-2222-3333-4444-555555555555"};
}

State example() {
  State state{.id = "0123456789abcdef", .phase = Phase::running, .why = ""};
  state.plan.id = state.id;
  state.plan.policy.digest = "sha256:test";
  state.plan.event.endpoint.traddr = *base::Traddr::parse_any("192.0.2.1");
  state.plan.event.endpoint.trsvcid = 8009;
  state.plan.event.discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery";
  state.plan.event.host_nqn = "nqn.2024-01.com.example:host";
  state.paths.push_back({.item = 3,
                         .tid = tid_of("192.0.2.10"),
                         .rule = "prod",
                         .expect_paths = 4,
                         .state = PathState::waiting,
                         .tries = 2,
                         .first_try = 990s,
                         .next_try = 1004s,
                         .error_class = fabrics::ErrorClass::refused,
                         .reason = "Connection refused"});
  state.paths.push_back({.tid = tid_of("192.0.2.11"), .state = PathState::live, .device = "nvme5"});
  event::DiscoveryLog log{.genctr = 7, .numrec = 1};
  log.entries.push_back({.trtype = 3,
                         .adrfam = 1,
                         .subtype = event::EntrySubtype::nvm_subsystem,
                         .secure_channel = base::SecureChannel::not_required,
                         .may_disable_sqflow = true,
                         .portid = 9,
                         .cntlid = 8,
                         .asqsz = 7,
                         .eflags = 6,
                         .trsvcid = "4420",
                         .subnqn = "nqn.x:\n,\"",
                         .traddr = "192.0.2.10",
                         .sectype = 2});
  state.logs.push_back({.tid = tid_of("192.0.2.1"), .device = "nvme0", .log = log, .read = 999s});
  return state;
}

// As an executor writes it.
std::string text_of(const State& state) {
  test::TemporaryTree const tree;
  base::RealFileSystem files = tree.files();
  REQUIRE(files.make_directories("/run/nvmf/state", 0700));
  REQUIRE(execute::write_state(files, state, FixedClock()));
  return tree.read("/run/nvmf/state/" + state.id + ".json");
}

} // namespace

TEST_CASE("a state comes back as it was written") {
  State const state = example();
  auto const back = execute::state_from_json(text_of(state));
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK(back->id == state.id);
  CHECK(back->phase == state.phase);
  CHECK(back->paths == state.paths);
  CHECK(back->logs == state.logs);
  CHECK(back->plan.event == state.plan.event);
}

TEST_CASE("a state is taken up again as long as something may still come of it") {
  State state = example();
  state.logs.front().device = "nvme0";
  struct Row {
    Phase phase;
    bool follows_network;
    bool is_open;
  };
  for (const Row& row : {Row{Phase::running, false, true}, Row{Phase::done, false, false},
                         Row{Phase::done, true, true}, Row{Phase::cancelled, true, false},
                         Row{Phase::failed, true, false}}) {
    CAPTURE(to_string(row.phase));
    state.phase = row.phase;
    state.follows_network = row.follows_network;
    auto const back = execute::state_from_json(text_of(state));
    REQUIRE(back);
    CHECK(back->follows_network == row.follows_network);
    CHECK(is_open(*back) == row.is_open);
  }
  // It is asked again, for it does not say when its log changes.
  state.phase = Phase::done;
  state.follows_network = false;
  state.logs.front().device.clear();
  CHECK(is_open(state));
}

TEST_CASE("a state is read for a device only if it names it") {
  test::TemporaryTree tree;
  auto files = tree.files();
  tree.make_directory("/run/nvmf/state");
  State state = example();
  state.paths.clear();
  state.paths.push_back({.tid = tid_of("192.0.2.1"), .state = PathState::live, .device = "nvme12"});
  REQUIRE(execute::write_state(files, state, FixedClock()));
  auto const read_for = [&](const std::string& device) {
    return execute::read_state_naming(files, state.id, device);
  };
  CHECK(read_for("nvme12").value()->paths == state.paths);
  for (const char* other : {"nvme1", "nvme2", "nvme123"}) {
    CAPTURE(other);
    CHECK_FALSE(read_for(other).value());
  }
  CHECK_FALSE(execute::read_state_naming(files, "fedcba9876543210", "nvme12").value());
}

TEST_CASE("times are written for people too") {
  auto const json = nlohmann::json::parse(text_of(example()));
  CHECK(json["updated"] == "2026-01-02T03:04:05Z");
  CHECK(json["paths"][0]["next_try"] == "2026-01-02T03:04:09Z");
  CHECK(json["paths"][0]["next_try_boot_ms"] == 1004000);
  CHECK(json["paths"][0]["lane"] == "fast");
  CHECK(json["paths"][1]["next_try"].is_null());
  State slow = example();
  slow.paths[0].slow_lane = true;
  std::string const text = text_of(slow);
  CHECK(nlohmann::json::parse(text)["paths"][0]["lane"] == "slow");
  CHECK(execute::state_from_json(text)->paths == slow.paths);
  CHECK(json["logs"][0]["entries"] == 1);
}

TEST_CASE("text that is not UTF-8 does not keep a state from being written") {
  State state = example();
  state.logs[0].log.entries[0].subnqn = "nqn.x:\xff\xfe";
  CHECK(execute::state_from_json(text_of(state)));
}

TEST_CASE("a damaged state is refused, whatever is wrong with it") {
  auto const whole = nlohmann::json::parse(text_of(example()));
  for (const char* key : {"id", "phase", "plan", "logs", "paths", "format_version"}) {
    CAPTURE(key);
    auto json = whole;
    json.erase(key);
    CHECK_FALSE(execute::state_from_json(json.dump()));
    json[key] = 7.5;
    CHECK_FALSE(execute::state_from_json(json.dump()));
  }
  for (const char* key : {"state", "tid", "tries"}) {
    CAPTURE(key);
    auto json = whole;
    json["paths"][0][key] = "x";
    CHECK_FALSE(execute::state_from_json(json.dump()));
  }
  for (const char* text : {"", "[]", "{", "null"})
    CHECK_FALSE(execute::state_from_json(text));
}

TEST_CASE("what is wrong with a state is named") {
  State state = example();
  state.plan.items.emplace_back();
  auto const whole = nlohmann::json::parse(text_of(state));
  REQUIRE(execute::state_from_json(whole.dump(), execute::Items::told));
  struct Row {
    const char* place;
    nlohmann::json value;
    const char* message;
  };
  const Row rows[] = {
      {"/phase", "resting", "`phase` is missing or not valid"},
      {"/paths/0/tries", "x", "`paths`: `tries` is missing or not valid"},
      {"/paths/0/tries", -1, "`paths`: `tries` is missing or not valid"},
      {"/paths/0/first_try_boot_ms", 1.5, "`paths`: `first_try_boot_ms` is missing or not valid"},
      {"/paths/0/tid/traddr", "x", "`paths`: `tid`: `traddr` is missing or not valid"},
      {"/paths/0/tid/trsvcid", "x", "`paths`: `tid`: `trsvcid` is missing or not valid"},
      {"/paths/0/tid", nlohmann::json::object(),
       "`paths`: `tid`: `transport` is missing or not valid"},
      {"/logs/0/records/0/5", 70000, "`logs`: `records`: `5` is missing or not valid"},
      {"/logs/0/records", "x", "`logs`: `records`: is not a list"},
      {"/plan/items/0/outcome", "x", "`plan`: `outcome` is missing or not valid"},
      {"/plan/items/0/decided_by", "x", "`plan`: `decided_by`: `kind` is missing or not valid"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.place);
    auto json = whole;
    json[nlohmann::json::json_pointer(row.place)] = row.value;
    auto const read = execute::state_from_json(json.dump(), execute::Items::told);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == row.message);
  }
}

TEST_CASE("one line sums a state up") {
  State state = example();
  CHECK(execute::summary_line(state, 1000s) ==
        "paths 1 of 2, next try in 4s; log of nvme0 read, 1 entries");
  CHECK(execute::summary_line(state, 2000s) ==
        "paths 1 of 2, next try in 0s; log of nvme0 read, 1 entries");
  state.paths[0].next_try.reset();
  state.logs.clear();
  state.phase = Phase::cancelled;
  CHECK(execute::summary_line(state, 1000s) == "paths 1 of 2; cancelled");
}

TEST_CASE("words go both ways") {
  for (PathState each : execute::all_path_states)
    CHECK(execute::parse_path_state(to_string(each)) == each);
  for (Phase each : {Phase::running, Phase::done, Phase::cancelled, Phase::failed})
    CHECK(execute::parse_phase(to_string(each)) == each);
  CHECK_FALSE(execute::parse_path_state(""));
}

TEST_CASE("states written one after another are each written whole") {
  test::TemporaryTree const tree;
  base::RealFileSystem files = tree.files();
  FixedClock const clock;
  execute::StateWriter writer(files, clock);
  State state = example();
  auto const is_there = [&] {
    return files.read("/run/nvmf/state/0123456789abcdef.json", 1U << 20U) == text_of(state);
  };
  REQUIRE(files.make_directories("/run/nvmf/state", 0700));
  REQUIRE(writer.write(state));
  CHECK(is_there());
  state.paths.at(0).tries = 77;
  REQUIRE(writer.write(state));
  CHECK(is_there());
  state.plan.items.emplace_back().detail = "decided anew";
  REQUIRE(writer.write(state));
  CHECK(is_there());
  state.plan.policy.digest = "sha256:other";
  writer.forget();
  REQUIRE(writer.write(state));
  CHECK(is_there());
}

TEST_CASE("an intent that cannot be read for want of descriptors stays for the next look") {
  test::TemporaryTree const tree;
  base::RealFileSystem files = tree.files();
  auto const path =
      execute::write_intent(files, {.id = "0123456789abcdef", .tid = tid_of("192.0.2.10")});
  REQUIRE(path);
  test::FailingFiles failing(files);
  failing.reads[*path] = EMFILE;
  CHECK(execute::left_over_intents(failing).empty());
  CHECK(execute::left_over_intents(files).size() == 1);
}

TEST_CASE("an intent comes back as it was written, and what is none is removed") {
  test::TemporaryTree const tree;
  base::RealFileSystem files = tree.files();
  execute::Intent const intent{
      .id = "0123456789abcdef", .stay = execute::Stay::transient, .tid = tid_of("192.0.2.10")};
  auto const path = execute::write_intent(files, intent);
  REQUIRE(path);
  REQUIRE(files.write_atomically("/run/nvmf/intents/broken.json", "{", 0600));
  auto const found = execute::left_over_intents(files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == *path);
  CHECK(found[0].intent.tid == intent.tid);
  CHECK(found[0].intent.stay == intent.stay);
  CHECK(found[0].intent.id == intent.id);
  CHECK_FALSE(files.exists("/run/nvmf/intents/broken.json"));
  execute::remove_intent(files, *path);
  CHECK(execute::left_over_intents(files).empty());
}
