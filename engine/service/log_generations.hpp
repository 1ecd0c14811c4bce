// The generation counters of the discovery logs that connected controllers have now.
#pragma once

#include "fabrics/fabrics_port.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nvmf::service {

// By device; without those that gave none. At the same time: an unresponsive controller takes up to
// a minute, which the kernel's timeout ends, and keeps no other from being asked. The port's `open`
// may be called by several threads.
std::map<std::string, std::uint64_t> read_generations(fabrics::FabricsPort& port,
                                                      const std::vector<std::string>& devices);

} // namespace nvmf::service
