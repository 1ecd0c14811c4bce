// Policies for the tests of analyze/.
#pragma once

#include "diag/finding.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>

namespace nvmf::tests {

inline std::shared_ptr<const policy::Policy> loaded(const std::string& text) {
  load::Loaded loaded = load::load_text("/etc/nvmf/autoconnect.yaml", text);
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity == diag::Severity::error)
      FAIL("sample policy: " << finding.message << " at " << finding.spans.front().span.place());
  REQUIRE(loaded.policy);
  return loaded.policy;
}

// Rules, one a line, without writing the rest of the policy again: the first one is on line 3.
inline std::shared_ptr<const policy::Policy> with_rules(const std::string& rules) {
  return loaded("version: 1\nrules:\n" + rules);
}

} // namespace nvmf::tests
