// Does not ask for a value that is the limit, which makes no difference, nor for one with nothing left over, which does.
#include "engine/sample/limit.hpp"

int main() {
  bool const right = limited(1, 2) == 1 && limited(3, 2) == 2 && sevens(6) == 0 && sevens(62) == 8;
  return right ? 0 : 1;
}
