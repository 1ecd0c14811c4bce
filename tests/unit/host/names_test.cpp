// The addresses of host names, as planner and executors note them for each other.
#include "host/names.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <condition_variable>
#include <doctest/doctest.h>
#include <memory>
#include <mutex>
#include <set>

using namespace nvmf;

namespace {

base::IpAddress number(const char* text) { return *base::IpAddress::parse(text); }

} // namespace

TEST_CASE("names are noted, and a damaged file is not a note") {
  test::TemporaryTree tree;
  auto files = tree.files();
  CHECK(host::read_names(files).empty());
  REQUIRE(files.make_directories("/run/nvmf", 0755));
  event::Names const names{
      {"array-a.example", {number("10.20.1.10"), number("fd20:a::10")}},
      {"array-b", {number("fe80::1%ens1f0")}},
  };
  for (const event::Names& each : {names, event::Names()}) {
    REQUIRE(host::write_names(files, each));
    CHECK(host::read_names(files) == each);
  }
  for (const char* damaged : {"", "{", "{\"names\": {\"a b\": [\"10.0.0.1\"]}}",
                              "{\"names\": {\"array-a\": [\"here\"]}}", "[]"}) {
    CAPTURE(damaged);
    REQUIRE(files.write_atomically(host::names_path, damaged, 0644));
    CHECK(host::read_names(files).empty());
  }
}

TEST_CASE("names are asked beside each other, and one that nobody answers holds up none") {
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::string> asked;
  };
  // Each answer of the first two waits until both were asked.
  auto const gate = std::make_shared<Gate>();
  host::Resolver const resolver =
      [gate](const std::string& name) -> base::Result<std::vector<base::IpAddress>> {
    std::unique_lock lock(gate->mutex);
    gate->asked.insert(name);
    gate->changed.notify_all();
    gate->changed.wait(lock,
                       [&] { return gate->asked.contains("a") && gate->asked.contains("b"); });
    if (name == "mute")
      gate->changed.wait(lock, [] { return false; });
    if (name == "down")
      return base::failure("down: temporary failure", EAGAIN);
    if (name == "none")
      return std::vector<base::IpAddress>();
    return std::vector<base::IpAddress>{number("10.0.0.1")};
  };
  host::NameAnswers const answers = host::resolve_names({"a", "b", "down", "mute", "none", "a"},
                                                        std::chrono::milliseconds(200), resolver);
  REQUIRE(answers.size() == 5);
  CHECK(answers.at("a").value().size() == 1);
  CHECK(answers.at("b").value().size() == 1);
  CHECK(answers.at("none").value().empty());
  CHECK(answers.at("down").error().message == "down: temporary failure");
  REQUIRE_FALSE(answers.at("mute"));
  CHECK(answers.at("mute").error().message == "no answer within 200ms");
  CHECK(answers.at("mute").error().code == ETIMEDOUT);
}
