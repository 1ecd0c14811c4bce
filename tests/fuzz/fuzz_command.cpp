// A command file, and an intent that a writer left: an error with words, or what is the same once
// it was written again.
#include "execute/command.hpp"
#include "execute/intent.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<const char*>(data), size);
  auto const command = execute::command_from_text(text);
  if (command) {
    auto const again = execute::command_from_text(execute::to_text(*command));
    if (!again || !(*again == *command))
      std::abort();
  } else if (command.error().message.empty()) {
    std::abort();
  }
  auto const intent = execute::intent_from_json(text);
  if (intent) {
    auto const again = execute::intent_from_json(execute::to_json(*intent));
    if (!again || again->id != intent->id || !(again->tid == intent->tid) ||
        again->stay != intent->stay || again->newest != intent->newest)
      std::abort();
  } else if (intent.error().message.empty()) {
    std::abort();
  }
  return 0;
}
