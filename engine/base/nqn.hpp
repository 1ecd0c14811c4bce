// NVMe Qualified Names (NVMe base specification, "NVMe Qualified Names").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::base {

// The NQN that every discovery controller answers to.
inline constexpr std::string_view well_known_discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery";

// The kernel's NVMF_NQN_SIZE less the terminating NUL.
inline constexpr std::size_t nqn_max_length = 223;

// Why `text` is not an NQN for the kernel, in words ("is empty", "is longer than 223 bytes",
// "contains a comma, blank, control or non-ASCII character"); nothing where it is one. The kernel
// takes any other name, and targets in the field have names like `testnqn`.
std::optional<std::string> nqn_problem(std::string_view text);
inline bool is_nqn(std::string_view text) { return !nqn_problem(text); }

// The UUID of `nqn.2014-08.org.nvmexpress:uuid:<UUID>`, lower case; nothing for other forms.
std::optional<std::string> uuid_of_nqn(std::string_view nqn);

// 8-4-4-4-12 hex digits.
bool is_uuid(std::string_view text);
// The UUID as the kernel shows it in sysfs, in lower case; any other text as it is.
std::string canonical_uuid(std::string text);
// All digits 0 or all F: what broken firmware reports.
bool is_placeholder_uuid(std::string_view text);

} // namespace nvmf::base
