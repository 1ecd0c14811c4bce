#include "load/candidate.hpp"
#include "load/load.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace nvmf;
using load::CandidateFiles;

namespace {

constexpr const char* policy_file = "/etc/nvmf/autoconnect.yaml";
constexpr const char* drop_in = "/etc/nvmf/autoconnect.d/60-site.yaml";

std::string with_rule(const std::string& name) {
  return "version: 1\nrules: [{name: " + name + ", match: {any: true}, action: ignore}]\n";
}

std::vector<std::string> rules_with(const test::TemporaryTree& tree, const std::string& path,
                                    const std::string& text) {
  const base::RealFileSystem files = tree.files();
  const load::Loaded loaded = load::load_policy(CandidateFiles(files, path, text));
  std::vector<std::string> names;
  if (loaded.policy)
    for (const policy::Rule& rule : loaded.policy->rules)
      names.push_back(rule.name);
  return names;
}

} // namespace

TEST_CASE("a candidate counts in the place of its file, and all others as they are") {
  test::TemporaryTree tree;
  tree.write(policy_file, with_rule("old"));
  tree.write("/usr/lib/nvmf/autoconnect.d/70-acme.yaml", with_rule("acme"));
  using Names = std::vector<std::string>;
  CHECK(rules_with(tree, policy_file, with_rule("new")) == Names{"new", "acme"});
  SUBCASE("a drop-in in a folder that is not there yet") {
    CHECK(rules_with(tree, drop_in, with_rule("site")) == Names{"old", "site", "acme"});
  }
  SUBCASE("a drop-in beside others") {
    tree.write("/etc/nvmf/autoconnect.d/55-a.yaml", with_rule("a"));
    tree.write("/etc/nvmf/autoconnect.d/65-c.yaml", with_rule("c"));
    CHECK(rules_with(tree, drop_in, with_rule("b")) == Names{"old", "a", "b", "c", "acme"});
  }
  SUBCASE("a drop-in that takes the place of a vendor's") {
    CHECK(rules_with(tree, "/etc/nvmf/autoconnect.d/70-acme.yaml", with_rule("mine")) ==
          Names{"old", "mine"});
  }
  SUBCASE("an empty drop-in, which masks") {
    CHECK(rules_with(tree, "/etc/nvmf/autoconnect.d/70-acme.yaml", "") == Names{"old"});
  }
  SUBCASE("a text for an empty file, which masked") {
    tree.write("/etc/nvmf/autoconnect.d/70-acme.yaml", "");
    CHECK(rules_with(tree, "/etc/nvmf/autoconnect.d/70-acme.yaml", with_rule("mine")) ==
          Names{"old", "mine"});
  }
  CHECK(tree.files().read(policy_file, 1000) == with_rule("old"));
}

TEST_CASE("nothing can be changed through a candidate's files") {
  test::TemporaryTree tree;
  tree.write(policy_file, "text");
  const base::RealFileSystem files = tree.files();
  CandidateFiles candidate(files, policy_file, "other");
  CHECK(candidate.write_atomically(policy_file, "x", 0644).error().code == EROFS);
  CHECK(candidate.write_existing(policy_file, "x").error().code == EROFS);
  CHECK(candidate.make_directories("/etc/new", 0755).error().code == EROFS);
  CHECK(candidate.rename(policy_file, "/etc/nvmf/x").error().code == EROFS);
  CHECK(candidate.remove(policy_file).error().code == EROFS);
  CHECK(candidate.read(policy_file, 4).error().code == EFBIG);
  CHECK(files.read(policy_file, 100) == "text");
}
