// Prints a realistic policy with the number of rules that is given: `policy_text 1000 >p.yaml`.
#include "bench/realistic_policy.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  std::string const text = nvmf::bench::realistic_policy(std::strtoul(argv[1], nullptr, 10));
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
