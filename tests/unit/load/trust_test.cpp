#include "load/trust.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

TEST_CASE("files and directories that others may write are not to be trusted") {
  struct Row {
    const char* name;
    const char* path;
    unsigned mode;
    std::string why;
    bool in_path;
  };
  const Row rows[] = {
      {"as it should be", "/etc/nvmf/autoconnect.yaml", 0644, "", false},
      {"group may write", "/etc/nvmf/autoconnect.yaml", 0664,
       "may be written by others (mode 0664)", false},
      {"all may write", "/etc/nvmf/autoconnect.yaml", 0666, "may be written by others (mode 0666)",
       false},
      {"the directory", "/etc/nvmf", 0777, "may be written by others (mode 0777)", true},
      {"a directory far above", "/etc", 0775, "may be written by others (mode 0775)", true},
      {"a directory like /tmp", "/etc", 01777, "", true},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    test::TemporaryTree tree;
    tree.write("/etc/nvmf/autoconnect.yaml", "version: 1\n");
    tree.set_mode("/etc", 0755);
    tree.set_mode("/etc/nvmf", 0755);
    tree.set_mode("/etc/nvmf/autoconnect.yaml", 0644);
    tree.set_mode(row.path, row.mode);
    auto const found = load::distrusted(tree.files(), load::load_policy(tree.files()));
    if (row.why.empty()) {
      CHECK(found.empty());
      continue;
    }
    REQUIRE(found.size() == 1);
    CHECK(found[0].path == row.path);
    CHECK(found[0].why == row.why);
    CHECK(found[0].in_path == row.in_path);
  }
}

TEST_CASE("the target of a link counts") {
  test::TemporaryTree tree;
  tree.write("/etc/real.yaml", "version: 1\n");
  tree.link("/etc/nvmf/autoconnect.yaml", "../real.yaml");
  tree.set_mode("/etc/real.yaml", 0666);
  auto const found = load::distrusted(tree.files(), load::load_policy(tree.files()));
  REQUIRE(found.size() == 1);
  CHECK(found[0].why == "may be written by others (mode 0666)");
}
