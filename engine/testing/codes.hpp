// The codes of the catalogue that the readers of test files report.
#pragma once

#include <cstdint>

namespace nvmf::testing {

inline constexpr std::uint16_t version_missing = 201;
inline constexpr std::uint16_t version_unsupported = 202;
inline constexpr std::uint16_t unknown_key = 203;
inline constexpr std::uint16_t wrong_type = 204;
inline constexpr std::uint16_t missing_key = 205;
inline constexpr std::uint16_t unknown_name = 901;
inline constexpr std::uint16_t duplicate_test = 902;
inline constexpr std::uint16_t contradictory = 903;
inline constexpr std::uint16_t lacks_field = 904;

} // namespace nvmf::testing
