// `expect` of a test.
#pragma once

#include "policy/reader.hpp"
#include "testing/suite.hpp"
#include "yaml/tree.hpp"

namespace nvmf::testing {

// The readable part; every mistake is reported.
Expectation read_expectation(policy::Reader& reader, const yaml::Node& node);

} // namespace nvmf::testing
