// /etc/nvme/hostnqn and /etc/nvme/hostid, and other files whose first line is a value.
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "policy/policy.hpp"

#include <map>
#include <optional>
#include <string>

namespace nvmf::host {

inline constexpr const char* hostnqn_path = "/etc/nvme/hostnqn";
inline constexpr const char* hostid_path = "/etc/nvme/hostid";

// The first line without surrounding blanks; empty if the file is not there or empty.
std::string first_line_of(const base::FileSystem& files, const std::string& path);

// Why first_line_of has nothing, in words that follow the path ("is missing", "is empty", "has an
// empty first line").
std::string why_no_value(const base::FileSystem& files, const std::string& path);

// Something beside the value that its reader passes over and another program may not, in words that
// follow the path; nothing where the file is one line, or has no value.
std::optional<std::string> identity_file_doubt(const base::FileSystem& files,
                                               const std::string& path);

decide::HostIdentity read_host_identity(const base::FileSystem& files);

// First lines of all files that the identities of `policy` name.
std::map<std::string, std::string> read_identity_files(const base::FileSystem& files,
                                                       const policy::Policy& policy);

} // namespace nvmf::host
