// `expect` of a test.
#pragma once

#include "cli/testing/suite.hpp"
#include "policy/reader.hpp"
#include "policy/tree.hpp"

namespace nvmf::cli::testing {

// What could be understood; every mistake is reported.
Expectation read_expectation(policy::Reader& reader, const policy::Node& node);

} // namespace nvmf::cli::testing
