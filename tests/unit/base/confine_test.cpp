#include "base/confine.hpp"

#include "base/fd.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nvmf;

namespace {

// In a process of its own, for it lasts. False if the check fails there.
bool holds_in_child(const std::function<bool()>& check) {
  pid_t const child = ::fork();
  if (child == 0)
    ::_exit(check() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool can_write(const std::string& path) {
  return bool(base::Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
}

// `CapEff:` of /proc/self/status.
unsigned long long own_set(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name))
      return std::stoull(line.substr(name.size()), nullptr, 16);
  return ~0ULL;
}

bool has_landlock() { return ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL, 1U) >= 1; }

} // namespace

TEST_CASE("a confined process has the capabilities that were kept, and no way back") {
  constexpr unsigned dac_read_search = 2;
  constexpr unsigned long long kept = 1ULL << dac_read_search;
  CHECK(holds_in_child([] {
    unsigned long long const before = own_set("CapEff:");
    return base::confine({.capabilities = {dac_read_search}, .writable = {"/"}}).capabilities &&
           own_set("CapEff:") == (before & kept) && own_set("CapPrm:") == (before & kept) &&
           own_set("CapInh:") == 0 && own_set("CapAmb:") == 0 && own_set("NoNewPrivs:") == 1;
  }));
}

TEST_CASE("a confined process writes where it may, and nowhere else") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf");
  tree.make_directory("/etc");
  std::string const root = tree.root();
  bool const restricted = has_landlock();
  struct Row {
    const char* writable;
    const char* path;
    bool allowed;
  };
  const Row rows[] = {
      {"/run/nvmf", "/run/nvmf/request", true},
      {"/run/nvmf", "/etc/policy", false},
      {"/run/nvmf", "/run/other", false},
      {"/run/nvmf/plans", "/run/nvmf/request", true}, // to be made
      {"/run/nvmf/plans", "/run/other", false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.path));
    CHECK(holds_in_child([&] {
      base::Confined const done = base::confine({.writable = {root + row.writable}});
      return done.files == restricted && can_write(root + row.path) == (row.allowed || !restricted);
    }));
  }
}

TEST_CASE("what was open before stays open") {
  test::TemporaryTree tree;
  tree.make_directory("/run/nvmf");
  std::string const root = tree.root();
  CHECK(holds_in_child([&] {
    base::Fd const open(::open((root + "/open").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    base::confine({.writable = {root + "/run/nvmf"}});
    return ::write(open.get(), "x", 1) == 1;
  }));
}
