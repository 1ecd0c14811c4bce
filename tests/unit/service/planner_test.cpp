#include "service/planner.hpp"

#include "execute/file_lock.hpp"
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

} // namespace

TEST_CASE("systemd is asked for a service only where none watches for the request") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf/lock");
  tree.make_directory("/sys/class/nvme-fabrics");
  base::RealFileSystem files = tree.files();
  test::RecordedUnits units;
  NoJournal journal;
  plan::Plan plan{.id = "0123456789abcdef", .undecided = true};
  plan.event.kind = base::EventKind::boot;
  plan.event.endpoint.transport = base::Transport::tcp;
  plan.event.endpoint.traddr = base::Traddr::parse_any("192.0.2.1");
  plan.event.endpoint.trsvcid = 8009;
  std::string const lock = tree.root() + host::service_lock_path(plan.id);
  std::optional<execute::FileLock> held;
  std::vector<std::string> expected{host::connect_unit(plan.id)};
  SUBCASE("nobody was ever there") {}
  SUBCASE("one was there and has gone") { REQUIRE(execute::FileLock::attempt(lock)); }
  SUBCASE("one watches") {
    held = std::move(**execute::FileLock::attempt(lock));
    expected.clear();
  }
  REQUIRE(service::hand_over({files, units, journal, tree.root()}, plan));
  CHECK(units.started == expected);
  CHECK(files.exists(host::plan_path(plan.id)));
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
