// nvmf-connect: the fabrics executor that systemd starts for each plan.
#include "execute/program.hpp"

#include <span>

int main(int argc, char** argv) {
  std::span<const char* const> const words(argv, static_cast<std::size_t>(argc));
  return nvmf::execute::run_program(words.subspan(words.empty() ? 0 : 1));
}
