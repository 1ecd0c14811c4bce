#include "cli/names_text.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("address_text: IPv6 in brackets, FC without a service id") {
  struct Row {
    std::string address;
    std::optional<std::uint16_t> service;
    std::string expected;
  };
  const Row rows[] = {
      {"10.20.1.10", 8009, "10.20.1.10:8009"},
      {"10.20.1.10", std::nullopt, "10.20.1.10"},
      {"fd20:a::1", 4420, "[fd20:a::1]:4420"},
      {"fe80::1%eth0", 4420, "[fe80::1%eth0]:4420"},
      {"nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2", std::nullopt,
       "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.address);
    CHECK(cli::address_text({.traddr = base::Traddr::parse_any(row.address),
                             .trsvcid = row.service}) == row.expected);
  }
  CHECK(cli::address_text({}) == "-");
}

TEST_CASE("host_side_text: from where, via what") {
  base::Endpoint endpoint;
  CHECK(cli::host_side_text(endpoint).empty());
  endpoint.host_iface = "ens1f0";
  CHECK(cli::host_side_text(endpoint) == "via ens1f0");
  endpoint.host_traddr = base::Traddr::parse_any("10.20.1.77");
  CHECK(cli::host_side_text(endpoint) == "from 10.20.1.77 via ens1f0");
  endpoint.host_iface.clear();
  CHECK(cli::host_side_text(endpoint) == "from 10.20.1.77");
}

TEST_CASE("with_port_names: a port of Fibre Channel by its own name") {
  CHECK(cli::with_port_names("fc nn-0x200000a098000001:pn-0x201000a098000001 from "
                             "nn-0x20000090fa000001:pn-0x10000090fa000001") ==
        "fc 201000a098000001 from 10000090fa000001");
  CHECK(cli::with_port_names("tcp [fd20:a::1]:4420 via ens1f0") ==
        "tcp [fd20:a::1]:4420 via ens1f0");
}

TEST_CASE("nqn_names: short only while it cannot be mistaken") {
  const std::set<std::string> nqns = {"nqn.2014-08.com.example:prod.vol7",
                                      "nqn.2014-08.com.example:array-a.disk",
                                      "nqn.2014-08.com.example:x-ray-a.disk"};
  const cli::NqnNames names = cli::nqn_names(nqns, 14);
  CHECK(cli::name_of(names, "nqn.2014-08.com.example:prod.vol7") == "nqn.…prod.vol7");
  CHECK(cli::name_of(names, "nqn.2014-08.com.example:array-a.disk") ==
        "nqn.2014-08.com.example:array-a.disk");
  CHECK(cli::name_of(names, "nqn.of-another-output\n") == "nqn.of-another-output\\x0a");
  CHECK(cli::name_of(cli::nqn_names(nqns, std::nullopt), "nqn.2014-08.com.example:prod.vol7") ==
        "nqn.2014-08.com.example:prod.vol7");
}

TEST_CASE("place_text: file name and line") {
  CHECK(cli::place_text("/etc/nvmf/autoconnect.yaml", 31) == "autoconnect.yaml:31");
  CHECK(cli::place_text("draft.yaml", 0) == "draft.yaml");
}
