// Test files as suites.
#pragma once

#include "testing/suite.hpp"
#include "yaml/tree.hpp"

namespace nvmf::testing {

// Reads a test file with the files that it names (events, logs, facts; relative to it). Every
// mistake is a finding at its place; the readable part is returned, so that its names can be looked
// up in the same run. Nothing if the file has no form at all.
std::optional<Suite> read_suite(const diag::SourcePtr& source, diag::Sink& sink);

} // namespace nvmf::testing
