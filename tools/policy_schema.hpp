// The JSON Schema of policy files, made from the table of keys.
#pragma once

#include <string>

namespace nvmf::tools {

// The schema of a policy file: draft-07, `additionalProperties: false`, no `oneOf`, descriptions
// and examples; indented, with a final newline. What it refuses is refused by the loader, too; the
// loader refuses more.
std::string policy_schema();

} // namespace nvmf::tools
