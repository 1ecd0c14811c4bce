// The state of an executor: an error with words, or a state that is the same after it was written.
#include "execute/state.hpp"
#include "memory_files.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<const char*>(data), size);
  auto const state = execute::state_from_json(text, execute::Items::told);
  auto const bare = execute::state_from_json(text);
  if (!state) {
    if (state.error().message.empty())
      std::abort();
    return 0;
  }
  if (!bare || bare->id != state->id)
    std::abort();
  base::SystemClock const clock;
  fuzz::MemoryFiles files;
  if (!execute::write_state(files, *state, clock))
    return 0; // an id that is not a file name
  auto const again = execute::read_state(files, state->id, execute::Items::told);
  if (!again || !*again || !((*again)->paths == state->paths) || !((*again)->logs == state->logs) ||
      (*again)->phase != state->phase || (*again)->plan.items.size() != state->plan.items.size())
    std::abort();
  return 0;
}
