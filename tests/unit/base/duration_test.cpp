#include "base/duration.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;
using namespace std::chrono_literals;

TEST_CASE("durations carry a unit") {
  struct {
    const char* text;
    std::optional<Duration> value;
  } const rows[] = {
      {"500ms", 500ms},
      {"10s", 10s},
      {"2m", 2min},
      {"1h", 1h},
      {"3d", 72h},
      {"0s", 0s},
      {"infinity", infinite_duration},
      {"10", std::nullopt},
      {"", std::nullopt},
      {"s", std::nullopt},
      {"-1s", std::nullopt},
      {"+1s", std::nullopt},
      {"1.5s", std::nullopt},
      {"010s", std::nullopt},
      {"10 s", std::nullopt},
      {"10S", std::nullopt},
      {"10sec", std::nullopt},
      {"1m30s", std::nullopt},
      {"99999999999d", std::nullopt},
      {"99999999999999999999s", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_duration(row.text) == row.value);
  }
}

TEST_CASE("durations are printed so that they parse back") {
  for (Duration duration : {Duration(0), Duration(1), Duration(1500ms), Duration(90s),
                            Duration(2min), Duration(36h), Duration(72h), infinite_duration}) {
    CAPTURE(duration.count());
    CHECK(parse_duration(format_duration(duration)) == duration);
  }
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(120s) == "2m");
  CHECK(format_duration(72h) == "3d");
}
