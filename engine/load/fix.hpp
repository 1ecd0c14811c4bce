// Mistakes that a finding can replace by itself: hyphens, quotes, units, spelling.
#pragma once

#include "load/load.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace nvmf::load {

// Which findings may be fixed.
using WantsFix = std::function<bool(const diag::Finding&)>;

struct Fixed {
  std::vector<FileText> texts; // as given, in that order, with what was replaced
  std::size_t replaced = 0;    // places
};

// Replaces what findings say to write instead, as long as that brings further ones to light. Only
// what makes the policy better is kept: fewer errors of the text, then of its structure, its
// references and so on, then fewer warnings. Comments and layout stay as they are; no line comes or
// goes.
Fixed fix_texts(std::vector<FileText> texts, const WantsFix& wants);

// The change of one text, line by line, as `diff -u` shows it; empty if there is none. Both texts
// have the same number of lines.
std::string difference_of(const std::string& path, const std::string& before,
                          const std::string& after);

} // namespace nvmf::load
