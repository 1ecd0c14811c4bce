// The lines of `resume` about what it asks for again.
#pragma once

#include "execute/state.hpp"

#include <string>

namespace nvmf::cli {

// The source that is planned again, and below it each of its paths that is not live, with what
// became of it.
std::string resumed_text(const execute::State& state);

} // namespace nvmf::cli
