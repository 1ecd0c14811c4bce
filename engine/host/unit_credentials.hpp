// The credentials that systemd gives the executor: drop-ins of nvmf-policy-connect.service name
// them (systemd.exec(5), CREDENTIALS).
#pragma once

#include "base/file_system.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::host {

inline constexpr std::string_view executor_unit = "nvmf-policy-connect.service";
// The executor's unit in earlier versions: a drop-in of it gives nothing any more.
inline constexpr std::string_view former_executor_unit = "nvmf-policy-connect@.service";

// The drop-in that gives the unit a credential of that name, from whatever source: one that is
// encrypted only systemd can read. None: nobody gives it.
std::optional<std::string> drop_in_giving(const base::FileSystem& files, std::string_view unit,
                                          std::string_view name);

} // namespace nvmf::host
