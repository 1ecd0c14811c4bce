// Whether the secrets that a policy refers to can be had. Nothing here reads a secret.
#pragma once

#include "base/file_system.hpp"
#include "base/secret.hpp"
#include "policy/policy.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::host {

// Where a credential of that name is looked for, in this order: the directory that systemd made for
// the service, then systemd's plain credential stores.
std::vector<std::string> credential_paths(const std::optional<std::string>& credentials_directory,
                                          const std::string& name);

// `KIND:NAME`, the key of decide::Facts::unavailable_secrets.
std::string secret_key(const base::SecretRef& reference);

// Why the secret cannot be used: "no credential of that name", "/etc/x: No such file or directory",
// "/etc/x: others may read it". None: usable or unknown (keyrings are asked when it is used).
std::optional<std::string> why_unavailable(const base::FileSystem& files,
                                           const std::optional<std::string>& credentials_directory,
                                           const base::SecretRef& reference);

// All secrets that the policy refers to and that cannot be had.
std::map<std::string, std::string>
unavailable_secrets(const base::FileSystem& files,
                    const std::optional<std::string>& credentials_directory,
                    const policy::Policy& policy);

} // namespace nvmf::host
