// Policies from a few lines of text.
#pragma once

#include "diag/render.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>

namespace nvmf::tests {

inline load::Loaded load_lines(const std::string& text) {
  return load::load_text("p.yaml", "version: 1\n" + text);
}

inline std::string findings_of(const load::Loaded& loaded) {
  return diag::render_short(loaded.findings.findings());
}

// A policy that must load without errors.
inline std::shared_ptr<const policy::Policy> good(const std::string& text) {
  load::Loaded const loaded = load_lines(text);
  INFO(findings_of(loaded));
  REQUIRE(loaded.policy != nullptr);
  return loaded.policy;
}

// One rule with these lines beside its name.
inline std::string rule(const std::string& lines) { return "rules:\n  - name: r\n" + lines; }

} // namespace nvmf::tests
