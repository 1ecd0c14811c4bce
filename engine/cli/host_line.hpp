// Places in files of this host that are not the policy's.
#pragma once

#include "base/file_system.hpp"
#include "diag/finding.hpp"

#include <cstdint>
#include <string>

namespace nvmf::cli {

// The line of the file, counted from 1; the file as a whole where there is no such line or nothing
// on it.
diag::Span host_line(const base::FileSystem& files, const std::string& path, std::uint32_t line);

} // namespace nvmf::cli
