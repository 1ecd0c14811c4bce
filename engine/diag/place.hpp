// The questions that every renderer asks a finding.
#pragma once

#include "diag/finding.hpp"

#include <string_view>

namespace nvmf::diag {

// The place of the finding: its first primary span, else its first; null if it has none.
const LabelledSpan* main_span(const Finding& finding);

// For programs, which expect a line and a column: those of a whole file are its first.
Position shown_position(Position at);

// The slug of its code.
std::string_view slug_of(const Finding& finding);

} // namespace nvmf::diag
