#include "host/hand_over.hpp"

#include "failing_files.hpp"
#include "plan/json.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;
using host::HandOver;

namespace {

const std::string id = "0123456789abcdef";
using Names = std::vector<host::RequestName>;
using Texts = std::vector<std::string>;

plan::Plan plan_with(const std::string& plan_id) {
  return {.id = plan_id,
          .event = {.kind = base::EventKind::discovery_log_changed,
                    .endpoint = {.transport = base::Transport::tcp,
                                 .traddr = base::Traddr::parse_any("10.20.1.10"),
                                 .trsvcid = 8009},
                    .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"},
          .policy = {.digest = "sha256:00", .files = {"/etc/nvmf/autoconnect.yaml"}}};
}

struct World {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  HandOver hand_over{files};
  host::RequestName name = host::request_name(files, plan_with(id));
};

} // namespace

TEST_CASE("a plan goes from planner to executor and ends") {
  World world;
  REQUIRE(world.hand_over.submit(plan_with(id)));
  CHECK(world.hand_over.waiting().value() == Names{world.name});
  CHECK(world.files.status(host::plan_path(world.name))->mode == 0600);
  CHECK(world.files.status("/run/nvmf")->mode == 0755);
  CHECK(world.files.status("/run/nvmf/plans")->mode == 0700);

  auto const claimed = world.hand_over.claim(world.name);
  REQUIRE(claimed);
  REQUIRE(*claimed);
  CHECK((*claimed)->id == id);
  CHECK((*claimed)->event == plan_with(id).event);
  CHECK(world.hand_over.waiting().value().empty());
  CHECK(world.hand_over.running().value() == Names{world.name});
  CHECK(world.hand_over.claimed(world.name).value()->policy.digest == "sha256:00");

  REQUIRE(world.hand_over.finish(world.name));
  CHECK(world.hand_over.running().value().empty());
  CHECK_FALSE(world.hand_over.claimed(world.name).value());
}

TEST_CASE("nothing waits where nothing was submitted") {
  World world;
  CHECK(world.hand_over.waiting().value().empty());
  CHECK_FALSE(world.hand_over.claim(world.name).value());
  CHECK_FALSE(world.hand_over.withdraw(world.name).value());
  CHECK(world.hand_over.finish(world.name).has_value());
}

TEST_CASE("a plan that comes while one runs is claimed over it") {
  World world;
  REQUIRE(world.hand_over.submit(plan_with(id)));
  REQUIRE(*world.hand_over.claim(world.name));
  plan::Plan second = plan_with(id);
  second.policy.digest = "sha256:11";
  REQUIRE(world.hand_over.submit(second));
  CHECK(world.hand_over.claim(world.name).value()->policy.digest == "sha256:11");
  CHECK(world.hand_over.running().value() == Names{world.name});
}

TEST_CASE("requests of other subjects stay when one of them is done or withdrawn") {
  World world;
  plan::Plan loss = plan_with(id);
  loss.event.kind = base::EventKind::controller_lost;
  auto const lost = host::request_name(world.files, loss);
  for (const plan::Plan& plan : {plan_with(id), loss})
    REQUIRE(world.hand_over.submit(plan));
  CHECK(world.hand_over.waiting().value().size() == 2);
  for (const host::RequestName& name : {world.name, lost})
    REQUIRE(*world.hand_over.claim(name));
  SUBCASE("done") { REQUIRE(world.hand_over.finish(world.name)); }
  SUBCASE("withdrawn") { REQUIRE(world.hand_over.withdraw(world.name)); }
  SUBCASE("given up") { REQUIRE(world.hand_over.set_aside(world.name)); }
  CHECK(world.hand_over.running().value() == Names{lost});
  CHECK(world.hand_over.claimed(lost).value()->event == loss.event);
}

TEST_CASE("a session begins afresh with any of its requests") {
  World world;
  REQUIRE(world.hand_over.prepare());
  const std::string other = "fedcba9876543210";
  for (const std::string& one : {id, other})
    world.tree.write("/run/nvmf/failed/" + one + ".json", "{}");
  REQUIRE(world.hand_over.submit(plan_with(id)));
  REQUIRE(*world.hand_over.claim(world.name));
  CHECK(world.hand_over.failed().value() == Names{{.id = other, .subject = {}}});
}

TEST_CASE("a request of the version before, which had one for a session, is taken") {
  World world;
  REQUIRE(world.hand_over.prepare());
  const host::RequestName former{.id = id, .subject = {}};
  world.tree.write("/run/nvmf/plans/" + id + ".json", plan::to_request(plan_with(id)));
  CHECK(world.hand_over.waiting().value() == Names{former});
  CHECK(world.hand_over.claim(former).value()->id == id);
  REQUIRE(world.hand_over.finish(former));
  CHECK(world.hand_over.running().value().empty());
}

TEST_CASE("starts without progress are counted beside the request") {
  World world;
  REQUIRE(world.hand_over.submit(plan_with(id)));
  REQUIRE(*world.hand_over.claim(world.name));
  for (unsigned crash = 1; crash <= 3; ++crash)
    CHECK(world.hand_over.count_crash(id).value() == crash);
  SUBCASE("progress sets them back") {
    REQUIRE(world.hand_over.note_progress(id));
    CHECK(world.hand_over.count_crash(id).value() == 1);
  }
  SUBCASE("a new event begins afresh") {
    REQUIRE(world.hand_over.submit(plan_with(id)));
    REQUIRE(*world.hand_over.claim(world.name));
    CHECK(world.hand_over.count_crash(id).value() == 1);
  }
  SUBCASE("what is given up is kept for examination") {
    REQUIRE(world.hand_over.set_aside(world.name));
    CHECK(world.hand_over.failed().value() == Names{world.name});
    CHECK(world.hand_over.running().value().empty());
    CHECK_FALSE(world.files.exists(host::starts_path(id)));
    REQUIRE(world.hand_over.submit(plan_with(id)));
    CHECK(world.hand_over.failed().value() == Names{world.name});
    REQUIRE(*world.hand_over.claim(world.name)); // it begins afresh
    CHECK(world.hand_over.failed().value().empty());
  }
  SUBCASE("a count that cannot be read is none") {
    world.tree.write(host::starts_path(id), "many");
    CHECK(world.hand_over.count_crash(id).value() == 1);
  }
}

TEST_CASE("stop withdraws a request wherever it is") {
  World world;
  REQUIRE(world.hand_over.submit(plan_with(id)));
  REQUIRE(*world.hand_over.claim(world.name));
  REQUIRE(world.hand_over.submit(plan_with(id)));
  CHECK(world.hand_over.withdraw(world.name).value());
  CHECK(world.hand_over.waiting().value().empty());
  CHECK(world.hand_over.running().value().empty());
}

TEST_CASE("a request that cannot go on is kept") {
  World world;
  REQUIRE(world.hand_over.prepare());
  REQUIRE(world.hand_over.keep(plan_with(id)));
  CHECK(world.hand_over.running().value() == Names{world.name});
  CHECK(world.hand_over.claimed(world.name).value()->id == id);
  SUBCASE("a request that is there stays as it is") {
    world.tree.write(host::running_path(world.name), "{");
    REQUIRE(world.hand_over.keep(plan_with(id)));
    CHECK(world.files.read(host::running_path(world.name), 100).value() == "{");
  }
  SUBCASE("given up, it can be read") {
    CHECK_FALSE(world.hand_over.read_failed(world.name).value());
    REQUIRE(world.hand_over.set_aside(world.name));
    CHECK(world.hand_over.read_failed(world.name).value()->id == id);
  }
}

TEST_CASE("a poisoned file leaves plans/") {
  struct Row {
    const char* name;
    std::string content;
  };
  const Row rows[] = {
      {"empty", ""},
      {"not JSON", "{"},
      {"another plan's", plan::to_request(plan_with("fedcba9876543210"))},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    REQUIRE(world.hand_over.prepare());
    world.tree.write(host::plan_path(world.name), row.content);
    auto const claimed = world.hand_over.claim(world.name);
    REQUIRE_FALSE(claimed);
    CHECK(claimed.error().message.find(host::running_path(world.name)) == 0);
    CHECK(world.hand_over.waiting().value().empty());
    CHECK(world.hand_over.running().value().empty());
    CHECK(world.hand_over.failed().value() == Names{world.name});
  }
}

TEST_CASE("a directory as a request leaves plans/ once, whatever is in its way") {
  World world;
  REQUIRE(world.hand_over.prepare());
  world.tree.write(host::plan_path(world.name) + "/x", "");
  SUBCASE("as the dispatcher finds it") {
    CHECK(world.hand_over.set_aside_foreign().value() == Texts{host::file_name(world.name)});
  }
  SUBCASE("as the executor finds it") { CHECK_FALSE(world.hand_over.claim(world.name)); }
  SUBCASE("while a request runs") {
    REQUIRE(world.hand_over.keep(plan_with(id)));
    CHECK_FALSE(world.hand_over.claim(world.name));
    CHECK(world.hand_over.claimed(world.name).value()->id == id);
    REQUIRE(world.hand_over.finish(world.name));
  }
  SUBCASE("another was there before") {
    world.tree.write(host::failed_path(world.name), "{}");
    CHECK_FALSE(world.hand_over.claim(world.name));
    CHECK(world.files.exists(host::failed_path(world.name)));
  }
  CHECK(world.hand_over.waiting().value().empty());
  CHECK(world.hand_over.running().value().empty());
  CHECK_FALSE(world.files.list("/run/nvmf/failed").value().empty());
}

TEST_CASE("a request that was given up is not lost") {
  World world;
  REQUIRE(world.hand_over.prepare());
  REQUIRE(world.hand_over.keep(plan_with(id)));
  REQUIRE(world.hand_over.set_aside(world.name));
  SUBCASE("asked for again") {
    CHECK_FALSE(world.hand_over.event_of_failed(world.name).value());
    REQUIRE(world.hand_over.ask_again(world.name));
    CHECK(world.hand_over.waiting().value() == Names{world.name});
  }
  SUBCASE("a newer one waits") {
    plan::Plan newer = plan_with(id);
    newer.policy.digest = "sha256:newer";
    REQUIRE(world.hand_over.submit(newer));
    REQUIRE(world.hand_over.ask_again(world.name));
    CHECK(world.hand_over.claim(world.name).value()->policy.digest == "sha256:newer");
  }
  SUBCASE("one of another version still says what happened") {
    std::string text = plan::to_request(plan_with(id));
    const std::string_view version = "\"format_version\": 1";
    auto const at = text.find(version);
    REQUIRE(at != std::string::npos);
    text.replace(at, version.size(), "\"format_version\": 2");
    world.tree.write(host::failed_path(world.name), text);
    CHECK_FALSE(world.hand_over.read_failed(world.name));
    CHECK(world.hand_over.event_of_failed(world.name).value() == plan_with(id).event);
    REQUIRE(world.hand_over.forget_failed(world.name));
  }
  SUBCASE("one that is not a request gives nothing") {
    world.tree.write(host::failed_path(world.name), "{\"event\": 3}");
    CHECK_FALSE(world.hand_over.event_of_failed(world.name));
    REQUIRE(world.hand_over.forget_failed(world.name));
  }
  CHECK(world.hand_over.failed().value().empty());
}

TEST_CASE("files that a killed writer left unfinished go when they are old") {
  World world;
  REQUIRE(world.hand_over.submit(plan_with(id)));
  const std::string unfinished = "/run/nvmf/plans/." + id + ".json.AbCdEf";
  world.tree.write(unfinished, "{");
  world.tree.make_directory("/run/nvmf/state/.directory");
  auto const written = world.files.status(unfinished)->modified;
  world.hand_over.sweep_unfinished(written);
  CHECK(world.files.exists(unfinished));
  world.hand_over.sweep_unfinished(written + std::chrono::seconds(1));
  CHECK_FALSE(world.files.exists(unfinished));
  CHECK(world.hand_over.waiting().value() == Names{world.name});
  CHECK(world.files.exists("/run/nvmf/state/.directory"));
}

TEST_CASE("a request that cannot be read for want of descriptors stays claimed") {
  World world;
  test::FailingFiles failing(world.files);
  host::HandOver hand_over(failing);
  REQUIRE(hand_over.submit(plan_with(id)));
  failing.reads[host::running_path(world.name)] = EMFILE;
  auto const claimed = hand_over.claim(world.name);
  REQUIRE_FALSE(claimed);
  CHECK(claimed.error().code == EMFILE);
  CHECK(hand_over.failed().value().empty());
  failing.reads.clear();
  CHECK_FALSE(hand_over.claim(world.name).value());
  CHECK(hand_over.claimed(world.name).value()->id == id);
}

TEST_CASE("names that are not ids are passed over and refused") {
  World world;
  REQUIRE(world.hand_over.prepare());
  for (const char* name : {"x.json", "0123456789ABCDEF.json", "0123456789abcdef", ".tmp"})
    world.tree.write(std::string("/run/nvmf/plans/") + name, "{}");
  CHECK(world.hand_over.waiting().value().empty());
  for (const std::string bad : {"", "..", "../../etc/passwd", "0123456789abcdeg"}) {
    CAPTURE(bad);
    CHECK(world.hand_over.claim({bad, {}}).error().code == EINVAL);
    CHECK(world.hand_over.withdraw({id, bad + "x"}).error().code == EINVAL);
    CHECK(world.hand_over.submit(plan_with(bad)).error().code == EINVAL);
  }
}

TEST_CASE("a file that is not a request leaves plans/, or the path unit would fire for ever") {
  World world;
  CHECK(world.hand_over.set_aside_foreign().value().empty());
  REQUIRE(world.hand_over.submit(plan_with(id)));
  for (const char* name : {"x.json", "notes.txt", ".being-written"})
    world.tree.write(std::string("/run/nvmf/plans/") + name, "{}");
  world.tree.write(host::command_path(id), "{}");
  world.tree.make_directory("/run/nvmf/plans/directory");
  CHECK(world.hand_over.set_aside_foreign().value() == Texts{"directory", "notes.txt", "x.json"});
  Texts left{".being-written", id + ".command.json", host::file_name(world.name)};
  std::sort(left.begin(), left.end());
  CHECK(world.files.list("/run/nvmf/plans").value() == left);
  CHECK(world.files.list("/run/nvmf/failed").value() == Texts{"directory", "notes.txt", "x.json"});
}

TEST_CASE("an unwritable directory is said") {
  World world;
  world.tree.write("/run", "a file where the directory should be");
  auto const submitted = world.hand_over.submit(plan_with(id));
  REQUIRE_FALSE(submitted);
  CHECK(submitted.error().code == ENOTDIR);
}
