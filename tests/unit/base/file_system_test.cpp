#include "base/file_system.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <vector>

using namespace nvmf::base;

TEST_CASE("files below a root") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  CHECK(files.make_directories("/run/nvmf/plans", 0755));
  CHECK(files.make_directories("/run/nvmf/plans", 0755));
  CHECK(files.write_atomically("/run/nvmf/plans/a.json", "first", 0600));
  CHECK(files.write_atomically("/run/nvmf/plans/a.json", "second", 0600));
  CHECK(files.read("/run/nvmf/plans/a.json", 100) == "second");
  CHECK(files.list("/run/nvmf/plans") == std::vector<std::string>{"a.json"});
  auto const status = files.status("/run/nvmf/plans/a.json");
  REQUIRE(status);
  CHECK(status->mode == 0600);
  CHECK(status->size == 6);
  CHECK(status->type == FileType::regular);
  CHECK(files.rename("/run/nvmf/plans/a.json", "/run/nvmf/b.json"));
  CHECK_FALSE(files.exists("/run/nvmf/plans/a.json"));
  CHECK(files.write_existing("/run/nvmf/b.json", "SEC"));
  CHECK(files.read("/run/nvmf/b.json", 100) == "SECond");
  CHECK(files.remove("/run/nvmf/b.json"));
}

TEST_CASE("failures name the path as the host sees it and keep errno") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  auto const absent = files.read("/etc/nvmf/absent", 10);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == ENOENT);
  CHECK(absent.error().message == "/etc/nvmf/absent: No such file or directory");
  CHECK(files.list("/nowhere").error().code == ENOENT);
  CHECK(files.write_atomically("/nowhere/x", "x", 0600).error().code == ENOENT);
  CHECK(files.write_existing("/x", "x").error().code == ENOENT);
  CHECK(files.write_atomically("/long", std::string(100, 'x'), 0600));
  auto const too_long = files.read("/long", 10);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == EFBIG);
}

TEST_CASE("a failed write leaves neither a part nor a temporary file") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  CHECK(files.make_directories("/target", 0755)); // a directory cannot be replaced by a file
  CHECK_FALSE(files.write_atomically("/target", "x", 0600));
  CHECK(files.list("/") == std::vector<std::string>{"target"});
}

TEST_CASE("the entries of a directory have the inodes of links, not of what they lead to") {
  nvmf::test::TemporaryTree tree;
  tree.write("/here/file", "x");
  tree.link("/here/a-link", "file");
  RealFileSystem const files = tree.files();
  auto entries = files.entries("/here");
  REQUIRE(entries);
  std::sort(entries->begin(), entries->end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  REQUIRE(entries->size() == 2);
  CHECK((*entries)[0].name == "a-link");
  CHECK((*entries)[0].inode == files.status_of_link("/here/a-link")->inode);
  CHECK((*entries)[1].inode == files.status("/here/a-link")->inode);
  CHECK(files.list("/here") == std::vector<std::string>{"a-link", "file"});
}

TEST_CASE("links are distinct from their targets") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  tree.link("/masked", "/dev/null");
  CHECK(files.status_of_link("/masked")->type == FileType::symlink);
  CHECK(files.status("/masked")->type == FileType::other);
  CHECK(files.link_text("/masked") == "/dev/null");
}

namespace {
std::vector<std::string> synced; // what each descriptor led to
int sync_error = 0;
} // namespace

// In place of the C library's, for this program.
extern "C" int fsync(int fd) {
  synced.push_back(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)));
  errno = sync_error;
  return sync_error == 0 ? 0 : -1;
}

TEST_CASE("what is written below /var has reached the disk") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  tree.make_directory("/var/lib/nvmf");
  tree.make_directory("/run/nvmf");
  synced.clear();
  sync_error = 0;
  CHECK(files.write_atomically("/run/nvmf/last-good", "x", 0600));
  CHECK(synced.empty());
  CHECK(files.write_atomically("/var/lib/nvmf/last-good", "x", 0600));
  REQUIRE(synced.size() == 2);
  CHECK(synced[0].starts_with(tree.root() + "/var/lib/nvmf/.last-good."));
  CHECK(synced[1] == tree.root() + "/var/lib/nvmf");
  // A disk that refuses it leaves what was there.
  sync_error = EIO;
  CHECK(files.write_atomically("/var/lib/nvmf/last-good", "y", 0600).error().code == EIO);
  CHECK(tree.read("/var/lib/nvmf/last-good") == "x");
  CHECK(files.list("/var/lib/nvmf") == std::vector<std::string>{"last-good"});
  sync_error = 0;
}

TEST_CASE("directories and files have their modes whatever the umask") {
  nvmf::test::TemporaryTree tree;
  RealFileSystem files = tree.files();
  mode_t const before = ::umask(0077);
  CHECK(files.make_directories("/run/nvme/registry/nvme3", 0755));
  CHECK(files.write_atomically("/run/nvme/registry/nvme3/owner", "x", 0644));
  CHECK(files.make_directories("/run/nvmf/plans", 0700));
  ::umask(before);
  for (const char* open :
       {"/run/nvme", "/run/nvme/registry", "/run/nvme/registry/nvme3", "/run/nvmf"}) {
    CAPTURE(open);
    CHECK(files.status(open)->mode == 0755);
  }
  CHECK(files.status("/run/nvme/registry/nvme3/owner")->mode == 0644);
  CHECK(files.status("/run/nvmf/plans")->mode == 0700);
}

TEST_CASE("a file from a year that the clock cannot hold is the oldest or the newest") {
  nvmf::test::TemporaryTree tree;
  tree.write("/future", "x");
  tree.write("/today", "x");
  timespec const times[2] = {{.tv_sec = 0, .tv_nsec = 0}, {.tv_sec = 12'000'000'000, .tv_nsec = 0}};
  REQUIRE(::utimensat(AT_FDCWD, (tree.root() + "/future").c_str(), times, 0) == 0);
  RealFileSystem const files = tree.files();
  CHECK(files.status("/future")->modified > files.status("/today")->modified);
}
