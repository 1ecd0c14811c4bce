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

std::optional<base::Traddr> address(const Json& json, const char* key, base::Transport transport) {
  std::string const value = text(json, key);
  if (value.empty())
    return std::nullopt;
  auto parsed = base::Traddr::parse(transport, value);
  if (!parsed)
    throw std::invalid_argument(key);
  return parsed;
}

std::optional<base::Endpoint> endpoint_from(const Json& json) {
  auto const transport = base::parse_transport(text(json, "transport"));
  if (!transport)
    return std::nullopt;
  base::Endpoint endpoint{.transport = *transport,
                          .traddr = address(json, "traddr", *transport),
                          .host_traddr = address(json, "host-traddr", *transport),
                          .host_iface = text(json, "host-iface")};
  if (std::string const service = text(json, "trsvcid"); !service.empty()) {
    endpoint.trsvcid = event::parse_service(service);
    if (!endpoint.trsvcid)
      throw std::invalid_argument("trsvcid");
  }
  return endpoint;
}

} // namespace

plan::Tid tid_from_json(const Json& json) {
  return {.endpoint = endpoint_from(json),
          .subsystem_nqn = text(json, "subsystem-nqn"),
          .host_nqn = text(json, "host-nqn"),
          .hostid = text(json, "hostid")};
}

} // namespace nvmf::execute
