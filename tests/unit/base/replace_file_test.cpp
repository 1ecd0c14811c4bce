#include "base/replace_file.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using nvmf::base::replace_file;

TEST_CASE("a file that is replaced keeps its mode, and the new one is another file") {
  nvmf::test::TemporaryTree tree;
  tree.write("/etc/policy.yaml", "before");
  const std::string path = tree.files().resolved("/etc/policy.yaml");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const auto before = tree.files().status("/etc/policy.yaml");
  REQUIRE(replace_file(path, "after", path));
  const auto after = tree.files().status("/etc/policy.yaml");
  REQUIRE(after);
  CHECK(after->mode == 0640);
  CHECK(after->inode != before->inode);
  CHECK(tree.files().read("/etc/policy.yaml", 100) == "after");
  CHECK(tree.files().list("/etc") == std::vector<std::string>{"policy.yaml"});
}

TEST_CASE("a file gets the mode, owner and group of another one") {
  nvmf::test::TemporaryTree tree;
  tree.write("/policy.yaml", "text");
  const std::string path = tree.files().resolved("/policy.yaml");
  REQUIRE(::chmod(path.c_str(), 0604) == 0);
  const bool is_root = ::geteuid() == 0;
  if (is_root)
    REQUIRE(::chown(path.c_str(), 65534, 65533) == 0);
  REQUIRE(replace_file(tree.files().resolved("/copy"), "text", path));
  struct stat raw {};
  REQUIRE(::lstat(tree.files().resolved("/copy").c_str(), &raw) == 0);
  CHECK((raw.st_mode & 07777) == 0604);
  CHECK(raw.st_uid == (is_root ? 65534 : ::geteuid()));
  CHECK(raw.st_gid == (is_root ? 65533 : ::getegid()));
}

TEST_CASE("a file that cannot be replaced stays, and nothing is left beside it") {
  nvmf::test::TemporaryTree tree;
  tree.write("/file", "text");
  tree.make_directory("/folder");
  const std::string file = tree.files().resolved("/file");
  CHECK(replace_file(tree.files().resolved("/folder"), "x", file).error().code == EISDIR);
  CHECK(replace_file(tree.files().resolved("/nowhere/x"), "x", file).error().code == ENOENT);
  CHECK(replace_file(file, "x", tree.files().resolved("/absent")).error().code == ENOENT);
  CHECK(tree.files().list("/") == std::vector<std::string>{"file", "folder"});
  CHECK(tree.files().read("/file", 100) == "text");
}
