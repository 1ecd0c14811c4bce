#include "service/planner.hpp"

#include "execute/file_lock.hpp"
#include "host/request_name.hpp"
#include "host/run_paths.hpp"
#include "recorded_units.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <optional>

using namespace nvmf;

namespace {

class NoJournal final : public systemd::Journal {
public:
  void write(const systemd::JournalLine&) override {}
};

class WarningsJournal final : public systemd::Journal {
public:
  std::vector<std::string> warnings;

  void write(const systemd::JournalLine& line) override {
    if (line.priority == systemd::Priority::warning)
      warnings.push_back(line.message);
  }
};

} // namespace

TEST_CASE("systemd is asked for the executor only where none watches for requests") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf");
  tree.make_directory("/sys/class/nvme-fabrics");
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  NoJournal journal;
  plan::Plan plan{.id = "0123456789abcdef", .undecided = true};
  plan.event.kind = base::EventKind::boot;
  plan.event.endpoint.transport = base::Transport::tcp;
  plan.event.endpoint.traddr = base::Traddr::parse_any("192.0.2.1");
  plan.event.endpoint.trsvcid = 8009;
  std::string const lock = tree.root() + std::string(host::executor_lock);
  std::optional<execute::FileLock> held;
  std::vector<std::string> expected{host::connect_unit};
  SUBCASE("nobody was ever there") {}
  SUBCASE("one was there and has gone") { REQUIRE(execute::FileLock::attempt(lock)); }
  SUBCASE("one watches") {
    held = std::move(**execute::FileLock::attempt(lock));
    expected.clear();
  }
  REQUIRE(service::hand_over({files, units, journal, tree.root()}, plan));
  CHECK(units.started == expected);
  CHECK(files.exists(host::plan_path(host::request_name(files, plan))));
}

TEST_CASE("a live path of the firmware's table is handed over, any other live one is not") {
  for (bool const is_of_firmware : {true, false}) {
    CAPTURE(is_of_firmware);
    test::TemporaryTree tree;
    tree.make_directory("/run/nvmf");
    tree.make_directory("/sys/class/nvme-fabrics");
    base::RealFileSystem files = tree.files();
    test::RecordedUnits units;
    NoJournal journal;
    plan::Plan plan{.id = "0123456789abcdef"};
    plan.event = {.kind = base::EventKind::firmware,
                  .subject = base::Subject::io_subsystem,
                  .endpoint = {.traddr = base::Traddr::parse_any("192.0.2.1"), .trsvcid = 4420},
                  .subsystem_nqn = "nqn.a:root"};
    plan.items = {{.outcome = decide::Outcome::keep}};
    if (is_of_firmware)
      plan.items.front().firmware.emplace();
    REQUIRE(service::hand_over({files, units, journal, tree.root()}, plan));
    CHECK(files.exists(host::plan_path(host::request_name(files, plan))) == is_of_firmware);
    CHECK(units.started.size() == (is_of_firmware ? 1U : 0U));
  }
}

TEST_CASE("is_in_force: the policy that services decide with, and no other") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf");
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  NoJournal journal;
  const service::PlannerWorld world{files, units, journal, tree.root()};
  const std::string path = "/etc/nvmf/autoconnect.yaml";
  const std::string rules = "version: 1\nrules:\n  - { name: r, match: { any: true }, action: ";
  tree.write(path, rules + "connect }\n");
  auto const policy = service::policy_for_services(world);
  REQUIRE(policy);
  CHECK(service::is_in_force(files, *policy));
  tree.write(path, rules + "discover }\n");
  CHECK_FALSE(service::is_in_force(files, *policy));
  // It loads, but a guard that can never match makes it one that nobody uses.
  tree.write(path, rules + "discover }\ndeny:\n  - { name: g, match: { hostname: 'a b' }, "
                           "reason: none }\n");
  CHECK(service::is_in_force(files, *policy));
  auto const last_good = service::policy_for_services(world);
  REQUIRE(last_good);
  CHECK(service::is_in_force(files, *last_good));
}

TEST_CASE("a problem of the policy is reported once, a changed one and one that came back again") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf");
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  WarningsJournal journal;
  const service::PlannerWorld world{files, units, journal, tree.root()};
  const std::string path = "/etc/nvmf/autoconnect.yaml";
  const std::string right =
      "version: 1\nrules:\n  - { name: r, match: { any: true }, action: connect }\n";
  const struct {
    const char* name;
    std::string text;
    std::size_t lines;
  } steps[] = {
      {"right", right, 0},
      {"wrong", "version: 2\n", 1},
      {"the same", "version: 2\n", 1},
      {"wrong in another way", "version: [\n", 2},
      {"mended", right, 2},
      {"wrong again", "version: [\n", 3},
  };
  for (const auto& step : steps) {
    INFO(std::string(step.name));
    tree.write(path, step.text);
    (void)service::policy_for_services(world);
    CHECK(journal.warnings.size() == step.lines);
  }
}
