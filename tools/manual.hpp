// The parts of manual pages that are made from the programs' own tables.
#pragma once

#include <map>
#include <string>

namespace nvmf::tools {

// The page with its marks filled in: `@REFERENCE@` (the keys of a policy) and `@FINDINGS@` (what
// `check` finds), each alone on its line; and `@NAME@` for each of `values`, anywhere.
std::string filled_in(std::string page, const std::map<std::string, std::string>& values);

} // namespace nvmf::tools
