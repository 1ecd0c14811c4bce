#include "base/transport.hpp"

namespace nvmf::base {

std::string_view to_string(Transport transport) {
  switch (transport) {
  case Transport::tcp:
    return "tcp";
  case Transport::rdma:
    return "rdma";
  case Transport::fc:
    return "fc";
  case Transport::loop:
    return "loop";
  }
  return "";
}

std::optional<Transport> parse_transport(std::string_view text) {
  for (Transport transport : all_transports)
    if (to_string(transport) == text)
      return transport;
  return std::nullopt;
}

} // namespace nvmf::base
