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

decide::HostIdentity read_host_identity(const base::FileSystem& files);

// First lines of all files that the identities of `policy` name.
std::map<std::string, std::string> read_identity_files(const base::FileSystem& files,
                                                       const policy::Policy& policy);

} // namespace nvmf::host
