// The name of a request's file in plans/, running/ and failed/: `<id>.<subject>.json`. Requests of
// one subject replace each other, no others do: a loss and an event of one session are two files.
#pragma once

#include "base/file_system.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"

#include <compare>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::host {

struct RequestName {
  std::string id;      // of the session, one of plan::is_id
  std::string subject; // 16 hex digits; empty: of a version that had one request for a session

  auto operator<=>(const RequestName&) const = default;
};

// Of the plan's request: its subject is what its event is about, host side included. A connected
// discovery controller is another one with each incarnation, a lost path is its own.
RequestName request_name(const base::FileSystem& files, const plan::Plan& plan);

bool is_valid(const RequestName& name);
// `0123456789abcdef.fedcba9876543210.json`
std::string file_name(const RequestName& name);
// None: the name is not a request's.
std::optional<RequestName> parse_request_name(std::string_view file_name);

// A command to the executor (execute/command.hpp) waits in plans/, too:
// `0123456789abcdef.command.json`.
std::string command_path(std::string_view hex);
bool is_command_name(std::string_view file_name);

std::set<std::string> ids_of(const std::vector<RequestName>& names);

// Where it waits, is claimed, or was given up. The name must be valid.
std::string plan_path(const RequestName& name);
std::string running_path(const RequestName& name);
std::string failed_path(const RequestName& name);

} // namespace nvmf::host
