// The firmware's boot tables for people and programs.
#pragma once

#include "firmware/tables.hpp"

#include <string>

namespace nvmf::cli {

// A table is its file, then a line for the host, each interface, subsystem, security profile and
// discovery controller.
std::string firmware_text(const firmware::Tables& tables);

// With the keys, words and order of `nvme nbft show -o json` where that has them.
std::string firmware_json(const firmware::Tables& tables);

} // namespace nvmf::cli
