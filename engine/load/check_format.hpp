// How a policy's text is written, beside what it says.
#pragma once

#include "diag/finding.hpp"

namespace nvmf::load {

// 803: blanks at line ends, Windows line ends, no newline at the end; one finding, at the first.
void check_format(const diag::SourcePtr& source, diag::Sink& sink);

} // namespace nvmf::load
