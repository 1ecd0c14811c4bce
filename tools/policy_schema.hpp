// The JSON Schema of policy files, made from the table of keys.
#pragma once

#include <string>

namespace nvmf::tools {

// The schema of a policy file: draft-07, `additionalProperties: false`, no `oneOf`, descriptions
// and examples; indented, with a final newline. The loader refuses all that it refuses, and more.
std::string policy_schema();

} // namespace nvmf::tools
