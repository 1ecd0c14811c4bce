// Points in time for programs and journals: ISO 8601, UTC.
#pragma once

#include <chrono>
#include <string>

namespace nvmf::base {

// `2026-11-22T13:40:12Z`
std::string utc_text(std::chrono::system_clock::time_point time);

} // namespace nvmf::base
