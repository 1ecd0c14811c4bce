#include "event/controller_address.hpp"

#include "base/wire_text.hpp"
#include "event/usual_service.hpp"

namespace nvmf::event {

namespace {

void take(ControllerAddress& address, std::string_view key, std::string_view value) {
  if (value.empty() || value == "none" || !base::is_option_text(value))
    return;
  base::Endpoint& endpoint = address.endpoint;
  base::Transport const transport = endpoint.transport;
  if (key == "traddr")
    endpoint.traddr = base::Traddr::parse(transport, value);
  else if (key == "trsvcid")
    endpoint.trsvcid = parse_service(value);
  else if (key == "host_traddr")
    endpoint.host_traddr = base::Traddr::parse(transport, value);
  else if (key == "host_iface")
    endpoint.host_iface = value;
  else if (key == "src_addr")
    address.src_addr = base::Traddr::parse(transport, value);
}

} // namespace

ControllerAddress parse_controller_address(base::Transport transport, std::string_view text) {
  ControllerAddress address{.endpoint = {.transport = transport}};
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  while (!text.empty()) {
    auto const comma = text.find(',');
    std::string_view const part = text.substr(0, comma);
    auto const equals = part.find('=');
    if (equals != std::string_view::npos)
      take(address, part.substr(0, equals), part.substr(equals + 1));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return address;
}

} // namespace nvmf::event
