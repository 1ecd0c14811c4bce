// An event file: a reading or findings; an event that was read is written and read back the same.
#include "event/event_file.hpp"

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
  auto const file = event::parse_event_file(source, sink);
  if (!file && !sink.has_errors())
    std::abort();
  if (!file)
    return 0;
  if (const auto* event = std::get_if<event::Event>(&file->reading)) {
    event::to_line(*event);
    auto const again =
        std::make_shared<const diag::Source>(diag::Source{"written", event::to_event_file(*event)});
    diag::Sink second;
    auto const back = event::parse_event_file(again, second);
    if (!back || !std::holds_alternative<event::Event>(back->reading))
      std::abort();
    event::Event read_back = std::get<event::Event>(back->reading);
    read_back.udev = event->udev; // of which only printable ASCII is written
    if (read_back != *event)
      std::abort();
  }
  return 0;
}
