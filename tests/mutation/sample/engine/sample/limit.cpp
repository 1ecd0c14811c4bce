// At most `limit`: true if a == b in here, which is not code.
#include "limit.hpp"

static_assert(sizeof(long long) == 8);

int limited(int value, int limit) {
  if (value > limit)
    return limit;
  return value;
}

// How often 7 goes into the value.
int sevens(int value) {
  int count = 0;
  while (value >= 7) {
    value -= 7;
    ++count;
  }
  return count;
}

const char* text() { return "true && 7 == 7, '!' or 10'000"; }
