// The JSON Schemas (draft-07) of the documents that this program reads and writes. That of policy
// files is made by policy/schema.hpp from the table of keys; the others from the same tables of
// words and options that the readers use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

// `policy`, `test`, `event`, `plan`.
std::vector<std::string> schema_names();

// Indented, with a final newline; none for another name.
std::optional<std::string> schema_called(std::string_view name);

} // namespace nvmf::cli
