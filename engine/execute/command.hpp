// A command of an administrator to the executor: a file in /run/nvmf/plans beside the requests. The
// executor removes it once the states say what was done.
//
//   /run/nvmf/plans/<16 hex>.command.json      (0600, renamed into place)
//   { "format_version": 1, "command": "cancel", "all": true }
//   { "format_version": 1, "command": "cancel",
//     "paths": [ {"id": "5f0c…", "key": "…"} ] }
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::execute {

inline constexpr std::size_t command_limit = std::size_t{1} << 20U; // bytes of such a file

// The reason in the state of a path that was withdrawn.
inline constexpr const char* cancelled_reason = "cancelled";

// Withdraws what waits or is being tried; disconnects nothing.
struct Command {
  struct Path {
    std::string id;  // of the session, one of plan::is_id
    std::string key; // plan::path_key
    bool operator==(const Path&) const = default;
  };
  bool all = false;
  std::vector<Path> paths; // empty with `all`, else not
  bool operator==(const Command&) const = default;
};

// Newline at the end.
std::string to_text(const Command& command);
// Text from a file that may be damaged: an error names what is wrong.
base::Result<Command> command_from_text(std::string_view text);

// A path in /run/nvmf/plans that no other process takes at this time.
std::string new_command_path();

} // namespace nvmf::execute
