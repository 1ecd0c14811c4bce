// Entries of a discovery log in the state file: one array of values each, in the order of LogEntry.
#pragma once

#include "base/result.hpp"
#include "event/log_entry.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace nvmf::execute {

nlohmann::ordered_json records_to_json(const std::vector<event::LogEntry>& entries);
base::Result<std::vector<event::LogEntry>> records_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
