#include "host/run_paths.hpp"

#include <fmt/format.h>

namespace nvmf::host {

std::string plan_path(std::string_view id) {
  return fmt::format("{}/{}.json", plans_directory, id);
}

std::string running_path(std::string_view id) {
  return fmt::format("{}/{}.json", running_directory, id);
}

std::string starts_path(std::string_view id) {
  return fmt::format("{}/{}.starts", running_directory, id);
}

std::string failed_path(std::string_view id) {
  return fmt::format("{}/{}.json", failed_directory, id);
}

std::string state_path(std::string_view id) {
  return fmt::format("{}/{}.json", state_directory, id);
}

} // namespace nvmf::host
