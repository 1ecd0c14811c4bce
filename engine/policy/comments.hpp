// Comments and tabs of a text: what the YAML parser leaves unmentioned.
#pragma once

#include "diag/finding.hpp"
#include "policy/scalar_extent.hpp"
#include "policy/tree.hpp"

#include <vector>

namespace nvmf::policy {

// Walks over the lines of a text that parsed. `scalars` are its scalars in text order: `#` and tabs
// inside them are text. Reports tabs elsewhere (106, a warning: YAML takes them, editors show them
// differently), one a line, and directives (101), which nothing here would follow.
std::vector<Comment> scan_lines(const diag::SourcePtr& source,
                                const std::vector<ByteRange>& scalars, diag::Sink& sink);

} // namespace nvmf::policy
