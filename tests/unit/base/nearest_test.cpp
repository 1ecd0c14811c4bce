#include "base/nearest.hpp"

#include <doctest/doctest.h>
#include <vector>

using nvmf::base::nearest;

TEST_CASE("the nearest word, or none when nothing is near") {
  std::vector<std::string> const words{"transport",  "traddr", "trsvcid", "host-traddr",
                                       "host-iface", "event",  "not",     "subsystem-nqn"};
  struct {
    const char* typed;
    std::optional<std::string> expected;
  } const rows[] = {
      {"tranport", "transport"},
      {"Transport", "transport"},
      {"host_traddr", "host-traddr"},
      {"hostiface", "host-iface"},
      {"trsvicd", "trsvcid"},
      {"evnet", "event"},
      {"nto", "not"},
      {"subsys", "subsystem-nqn"},
      {"tra", std::nullopt}, // also `transport`
      {"colour", std::nullopt},
      {"", std::nullopt},
      {"x", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.typed);
    CHECK(nearest(row.typed, words) == row.expected);
  }
  CHECK_FALSE(nearest("x", std::vector<std::string>{"d"}));
  CHECK_FALSE(nearest(std::string(100'000, 'a'), words));
}
