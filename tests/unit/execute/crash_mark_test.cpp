#include "execute/crash_mark.hpp"

#include "temporary_tree.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <doctest/doctest.h>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace nvmf;
using execute::CrashMark;
using execute::HandsMark;

namespace {

constexpr const char* source_id = "0123456789abcdef";

} // namespace

TEST_CASE("a process that ends while it handles a source leaves its id") {
  test::TemporaryTree tree;
  tree.make_directory("/run");
  std::string const path = tree.root() + "/run/executing";
  pid_t const child = ::fork();
  if (child == 0) {
    CrashMark mark(path);
    CrashMark::Handling const handling(mark, source_id);
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(child > 0);
  ::waitpid(child, nullptr, 0);
  CHECK(CrashMark(path).culprit() == source_id);
  // It is blamed once.
  CHECK_FALSE(CrashMark(path).culprit());
}

TEST_CASE("a process that handled sources and ends otherwise leaves none") {
  test::TemporaryTree tree;
  tree.make_directory("/run");
  std::string const path = tree.root() + "/run/executing";
  {
    CrashMark mark(path);
    CrashMark::Handling const handling(mark, source_id);
  }
  CHECK_FALSE(CrashMark(path).culprit());
}

TEST_CASE("a page that is not one blames nobody") {
  test::TemporaryTree tree;
  tree.write("/run/executing", "0123456789ABCDEF and more");
  CHECK_FALSE(CrashMark(tree.root() + "/run/executing").culprit());
  SUBCASE("and where there is none everything goes on") {
    CrashMark mark(tree.root() + "/nowhere/executing");
    CrashMark::Handling const handling(mark, source_id);
    CHECK_FALSE(mark.culprit());
  }
}

TEST_CASE("hands that end by a fault leave the id that the thread at fault was at") {
  struct Row {
    const char* name;
    int signal;
    bool in_thread; // that has named its source
    std::vector<std::string> culprits;
  };
  constexpr const char* other_id = "fedcba9876543210";
  for (const Row& row :
       std::vector<Row>{{"the thread's", SIGSEGV, true, {source_id}},
                        {"an assertion's", SIGABRT, true, {source_id}},
                        {"of a thread that named none", SIGSEGV, false, {source_id, other_id}},
                        {"a kill", SIGKILL, true, {source_id, other_id}}}) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    tree.make_directory("/run");
    std::string const path = tree.root() + "/run/executing";
    CrashMark const mark(path);
    pid_t const child = ::fork();
    if (child == 0) {
      HandsMark hands(path);
      std::atomic<bool> is_named = false;
      std::thread other([&] {
        HandsMark::Handling const handling(hands, other_id);
        is_named = true;
        ::pause();
      });
      while (!is_named)
        std::this_thread::yield();
      std::optional<HandsMark::Handling> handling(std::in_place, hands, source_id);
      { HandsMark::Handling const done(hands, "0000000000000000"); }
      if (!row.in_thread)
        std::thread([&] { ::raise(row.signal); }).join();
      ::raise(row.signal);
    }
    REQUIRE(child > 0);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WTERMSIG(status) == row.signal);
    CHECK(mark.culprits_in(child + 1).empty());
    auto culprits = mark.culprits_in(child);
    std::sort(culprits.begin(), culprits.end());
    CHECK(culprits == row.culprits);
    // They are blamed once, and the executor is not.
    CHECK(mark.culprits_in(child).empty());
    CHECK_FALSE(CrashMark(path).culprit());
  }
}
