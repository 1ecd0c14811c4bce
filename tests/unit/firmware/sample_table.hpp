// A table in which every field is set, for the tests of what reads one.
#pragma once

#include "firmware/table.hpp"

namespace nvmf::test {

inline base::IpAddress ip_of(std::string_view text) { return *base::IpAddress::parse(text); }

inline firmware::Table sample_table() {
  firmware::Table table;
  table.host = {.nqn = "nqn.2014-08.org.nvmexpress:uuid:4c4c4544-0032-3610-8052-b7c04f4e4e32",
                .id = "4c4c4544-0032-3610-8052-b7c04f4e4e32",
                .id_configured = true,
                .nqn_configured = true,
                .primary = firmware::PrimaryAdminHost::selected};
  table.hfis = {{.index = 1,
                 .pci_routing_id = 0x4100,
                 .mac = {0x00, 0x53, 0x00, 0xa1, 0xb2, 0xc3},
                 .vlan = 21,
                 .ip_origin = 1,
                 .address = ip_of("192.0.2.77"),
                 .prefix_length = 24,
                 .gateway = ip_of("192.0.2.1"),
                 .route_metric = 500,
                 .primary_dns = ip_of("192.0.2.53"),
                 .secondary_dns = ip_of("192.0.2.54"),
                 .dhcp_server = ip_of("192.0.2.67"),
                 .host_name = "web-07",
                 .is_default_route = true,
                 .from_dhcp = true},
                {.index = 4,
                 .mac = {0x00, 0x53, 0x00, 0xa1, 0xb2, 0xc4},
                 .address = ip_of("2001:db8::77"),
                 .prefix_length = 64}};
  table.securities = {{.index = 1,
                       .authentication = firmware::Requirement::required,
                       .secure_channel = firmware::Requirement::not_required}};
  table.discoveries = {{.index = 1,
                        .hfi = 1,
                        .security = 1,
                        .uri = "nvme+tcp://192.0.2.10:8010/",
                        .traddr = ip_of("192.0.2.10"),
                        .trsvcid = 8010,
                        .nqn = "nqn.2014-08.org.nvmexpress.discovery"}};
  table.subsystems = {{.index = 1,
                       .hfis = {1, 4},
                       .traddr = ip_of("192.0.2.20"),
                       .trsvcid = 4421,
                       .port_id = 3,
                       .nsid = 7,
                       .nid_type = firmware::NamespaceIdType::nguid,
                       .nid = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                       .nqn = "nqn.2014-08.com.example:root",
                       .discovery = 1,
                       .security = 1,
                       .not_bootable = true,
                       .discovered = true,
                       .availability = firmware::Availability::unavailable,
                       .header_digest = true,
                       .data_digest = true,
                       .controller_id = 5,
                       .asqsz = 32,
                       .dhcp_root_path = "NVME+TCP://192.0.2.10:8010/",
                       .unavailable_reason = 5},
                      {.index = 2,
                       .hfis = {4},
                       .traddr = ip_of("2001:db8::20"),
                       .trsvcid = 4420,
                       .nqn = "nqn.2014-08.com.example:data"}};
  return table;
}

} // namespace nvmf::test
