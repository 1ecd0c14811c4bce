#include "execute/tid_json.hpp"

#include "event/usual_service.hpp"
#include "execute/json_fields.hpp"

namespace nvmf::execute {

namespace {

std::string text(JsonFields& fields, const char* key) {
  return fields.nullable<std::string>(key).value_or("");
}

std::optional<base::Traddr> address(JsonFields& fields, const char* key,
                                    base::Transport transport) {
  std::string const given = text(fields, key);
  auto parsed = base::Traddr::parse(transport, given);
  if (!parsed && !given.empty())
    fields.note(key);
  return given.empty() ? std::nullopt : parsed;
}

std::optional<base::Endpoint> endpoint_from(JsonFields& fields) {
  auto const transport = base::parse_transport(text(fields, "transport"));
  if (!transport)
    return std::nullopt;
  base::Endpoint endpoint{.transport = *transport,
                          .traddr = address(fields, "traddr", *transport),
                          .host_traddr = address(fields, "host-traddr", *transport),
                          .host_iface = text(fields, "host-iface")};
  if (std::string const service = text(fields, "trsvcid"); !service.empty())
    endpoint.trsvcid = fields.known("trsvcid", event::parse_service(service));
  return endpoint;
}

} // namespace

base::Result<plan::Tid> tid_from_json(const nlohmann::ordered_json& json) {
  if (!json.is_object())
    return base::failure("is not an object", EINVAL);
  JsonFields fields(json);
  return fields.result(plan::Tid{.endpoint = endpoint_from(fields),
                                 .subsystem_nqn = text(fields, "subsystem-nqn"),
                                 .host_nqn = text(fields, "host-nqn"),
                                 .hostid = text(fields, "hostid")});
}

} // namespace nvmf::execute
