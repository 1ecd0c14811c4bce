#include "base/duration.hpp"
#include "base/time_span.hpp"

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

TEST_CASE("time spans as people and systemd write them") {
  using namespace std::chrono_literals;
  struct {
    const char* text;
    std::optional<nvmf::base::Duration> expected;
  } const rows[] = {
      {"600 s", 600s},
      {"10min", 10min},
      {"1h30m", 90min},
      {"1.5h", 90min},
      {"10S", 10s},
      {"90", 90s},
      {"3 days 5 hours", 77h},
      {" 2 weeks ", 336h},
      {"0.25ms", 0ms},
      {"infinity", nvmf::base::infinite_duration},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"+1s", std::nullopt},
      {"h", std::nullopt},
      {"1 parsec", std::nullopt},
      {"1h,30m", std::nullopt},
      {"1e3s", std::nullopt},
      {"99999999999999999999 weeks", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(nvmf::base::parse_time_span(row.text) == row.expected);
  }
}
