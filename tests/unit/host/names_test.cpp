// The addresses of host names, as planner and executors note them for each other.
#include "host/names.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>

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
