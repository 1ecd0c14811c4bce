// A facts file: facts or findings.
#include "host/facts_file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto const source = std::make_shared<const diag::Source>(diag::Source{"fuzzed", std::move(text)});
  diag::Sink sink;
  auto const facts = host::parse_facts_file(source, sink);
  if (!facts && !sink.has_errors())
    std::abort();
  return 0;
}
