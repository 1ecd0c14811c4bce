// The JSON Schemas (draft-07) of the documents that the programs read and write, as they are
// installed in share/nvmf/schemas. tools/ makes those files.
#pragma once

#include <span>
#include <string_view>

namespace nvmf::cli {

struct Schema {
  std::string_view name; // `policy`, `test`, `event`, `plan`, `facts`, `status`, `check`, `explain`
  std::string_view text;
};

std::span<const Schema> schemas();

} // namespace nvmf::cli
