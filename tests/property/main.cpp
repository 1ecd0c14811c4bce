#include "property/properties.hpp"

int main() {
  using namespace nvmf::property;
  bool all = matcher_agrees_with_reference();
  all = globs_agree_with_enumeration() && all;
  all = reachability_agrees_with_sampling() && all;
  all = difference_agrees_with_sampling() && all;
  all = target_difference_agrees_with_sampling() && all;
  return all ? 0 : 1;
}
