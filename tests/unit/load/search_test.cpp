// Which files are read, in which order, and what becomes of the others.
#include "load/search.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

const std::string any = "version: 1\n";

std::string state_of(const load::ConsideredFile& file) {
  switch (file.state) {
  case load::FileState::read:
    return "read";
  case load::FileState::masked:
    return "masked";
  case load::FileState::shadowed:
    return "shadowed";
  case load::FileState::not_read:
    return "not read";
  }
  return {};
}

// `PATH STATE`, in order.
std::vector<std::string> considered(const load::Found& found) {
  std::vector<std::string> out;
  for (const load::ConsideredFile& file : found.considered)
    out.push_back(file.path + " " + state_of(file));
  return out;
}

std::vector<std::string> names(const load::Found& found) {
  std::vector<std::string> out;
  for (const load::FoundFile& file : found.files)
    out.push_back(file.name);
  return out;
}

load::Found search(const test::TemporaryTree& tree, const load::SearchOptions& options = {}) {
  diag::Sink sink;
  return load::search_files(tree.files(), options, sink);
}

} // namespace

TEST_CASE("names of drop-ins") {
  struct Row {
    const char* path;
    const char* name;
  };
  for (const Row& row :
       {Row{"/etc/nvmf/autoconnect.d/70-acme.yaml", "70-acme"}, Row{"00-a.yaml", "00-a"},
        Row{"70-a.b_C-2.yaml", "70-a.b_C-2"}, Row{"7-a.yaml", ""}, Row{"70-.yaml", ""},
        Row{"70a.yaml", ""}, Row{"70-a.yml", ""}, Row{"70-a", ""}, Row{".70-a.yaml", ""},
        Row{"70-a b.yaml", ""}, Row{"", ""}}) {
    INFO(std::string(row.path));
    CHECK(load::drop_in_name(row.path) == row.name);
  }
}

TEST_CASE("files are consulted in the order of their names, the main file as 50-autoconnect") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", any);
  tree.write("/usr/lib/nvmf/autoconnect.d/49-v.yaml", any);
  tree.write("/usr/local/lib/nvmf/autoconnect.d/51-l.yaml", any);
  tree.write("/run/nvmf/autoconnect.d/50-b.yaml", any);
  tree.write("/etc/nvmf/autoconnect.d/50-a.yaml", any);
  CHECK(names(search(tree)) ==
        std::vector<std::string>{"49-v", "50-a", "50-autoconnect", "50-b", "51-l"});
}

TEST_CASE("a name in an earlier directory hides it in the later ones") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.d/60-a.yaml", any);
  tree.write("/run/nvmf/autoconnect.d/60-a.yaml", any);
  tree.write("/run/nvmf/autoconnect.d/70-b.yaml", "");
  tree.write("/usr/lib/nvmf/autoconnect.d/70-b.yaml", any);
  tree.link("/etc/nvmf/autoconnect.d/80-c.yaml", "/dev/null");
  tree.write("/usr/lib/nvmf/autoconnect.d/80-c.yaml", any);
  tree.write("/etc/nvmf/autoconnect.d/notes", any);
  load::Found const found = search(tree);
  CHECK(names(found) == std::vector<std::string>{"60-a"});
  CHECK(considered(found) == std::vector<std::string>{
                                 "/etc/nvmf/autoconnect.d/60-a.yaml read",
                                 "/run/nvmf/autoconnect.d/60-a.yaml shadowed",
                                 "/run/nvmf/autoconnect.d/70-b.yaml masked",
                                 "/usr/lib/nvmf/autoconnect.d/70-b.yaml masked",
                                 "/etc/nvmf/autoconnect.d/80-c.yaml masked",
                                 "/usr/lib/nvmf/autoconnect.d/80-c.yaml masked",
                                 "/etc/nvmf/autoconnect.d/notes not read",
                             });
}

TEST_CASE("an empty file masks through a link, too") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/empty", "");
  tree.link("/etc/nvmf/autoconnect.d/70-b.yaml", "../empty");
  tree.write("/usr/lib/nvmf/autoconnect.d/70-b.yaml", any);
  CHECK(names(search(tree)).empty());
}

TEST_CASE("an absence of files is not a finding") {
  test::TemporaryTree tree;
  load::Loaded const loaded = load::load_policy(tree.files());
  CHECK_FALSE(loaded.found_any);
  CHECK_FALSE(loaded.broken());
  CHECK(loaded.policy == nullptr);
  CHECK(loaded.findings.findings().empty());
}

TEST_CASE("a main file that is a link to /dev/null counts as missing") {
  test::TemporaryTree tree;
  tree.link("/etc/nvmf/autoconnect.yaml", "/dev/null");
  CHECK_FALSE(load::load_policy(tree.files()).found_any);
}

TEST_CASE("--policy replaces the search path") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", any);
  tree.write("/a/mine.yaml", any);
  tree.write("/a/70-x.yaml", any);
  tree.write("/b/autoconnect.yaml", any);
  tree.write("/b/autoconnect.d/60-y.yaml", any);
  struct Row {
    const char* name;
    std::vector<std::string> paths;
    std::vector<std::string> names;
  };
  const Row rows[] = {
      {"a main file", {"/a/mine.yaml"}, {"50-autoconnect"}},
      {"a main file and a drop-in", {"/a/70-x.yaml", "/a/mine.yaml"}, {"50-autoconnect", "70-x"}},
      {"a directory like /etc/nvmf", {"/b/"}, {"50-autoconnect", "60-y"}},
      {"a directory of drop-ins", {"/a"}, {"70-x"}},
      {"a file that is not there", {"/a/none.yaml"}, {"50-autoconnect"}},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    CHECK(names(search(tree, {.paths = row.paths})) == row.names);
  }
  load::Loaded const missing = load::load_policy(tree.files(), {.paths = {"/a/none.yaml"}});
  CHECK(missing.broken());
  CHECK(missing.files.front().state == load::FileState::not_read);
}
