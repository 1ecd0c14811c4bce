#include "execute/tid_json.hpp"

#include "event/usual_service.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json, const char* key) {
  const Json& value = json.at(key);
  return value.is_null() ? std::string() : value.get<std::string>();
}

std::optional<base::Traddr> address(const Json& json, const char* key,
                                    std::optional<base::Transport> transport) {
  std::string const value = text(json, key);
  if (value.empty() || !transport)
    return std::nullopt;
  auto parsed = base::Traddr::parse(*transport, value);
  if (!parsed)
    throw std::invalid_argument(key);
  return parsed;
}

} // namespace

plan::Tid tid_from_json(const Json& json) {
  plan::Tid tid{.transport = base::parse_transport(text(json, "transport")),
                .host_iface = text(json, "host-iface"),
                .subsystem_nqn = text(json, "subsystem-nqn"),
                .host_nqn = text(json, "host-nqn"),
                .hostid = text(json, "hostid")};
  tid.traddr = address(json, "traddr", tid.transport);
  tid.host_traddr = address(json, "host-traddr", tid.transport);
  if (std::string const service = text(json, "trsvcid"); !service.empty()) {
    tid.trsvcid = event::parse_service(service);
    if (!tid.trsvcid)
      throw std::invalid_argument("trsvcid");
  }
  return tid;
}

} // namespace nvmf::execute
