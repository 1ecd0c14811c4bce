// nvmf-policy: the administrator's tool and udev's planner.
#include "base/standard_streams.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  nvmf::base::occupy_standard_descriptors();
  nvmf::base::end_with_a_line("nvmf-policy", static_cast<int>(nvmf::cli::ExitCode::failed));
  return nvmf::cli::run(nvmf::cli::commands(), {argv + 1, argv + argc});
}
