#include "cli/endpoint_json.hpp"

#include <string_view>

namespace nvmf::cli {

namespace {

using EndpointJson = nlohmann::ordered_json;

EndpointJson service_text_or_null(std::optional<std::uint16_t> trsvcid) {
  return trsvcid ? EndpointJson(std::to_string(*trsvcid)) : EndpointJson();
}

std::string_view subject_word(base::Subject subject) {
  return subject == base::Subject::discovery_controller ? "discovery-controller" : "io-subsystem";
}

} // namespace

void put_endpoint(EndpointJson& json, base::Subject subject, const plan::Tid& tid) {
  json["subject"] = subject_word(subject);
  const base::Endpoint endpoint = tid.endpoint.value_or(base::Endpoint());
  json["transport"] = tid.endpoint ? EndpointJson(to_string(endpoint.transport)) : EndpointJson();
  json["traddr"] = text_or_null(to_text(endpoint.traddr));
  json["trsvcid"] = service_text_or_null(endpoint.trsvcid);
  json["host-traddr"] = text_or_null(to_text(endpoint.host_traddr));
  json["host-iface"] = text_or_null(endpoint.host_iface);
  json["subsystem-nqn"] = text_or_null(tid.subsystem_nqn);
}

} // namespace nvmf::cli
