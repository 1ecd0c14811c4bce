// The stored policy: nothing, or a policy that is the same when it is stored again.
#include "load/last_good.hpp"
#include "memory_files.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::MemoryFiles files;
  files.files[load::last_good_copy] = std::string(reinterpret_cast<const char*>(data), size);
  auto const stored = load::restore_last_good(files, load::LastGoodPlace::run_only);
  if (!stored)
    return 0;
  if (!stored->policy || load::last_good_digest(files) != stored->policy->digest)
    std::abort();
  return 0;
}
