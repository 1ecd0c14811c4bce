#include "event/usual_service.hpp"

#include <charconv>

namespace nvmf::event {

std::optional<std::uint16_t> usual_service(base::Transport transport, base::Subject subject) {
  switch (transport) {
  case base::Transport::tcp:
    return subject == base::Subject::discovery_controller ? 8009 : 4420;
  case base::Transport::rdma:
    return 4420;
  case base::Transport::fc:
  case base::Transport::loop:
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> parse_service(std::string_view text) {
  std::uint16_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0 ||
      text.front() == '0')
    return std::nullopt;
  return number;
}

} // namespace nvmf::event
