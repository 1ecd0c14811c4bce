// Facts files: the facts that replace this host's in `plan --facts` and in policy tests (YAML).
#pragma once

#include "decide/facts.hpp"
#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <optional>

namespace nvmf::host {

// A key left out is unknown, a key that is there but empty means empty. Every mistake is a finding
// at its place; nothing is returned if there was one.
std::optional<decide::Facts> parse_facts_file(const diag::SourcePtr& source, diag::Sink& sink);

// The same of one map of a YAML text, for files that hold facts among other things.
std::optional<decide::Facts> parse_facts(const yaml::Document& document, const yaml::Node& node,
                                         diag::Sink& sink);

} // namespace nvmf::host
