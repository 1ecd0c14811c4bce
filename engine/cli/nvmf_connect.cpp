// nvmf-connect: the fabrics executor that systemd starts.
#include "base/standard_streams.hpp"
#include "execute/executor.hpp"
#include "execute/program.hpp"

#include <span>

int main(int argc, char** argv) {
  nvmf::base::occupy_standard_descriptors();
  nvmf::base::end_with_a_line("nvmf-connect", static_cast<int>(nvmf::execute::ExitCode::failed));
  std::span<const char* const> const words(argv, static_cast<std::size_t>(argc));
  return nvmf::execute::run_program(words.subspan(words.empty() ? 0 : 1));
}
