// A plan file: a request or an error with words; a request that was read comes back the same.
#include "plan/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto const plan = plan::from_request(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!plan) {
    if (plan.error().message.empty())
      std::abort();
    return 0;
  }
  auto const again = plan::from_request(plan::to_request(*plan));
  if (!again || !(again->event == plan->event) || again->id != plan->id)
    std::abort();
  return 0;
}
