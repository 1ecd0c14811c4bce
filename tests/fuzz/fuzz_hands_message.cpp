// A message over the socket between the executor and its hands: an error with words, or a message
// that is the same once it was sent again.
#include "execute/hands_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace nvmf;

namespace {

template <class Message>
void look(const base::Result<Message>& message,
          base::Result<Message> (*from_bytes)(std::string_view)) {
  if (!message) {
    if (message.error().message.empty())
      std::abort();
    return;
  }
  std::string const bytes = execute::to_bytes(*message);
  auto const again = from_bytes(bytes);
  if (!again || again->number != message->number || again->what.index() != message->what.index() ||
      execute::to_bytes(*again) != bytes)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view const bytes(reinterpret_cast<const char*>(data), size);
  look(execute::request_from_bytes(bytes), execute::request_from_bytes);
  look(execute::answer_from_bytes(bytes), execute::answer_from_bytes);
  return 0;
}
