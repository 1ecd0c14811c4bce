// What no policy text may contain, whatever YAML says: bytes that are no UTF-8, control characters,
// characters that are invisible or change the direction of the text around them.
#pragma once

#include "diag/finding.hpp"

namespace nvmf::yaml {

// One finding (101 or 107) for each line that has such a byte, at the first of the line, up to ten.
// False if there was any.
bool check_text(const diag::SourcePtr& source, diag::Sink& sink);

} // namespace nvmf::yaml
