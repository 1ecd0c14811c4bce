#include "plan/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace nvmf::plan {

base::Duration nominal_delay(const Retry& retry, std::uint32_t n) {
  double const exponent = n == 0 ? 0 : static_cast<double>(n - 1);
  double const wanted =
      static_cast<double>(retry.first_delay.count()) * std::pow(retry.factor, exponent);
  double const most = static_cast<double>(retry.max_delay.count());
  return wanted < most ? base::Duration(std::llround(wanted)) : retry.max_delay;
}

base::Duration jittered_delay(const Retry& retry, std::uint32_t n, double random) {
  base::Duration const nominal = nominal_delay(retry, n);
  double const share = static_cast<double>(retry.jitter_percent) / 100;
  double const factor = 1 + share * (2 * random - 1);
  return base::Duration(std::llround(static_cast<double>(nominal.count()) * factor));
}

bool may_try_again(const Retry& retry, std::uint32_t made, base::Duration elapsed) {
  if (retry.attempts && made >= *retry.attempts)
    return false;
  return retry.give_up_after == base::infinite_duration || elapsed < retry.give_up_after;
}

} // namespace nvmf::plan
