// What an administrator asks of the running executor: a file in /run/nvmf/plans beside the
// requests.
//
//   {"format_version": 1, "command": "cancel", "all": true}
//   {"format_version": 1, "command": "cancel", "paths": [{"id": "5f0c…", "key": "…"}]}
//
// It is gone once it was carried out, and the states say so.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::execute {

inline constexpr std::size_t command_limit = std::size_t{1} << 20U;

// Withdraws what waits or is being tried.
struct Command {
  struct Path {
    std::string id;  // of the source
    std::string key; // plan::path_key
    bool operator==(const Path&) const = default;
  };
  bool all = false;
  std::vector<Path> paths;
  bool operator==(const Command&) const = default;
};

std::string to_text(const Command& command);
base::Result<Command> command_from_text(std::string_view text);

// `0123456789abcdef.command.json`
bool is_command_name(std::string_view file_name);

} // namespace nvmf::execute
