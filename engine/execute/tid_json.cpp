#include "execute/tid_json.hpp"

#include "event/usual_service.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

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

Json tid_to_json(const plan::Tid& tid) {
  Json json;
  json["transport"] = tid.transport ? Json(to_string(*tid.transport)) : Json();
  json["traddr"] = tid.traddr ? Json(tid.traddr->to_string()) : Json();
  json["trsvcid"] = tid.trsvcid ? Json(std::to_string(*tid.trsvcid)) : Json();
  json["host-traddr"] = tid.host_traddr ? Json(tid.host_traddr->to_string()) : Json();
  json["host-iface"] = or_null(tid.host_iface);
  json["subsystem-nqn"] = or_null(tid.subsystem_nqn);
  json["host-nqn"] = or_null(tid.host_nqn);
  json["hostid"] = or_null(tid.hostid);
  return json;
}

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
