#include "host/run_paths.hpp"

#include <fmt/format.h>

namespace nvmf::host {

std::string starts_path(std::string_view id) {
  return fmt::format("{}/{}.starts", running_directory, id);
}

std::string state_path(std::string_view id) {
  return fmt::format("{}/{}.json", state_directory, id);
}

} // namespace nvmf::host
