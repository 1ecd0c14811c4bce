// A file of policy tests: a suite or findings, and a suite that was read can be checked and run.
#include "load/load.hpp"
#include "testing/check_suite.hpp"
#include "testing/read_suite.hpp"
#include "testing/run_suite.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

using namespace nvmf;

namespace {

const policy::Policy& some_policy() {
  static load::Loaded const loaded = load::load_text("some.yaml", R"(version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10 }
deny:
  - { name: test, match: { subsystem-nqn: "*:test*" }, reason: test }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
)");
  if (!loaded.policy)
    std::abort();
  return *loaded.policy;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto const source =
      std::make_shared<const diag::Source>(diag::Source{"/nonexistent/fuzzed", std::move(text)});
  diag::Sink sink;
  auto suite = testing::read_suite(source, sink);
  if (!suite) {
    if (!sink.has_errors())
      std::abort();
    return 0;
  }
  testing::check_suite(*suite, some_policy(), sink);
  if (sink.has_errors())
    return 0;
  testing::Coverage coverage;
  for (const testing::Test& test : suite->tests)
    testing::run_test(some_policy(), test, coverage);
  return 0;
}
