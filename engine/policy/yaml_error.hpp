// yaml-cpp's complaints in words for an administrator.
#pragma once

#include "diag/finding.hpp"
#include "policy/yaml_events.hpp"

#include <string>

namespace nvmf::policy {

// As the exception has it: line and column from 0, negative where it has none.
struct YamlError {
  std::string message;
  int line = -1;
  int column = -1;
};

// One finding: 101, or 103, 106 and 109 where these are what is behind it.
void report_yaml_error(const YamlError& error, const diag::SourcePtr& source,
                       const TreeBuilder& builder, diag::Sink& sink);

} // namespace nvmf::policy
