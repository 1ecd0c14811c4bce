// The JSON Schemas (draft-07) of the documents that the programs read and write. That of policy
// files and that of policy tests are made from their tables of keys; the others from the tables of
// words and options that the readers use.
#pragma once

#include <string>
#include <vector>

namespace nvmf::tools {

struct Schema {
  std::string name; // `autoconnect-1`: of its file in schemas/, and the end of its `$id`
  std::string text; // indented, with a final newline
};

std::vector<Schema> schemas();

} // namespace nvmf::tools
