#include "cli/firmware_text.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

// nvme-cli writes the unspecified address where there is none.
std::string nbft_address(const std::optional<base::IpAddress>& address) {
  return address ? address->to_string() : std::string("::");
}

// `SEGMENT:BUS:DEVICE.FUNCTION`, in hex.
std::string pci_text(std::uint32_t routing_id) {
  return fmt::format("{:x}:{:x}:{:x}.{:x}", routing_id >> 16U, routing_id >> 8U & 0xffU,
                     routing_id >> 3U & 0x1fU, routing_id & 7U);
}

std::string_view primary_word(firmware::PrimaryAdminHost primary) {
  switch (primary) {
  case firmware::PrimaryAdminHost::not_indicated:
    return "not indicated";
  case firmware::PrimaryAdminHost::unselected:
    return "unselected";
  case firmware::PrimaryAdminHost::selected:
    return "selected";
  case firmware::PrimaryAdminHost::reserved:
    return "reserved";
  }
  return {};
}

Json host_json(const firmware::Host& host) {
  Json json = Json::object();
  if (!host.nqn.empty())
    json["nqn"] = host.nqn;
  if (!host.id.empty())
    json["id"] = host.id;
  json["host_id_configured"] = int{host.id_configured};
  json["host_nqn_configured"] = int{host.nqn_configured};
  json["primary_admin_host_flag"] = primary_word(host.primary);
  return json;
}

std::string hex_text(const std::uint8_t* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format("{:02x}", bytes[i]);
  return text;
}

void put_namespace_id(Json& json, const firmware::Subsystem& subsystem) {
  using firmware::NamespaceIdType;
  constexpr std::size_t eui64_size = 8;
  std::string const all = hex_text(subsystem.nid.data(), subsystem.nid.size());
  switch (subsystem.nid_type) {
  case NamespaceIdType::none:
    json["nid"] = "";
    break;
  case NamespaceIdType::eui64:
    json["nid_type"] = "eui64";
    json["nid"] = hex_text(subsystem.nid.data(), eui64_size);
    break;
  case NamespaceIdType::nguid:
    json["nid_type"] = "nguid";
    json["nid"] = all;
    break;
  case NamespaceIdType::uuid:
    json["nid_type"] = "uuid";
    json["nid"] = fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4),
                              all.substr(12, 4), all.substr(16, 4), all.substr(20));
    break;
  }
}

Json subsystem_json(const firmware::Subsystem& subsystem) {
  Json json{{"index", subsystem.index},
            {"num_hfis", subsystem.hfis.size()},
            {"hfis", subsystem.hfis},
            {"transport", "tcp"},
            {"traddr", subsystem.traddr.to_string()},
            {"trsvcid", std::to_string(subsystem.trsvcid)},
            {"subsys_port_id", subsystem.port_id},
            {"nsid", subsystem.nsid}};
  put_namespace_id(json, subsystem);
  json["subsys_nqn"] = subsystem.nqn;
  json["controller_id"] = subsystem.controller_id;
  json["asqsz"] = subsystem.asqsz;
  if (!subsystem.dhcp_root_path.empty())
    json["dhcp_root_path_string"] = base::escaped(subsystem.dhcp_root_path);
  json["pdu_header_digest_required"] = int{subsystem.header_digest};
  json["data_digest_required"] = int{subsystem.data_digest};
  json["discovered"] = int{subsystem.discovered};
  json["unavailable"] = int{subsystem.availability == firmware::Availability::unavailable};
  // Beyond nvme-cli's keys.
  json["discovery"] = subsystem.discovery == 0 ? Json() : Json(subsystem.discovery);
  json["security"] = subsystem.security == 0 ? Json() : Json(subsystem.security);
  json["bootable"] = int{!subsystem.not_bootable};
  json["unavailable_reason"] = subsystem.unavailable_reason;
  return json;
}

Json hfi_json(const firmware::Hfi& hfi) {
  Json json{{"index", hfi.index},
            {"transport", "tcp"},
            {"pcidev", pci_text(hfi.pci_routing_id)},
            {"mac_addr", firmware::to_string(hfi.mac)},
            {"vlan", hfi.vlan},
            {"ip_origin", hfi.ip_origin},
            {"ipaddr", nbft_address(hfi.address)},
            {"subnet_mask_prefix", hfi.prefix_length},
            {"gateway_ipaddr", nbft_address(hfi.gateway)},
            {"route_metric", hfi.route_metric},
            {"primary_dns_ipaddr", nbft_address(hfi.primary_dns)},
            {"secondary_dns_ipaddr", nbft_address(hfi.secondary_dns)},
            {"dhcp_server_ipaddr", hfi.from_dhcp ? nbft_address(hfi.dhcp_server) : std::string()}};
  if (!hfi.host_name.empty())
    json["host_name"] = base::escaped(hfi.host_name);
  json["this_hfi_is_default_route"] = int{hfi.is_default_route};
  json["dhcp_override"] = int{hfi.from_dhcp};
  return json;
}

Json discovery_json(const firmware::Discovery& discovery) {
  Json json{{"index", discovery.index}};
  if (discovery.security != 0)
    json["security"] = discovery.security;
  if (discovery.hfi != 0)
    json["hfi"] = discovery.hfi;
  json["uri"] = base::escaped(discovery.uri);
  json["nqn"] = discovery.nqn;
  return json;
}

Json requirement_json(firmware::Requirement requirement) {
  switch (requirement) {
  case firmware::Requirement::unspecified:
    return {};
  case firmware::Requirement::not_required:
    return "not required";
  case firmware::Requirement::required:
    return "required";
  }
  return {};
}

Json security_json(const firmware::Security& security) {
  return {{"index", security.index},
          {"authentication", requirement_json(security.authentication)},
          {"secure_channel", requirement_json(security.secure_channel)}};
}

template <class T>
Json each_as(const std::vector<T>& all, Json (*to_json)(const T&)) {
  Json list = Json::array();
  for (const T& one : all)
    list.push_back(to_json(one));
  return list;
}

Json table_json(const firmware::Table& table) {
  return {{"filename", base::escaped(table.path)},
          {"host", host_json(table.host)},
          {"subsystem", each_as(table.subsystems, subsystem_json)},
          {"hfi", each_as(table.hfis, hfi_json)},
          {"discovery", each_as(table.discoveries, discovery_json)},
          {"security", each_as(table.securities, security_json)}};
}

} // namespace

std::string firmware_json(const firmware::Tables& tables) {
  Json const json{{"format_version", 1},
                  {"firmware", each_as(tables.all, table_json)},
                  {"problems", tables.problems}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace nvmf::cli
