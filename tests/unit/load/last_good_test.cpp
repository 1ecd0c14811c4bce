#include "load/last_good.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <string>

using namespace nvmf;
using load::LastGoodPlace;

namespace {

class StoppedClock final : public base::Clock {
public:
  base::Duration since_boot() const override { return base::Duration(0); }
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  }
};

const char* const main_file = "/etc/nvmf/autoconnect.yaml";
const std::string rule_a =
    "version: 1\nrules:\n  - {name: a, match: {transport: tcp}, action: connect}  # why\n";

const std::string never_holds =
    "version: 1\nrules:\n  - {name: a, match: {traddr: 10.0.0.0/24, not: {traddr: "
    "[10.0.0.0/25, 10.0.0.128-10.0.0.255]}}, action: connect}\n";

// Stores what loads now.
void store(test::TemporaryTree& tree) {
  auto files = tree.files();
  StoppedClock const clock;
  load::Loaded const loaded = load::load_policy(files);
  REQUIRE(loaded.policy);
  CHECK(load::store_last_good(files, loaded, clock).has_value());
}

} // namespace

TEST_CASE("a stored policy comes back with the same digest") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  tree.write("/usr/lib/nvmf/autoconnect.d/70-v.yaml", "version: 1\nlimits: {referral-depth: 2}\n");
  store(tree);
  load::Loaded const loaded = load::load_policy(tree.files());
  for (LastGoodPlace const place : {LastGoodPlace::run_only, LastGoodPlace::run_then_var}) {
    auto const restored = load::restore_last_good(tree.files(), place);
    REQUIRE(restored);
    CHECK(restored->policy->digest == loaded.policy->digest);
    CHECK(restored->policy->rules.front().span.place() == "/etc/nvmf/autoconnect.yaml:3");
    CHECK(restored->policy->limits.referral_depth == 2);
    CHECK(restored->stored_at == StoppedClock().now());
    CHECK(restored->path == load::last_good_copy);
  }
}

TEST_CASE("after a reboot the copy under /var serves those who may look there") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  tree.remove("/run");
  CHECK_FALSE(load::restore_last_good(tree.files(), LastGoodPlace::run_only));
  auto const restored = load::restore_last_good(tree.files(), LastGoodPlace::run_then_var);
  REQUIRE(restored);
  CHECK(restored->path == load::last_good_path);
}

TEST_CASE("services decide with the last good policy while the files are broken") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  std::string const digest = load::load_policy(tree.files()).policy->digest;
  tree.write(main_file, "version: 1\nrules:\n  - {name: a, match: {}, action: conect}\n");
  load::InForce const force = load::load_in_force(tree.files(), LastGoodPlace::run_only);
  REQUIRE(force.policy);
  CHECK(force.policy->digest == digest);
  CHECK(force.fallback);
  CHECK(force.current.broken());
  CHECK(force.why == "/etc/nvmf/autoconnect.yaml:3: `match` is empty (and 1 more)");
  CHECK(force.consequence() == force.why + "; in use is the last good policy, stored " +
                                   load::stored_text(force.fallback->stored_at));
  CHECK(load::last_good_digest(tree.files()) == force.policy->digest);
}

TEST_CASE("a policy that only an analysis rejects is rejected by the services, too") {
  test::TemporaryTree tree;
  tree.write(main_file, never_holds);
  load::InForce const force = load::load_in_force(tree.files(), LastGoodPlace::run_only);
  CHECK_FALSE(force.policy);
  CHECK(force.current.broken());
  CHECK(force.consequence() ==
        "/etc/nvmf/autoconnect.yaml:3: rule `a` can never match: `traddr` and `not: traddr` never "
        "hold together; no last good policy is stored, nothing is connected");
}

TEST_CASE("services decide with the files as they are while these are good") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  load::InForce const force = load::load_in_force(tree.files(), LastGoodPlace::run_only);
  CHECK(force.policy == force.current.policy);
  CHECK_FALSE(force.fallback);
  CHECK(force.why == "");
}

TEST_CASE("a file that others may write is as good as a broken one") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  tree.set_mode(main_file, 0666);
  load::InForce const force = load::load_in_force(tree.files(), LastGoodPlace::run_only);
  CHECK(force.fallback);
  CHECK(force.why == "/etc/nvmf/autoconnect.yaml may be written by others (mode 0666)");
}

TEST_CASE("without files nothing is in force, whatever was stored") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  tree.remove("/etc");
  load::InForce const force = load::load_in_force(tree.files(), LastGoodPlace::run_then_var);
  CHECK(force.policy == nullptr);
  CHECK_FALSE(force.fallback);
  CHECK(force.why == "there is no policy");
}

TEST_CASE("a damaged store is none") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  std::string const stored = tree.read(load::last_good_copy);
  struct Row {
    const char* name;
    std::string text;
  };
  std::string changed = stored;
  changed.replace(changed.find("tcp"), 3, "fc,");
  std::string late = stored;
  late.insert(late.find('\n', late.find("stored ")), "00000000000");
  const Row rows[] = {
      {"empty", ""},
      {"cut off", stored.substr(0, stored.size() - 5)},
      {"another version", "nvmf-last-good 2" + stored.substr(16)},
      {"changed", changed},
      {"a time that no clock holds", late},
      {"a length beyond the end",
       "nvmf-last-good 1\ndigest x\nstored 1\nfile 99999 /a\nversion: 1\n"},
      {"a length that is none", "nvmf-last-good 1\ndigest x\nstored 1\nfile -1 /a\nversion: 1\n"},
      {"no files", "nvmf-last-good 1\ndigest x\nstored 1\n"},
      {"something else", "hello\n"},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    tree.write(load::last_good_copy, row.text);
    CHECK_FALSE(load::restore_last_good(tree.files(), LastGoodPlace::run_only));
  }
}

TEST_CASE("a policy that is stored already is not written again, and only root may read it") {
  test::TemporaryTree tree;
  tree.write(main_file, rule_a);
  store(tree);
  std::string const stored = tree.read(load::last_good_path);
  tree.write(load::last_good_path, stored + "\n"); // damaged: written anew
  store(tree);
  CHECK(tree.read(load::last_good_path) == stored);
  auto const status = tree.files().status(load::last_good_path);
  REQUIRE(status);
  CHECK(status->mode == 0600);
}
