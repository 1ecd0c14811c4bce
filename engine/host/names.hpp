// Host names of targets: what they resolve to, and the note of it that planner and plans read.
#pragma once

#include "base/duration.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/from_target.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace nvmf::host {

// A facts file that holds `names` and nothing else.
inline constexpr const char* names_path = "/run/nvmf/names.json";

// The notes. Empty where there are none, or where the file is damaged: the names are asked again.
event::Names read_names(const base::FileSystem& files);
base::Result<void> write_names(base::FileSystem& files, const event::Names& names);

// All addresses of the families that this host has, in an order of their own. Blocks as long as the
// host's resolver does. Empty: there is no such name, or it has no address; a failure: nobody can
// tell now.
base::Result<std::vector<base::IpAddress>> resolve_name(const std::string& name);

// By name what resolve_name says, or a failure (ETIMEDOUT) where it did not say in time.
using NameAnswers = std::map<std::string, base::Result<std::vector<base::IpAddress>>>;
using Resolver = std::function<base::Result<std::vector<base::IpAddress>>(const std::string&)>;

// All names beside each other, `within` at most. A resolver that does not answer is left to its
// thread, which ends with the process: for commands, not for services.
NameAnswers resolve_names(const std::vector<std::string>& names, base::Duration within,
                          const Resolver& resolver = resolve_name);

} // namespace nvmf::host
