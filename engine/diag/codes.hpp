// Codes of the catalogue that readers of several kinds of file report: policies, policy tests,
// event files, facts. A code that one reader alone reports is written where it is reported.
#pragma once

#include <cstdint>

namespace nvmf::diag::code {

inline constexpr std::uint16_t version_missing = 201;
inline constexpr std::uint16_t version_unsupported = 202;
inline constexpr std::uint16_t unknown_key = 203;
inline constexpr std::uint16_t wrong_type = 204;
inline constexpr std::uint16_t missing_key = 205;
inline constexpr std::uint16_t out_of_range = 206;
inline constexpr std::uint16_t bad_address = 207;
inline constexpr std::uint16_t bad_nqn = 208;
inline constexpr std::uint16_t ambiguous = 210;

// Of policy tests.
inline constexpr std::uint16_t unknown_name = 901;
inline constexpr std::uint16_t duplicate_test = 902;
inline constexpr std::uint16_t contradictory = 903;
inline constexpr std::uint16_t lacks_field = 904;

} // namespace nvmf::diag::code
