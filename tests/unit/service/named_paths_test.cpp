#include "service/named_paths.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using service::NameKind;

namespace {

execute::PathRecord path_at(const char* address, const char* nqn, const char* device) {
  return {.tid = {.endpoint = base::Endpoint{.traddr = base::Traddr::parse_any(address)},
                  .subsystem_nqn = nqn},
          .state = execute::PathState::live,
          .device = device};
}

// Two sources: the discovery controller nvme0 at .10 with two volumes, and the target `nvme3`.
std::vector<execute::State> two_sources() {
  std::vector<execute::State> states(2);
  states[0].id = "0123456789abcdef";
  states[0].plan.event = {.endpoint = {.traddr = base::Traddr::parse_any("10.20.1.10")},
                          .device = "nvme0",
                          .target = "dc-a"};
  states[0].paths = {path_at("10.20.1.10", "nqn.discovery", "nvme0"),
                     path_at("10.20.1.21", "nqn.one", "nvme3"),
                     path_at("10.20.1.22", "nqn.one", "")};
  states[1].id = "fedcba9876543210";
  states[1].plan.event = {.endpoint = {.traddr = base::Traddr::parse_any("10.20.1.30")},
                          .target = "nvme3"};
  states[1].paths = {path_at("10.20.1.30", "nqn.two", "nvme4")};
  return states;
}

} // namespace

TEST_CASE("meanings: kinds, and which paths") {
  const auto states = two_sources();
  struct Row {
    const char* name;
    std::vector<NameKind> kinds;
    std::size_t paths = 0;     // of the first meaning
    std::size_t own_paths = 0; // likewise
  };
  const Row rows[] = {
      {"0123456789abcdef", {NameKind::id}, 3, 3},
      {"dc-a", {NameKind::target}, 3, 3},
      // The discovery controller itself, and all that it lists.
      {"nvme0", {NameKind::device}, 3, 1},
      {"10.20.1.10", {NameKind::address}, 3, 1},
      {"10.20.1.22", {NameKind::address}, 1, 1},
      {"nqn.one", {NameKind::subsystem}, 2, 2},
      {"nvme4", {NameKind::device}, 1, 1},
      // A target, and another source's device.
      {"nvme3", {NameKind::target, NameKind::device}, 1, 1},
      {"nqn.three", {}},
      {"10.20.1.99", {}},
      {"", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto found = service::meanings(states, row.name);
    std::vector<NameKind> kinds;
    for (const auto& meaning : found)
      kinds.push_back(meaning.kind);
    CHECK(kinds == row.kinds);
    if (!found.empty()) {
      CHECK(found.front().paths.size() == row.paths);
      CHECK(found.front().own_paths.size() == row.own_paths);
    }
  }
}

TEST_CASE("meanings: a word that names the same paths twice has one meaning") {
  auto states = two_sources();
  states[1].plan.event.target = "nqn.two";
  const auto found = service::meanings(states, "nqn.two");
  REQUIRE(found.size() == 1);
  CHECK(found.front().kind == NameKind::target);
}
