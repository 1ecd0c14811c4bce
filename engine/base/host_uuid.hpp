// UUIDs of hosts: where one may come from, and the host NQN that is made of it.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::base {

// The beginning of a host NQN with a UUID (NVMe base specification, "NVMe Qualified Names").
inline constexpr std::string_view uuid_nqn_prefix = "nqn.2014-08.org.nvmexpress:uuid:";

std::string nqn_of_uuid(std::string_view uuid);

// Why a machine's UUID names more machines than one, in words ("repeats one byte"); nothing where
// it may be a machine's own. Firmware that was never given a UUID shows such ones.
std::optional<std::string> shared_uuid(std::string_view uuid);

// "has host NQN …, which does not begin with `nqn.`", which the kernel takes all the same.
std::optional<std::string> host_nqn_doubt(const std::string& host_nqn);

// The doubt about an identity that can be used: "has UUID … in its host NQN and hostid …", "has
// hostid …, which is that of many machines", "has host NQN …, which does not begin with `nqn.`".
std::vector<std::string> identity_doubts(const std::string& host_nqn, const std::string& hostid);

// Version 4 of RFC 9562, from the kernel's random numbers.
Result<std::string> random_uuid();

} // namespace nvmf::base
