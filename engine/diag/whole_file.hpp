// The place of a finding about a file or directory itself.
#pragma once

#include "diag/finding.hpp"

namespace nvmf::diag {

inline Span whole_file(const std::string& path) {
  return {.source = std::make_shared<const Source>(Source{path, {}}), .start = {}, .end = {}};
}

} // namespace nvmf::diag
