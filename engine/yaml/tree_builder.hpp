// yaml-cpp's parser, driven for a tree in which every node has its place.
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <optional>
#include <string>

namespace nvmf::yaml {

// `text` is the source's as yaml-cpp gets it (skim.hpp). Nothing after a mistake that leaves no
// tree; every mistake is a finding.
std::optional<Document> build_tree(const diag::SourcePtr& source, const std::string& text,
                                   diag::Sink& sink);

} // namespace nvmf::yaml
