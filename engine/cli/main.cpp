// nvmf-policy: the administrator's tool and udev's planner.
#include "cli/commands.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  return nvmf::cli::run(nvmf::cli::commands(), {argv + 1, argv + argc});
}
