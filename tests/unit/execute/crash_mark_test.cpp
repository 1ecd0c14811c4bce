#include "execute/crash_mark.hpp"

#include "temporary_tree.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nvmf;
using execute::CrashMark;

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
