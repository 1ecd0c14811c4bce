#include "plan/schedule.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace std::chrono_literals;
using plan::Retry;

TEST_CASE("the n-th retry waits first-delay times factor^(n-1), at most max-delay") {
  struct {
    const char* name;
    Retry retry;
    std::uint32_t n;
    base::Duration expected;
  } const rows[] = {
      {"first", {}, 1, 1s},
      {"second", {}, 2, 2s},
      {"ninth", {}, 9, 256s},
      {"tenth is capped", {}, 10, 5min},
      {"far beyond any number", {}, 4'000'000'000U, 5min},
      {"fractions", {.first_delay = 1s, .factor = 1.5}, 3, 2250ms},
      {"no growth", {.first_delay = 2s, .factor = 1}, 1000, 2s},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(plan::nominal_delay(row.retry, row.n) == row.expected);
  }
}

TEST_CASE("jitter moves a delay within its share, evenly around the middle") {
  Retry const retry{.first_delay = 10s, .jitter_percent = 20};
  CHECK(plan::jittered_delay(retry, 1, 0.0) == 8s);
  CHECK(plan::jittered_delay(retry, 1, 0.5) == 10s);
  CHECK(plan::jittered_delay(retry, 1, 1.0) == 12s);
  Retry const still{.first_delay = 10s, .jitter_percent = 0};
  CHECK(plan::jittered_delay(still, 1, 0.9) == 10s);
}

TEST_CASE("attempts and give-up-after end the trying") {
  Retry const three{.attempts = 3};
  CHECK(plan::may_try_again(three, 2, 0s));
  CHECK_FALSE(plan::may_try_again(three, 3, 0s));
  Retry const hour{.give_up_after = 1h};
  CHECK(plan::may_try_again(hour, 1'000'000, 1h - 1ms));
  CHECK_FALSE(plan::may_try_again(hour, 1, 1h));
  Retry const forever{.give_up_after = base::infinite_duration};
  CHECK(plan::may_try_again(forever, 1'000'000, base::Duration(1000h * 24 * 365)));
}
