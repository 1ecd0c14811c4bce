// The credentials that systemd gives the connection services: drop-ins of
// nvmf-policy-connect@.service name them (systemd.exec(5), CREDENTIALS).
#pragma once

#include "base/file_system.hpp"

#include <string>
#include <string_view>

namespace nvmf::host {

// Whether a drop-in gives the services a credential of that name, from whatever source: one that is
// encrypted only systemd can read.
bool is_given_by_unit(const base::FileSystem& files, std::string_view name);

} // namespace nvmf::host
