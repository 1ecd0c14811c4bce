#include "plan/source_name.hpp"

#include "event/event_file.hpp"

namespace nvmf::plan {

std::string source_name(const event::Event& event) {
  if (!event.target.empty())
    return event.target;
  return event.device.empty() ? event::endpoint_text(event) : event.device;
}

} // namespace nvmf::plan
