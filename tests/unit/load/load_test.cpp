// Several files as one policy.
#include "policy/loading.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

std::string connect_rule(const std::string& name, const std::string& rest = "") {
  return "version: 1\nrules:\n  - {name: " + name + ", match: {transport: tcp}, action: connect" +
         rest + "}\n";
}

std::vector<std::string> rule_names(const load::Loaded& loaded) {
  std::vector<std::string> names;
  for (const policy::Rule& rule : loaded.policy->rules)
    names.push_back(rule.full_name);
  return names;
}

} // namespace

TEST_CASE("rules of all files are one list, full names tell them apart") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", connect_rule("b"));
  tree.write("/etc/nvmf/autoconnect.d/10-x.yaml", connect_rule("a"));
  tree.write("/usr/lib/nvmf/autoconnect.d/70-y.yaml", connect_rule("b"));
  load::Loaded const loaded = load::load_policy(tree.files());
  REQUIRE(loaded.policy);
  CHECK(rule_names(loaded) == std::vector<std::string>{"10-x/a", "50-autoconnect/b", "70-y/b"});
  const policy::Policy& policy = *loaded.policy;
  CHECK(policy.shown_name(policy.rules[0]) == "a");
  CHECK(policy.shown_name(policy.rules[2]) == "70-y/b");
  CHECK(policy.main_file == 1U);
  CHECK(policy.files[2].name == "70-y");
  CHECK(policy.rules[2].file == 2);
}

TEST_CASE("a rule that another file switches off is not there") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", "version: 1\ndisable-rules: [a, 71-y/b]\n");
  tree.write("/usr/lib/nvmf/autoconnect.d/70-x.yaml", connect_rule("a"));
  tree.write("/usr/lib/nvmf/autoconnect.d/71-y.yaml", connect_rule("b"));
  tree.write("/usr/lib/nvmf/autoconnect.d/72-z.yaml", connect_rule("b"));
  CHECK(rule_names(load::load_policy(tree.files())) == std::vector<std::string>{"72-z/b"});
}

TEST_CASE("a file's own set and profile hide those of the main file, for itself alone") {
  test::TemporaryTree tree;
  std::string const use =
      "rules:\n  - {name: NAME, match: {traddr: \"@nets\"}, action: connect, profiles: p}\n";
  auto const using_as = [&](const std::string& name) {
    return std::string(use).replace(use.find("NAME"), 4, name);
  };
  tree.write("/etc/nvmf/autoconnect.yaml",
             "version: 1\nsets: {nets: {traddr: 10.0.0.0/8}}\nprofiles: {p: {tos: 1}}\n" +
                 using_as("m"));
  tree.write("/etc/nvmf/autoconnect.d/60-a.yaml",
             "version: 1\nsets: {nets: {traddr: 10.1.0.0/16}}\nprofiles: {p: {tos: 2}}\n" +
                 using_as("a"));
  tree.write("/etc/nvmf/autoconnect.d/70-b.yaml", "version: 1\n" + using_as("b"));
  load::Loaded const loaded = load::load_policy(tree.files());
  REQUIRE(loaded.policy);
  const auto& rules = loaded.policy->rules;
  auto const length = [&](std::size_t i) {
    return std::get<base::Cidr>(rules[i].match.all[0].sets[0]->values[0]).length;
  };
  CHECK(length(0) == 8);
  CHECK(length(1) == 16);
  CHECK(length(2) == 8);
  CHECK(rules[0].profiles[0] == rules[2].profiles[0]);
  CHECK(rules[0].profiles[0] != rules[1].profiles[0]);
}

TEST_CASE("the lowest cap of all files holds") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml",
             "version: 1\nlimits: {referral-depth: 4, log-entries: 10}\n");
  tree.write("/usr/lib/nvmf/autoconnect.d/70-a.yaml",
             "version: 1\nlimits: {referral-depth: 2, log-entries: 20, probe-timeout: 10s}\n");
  load::Loaded const loaded = load::load_policy(tree.files());
  REQUIRE(loaded.policy);
  CHECK(loaded.policy->limits.referral_depth == 2);
  CHECK(loaded.policy->limits.log_entries == 10);
  CHECK(loaded.policy->limits.probe_timeout == std::chrono::seconds(10));
}

TEST_CASE("one broken file breaks all") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", connect_rule("a"));
  tree.write("/usr/lib/nvmf/autoconnect.d/70-x.yaml", "version: 1\nrules: [");
  load::Loaded const loaded = load::load_policy(tree.files());
  CHECK(loaded.broken());
  CHECK(loaded.sources.size() == 2);
}

TEST_CASE("more files than any host has are not loaded, and none of them is read") {
  test::TemporaryTree tree;
  for (std::size_t i = 0; i < load::most_files; ++i)
    tree.write("/etc/nvmf/autoconnect.d/10-" + std::to_string(i) + ".yaml", "version: 1\n");
  CHECK(load::load_policy(tree.files()).policy);
  tree.write("/etc/nvmf/autoconnect.d/99-more.yaml", "broken: [");
  load::Loaded const loaded = load::load_policy(tree.files());
  CHECK_FALSE(loaded.policy);
  CHECK(loaded.found_any);
  REQUIRE(loaded.findings.findings().size() == 1);
  CHECK(loaded.findings.findings().front().code == 108);
  CHECK(loaded.findings.findings().front().message == "1001 policy files, more than 1000");
}

TEST_CASE("texts load in the order of their names, as files would") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", connect_rule("b"));
  tree.write("/etc/nvmf/autoconnect.d/10-x.yaml", connect_rule("a"));
  load::Loaded const from_files = load::load_policy(tree.files());
  load::Loaded const from_texts =
      load::load_texts({{"/etc/nvmf/autoconnect.yaml", connect_rule("b")},
                        {"/etc/nvmf/autoconnect.d/10-x.yaml", connect_rule("a")}});
  REQUIRE(from_files.policy);
  REQUIRE(from_texts.policy);
  CHECK(from_files.policy->digest == from_texts.policy->digest);
  CHECK(rule_names(from_files) == rule_names(from_texts));
}

TEST_CASE("suppressions are handed on, for findings that others make") {
  load::Loaded const loaded =
      tests::load_lines("# nvmf: allow NVP401 -- a reminder\nlimits: {referral-depth: 2}\n");
  REQUIRE(loaded.suppressions.size() == 1);
  CHECK(loaded.suppressions[0].code == 401);
  CHECK(loaded.suppressions[0].line == 3);
  CHECK(tests::findings_of(loaded) == "");
  diag::Sink sink;
  load::report_unused(loaded.suppressions, load::LookedFor::reachability, sink);
  CHECK(sink.findings().size() == 1);
}
