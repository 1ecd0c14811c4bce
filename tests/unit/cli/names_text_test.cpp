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

TEST_CASE("ShortNqns: short only while it cannot be mistaken") {
  cli::ShortNqns names;
  names.add("nqn.2014-08.com.example:prod.vol7");
  names.add("nqn.2014-08.com.example:disk");
  names.add("nqn.2020-01.org.other:disk");
  names.add("nqn.2020-01.org.no-colon");
  CHECK(names.name("nqn.2014-08.com.example:prod.vol7") == "…:prod.vol7");
  CHECK(names.name("nqn.2020-01.org.other:disk") == "nqn.2020-01.org.other:disk");
  CHECK(names.name("nqn.2020-01.org.no-colon") == "nqn.2020-01.org.no-colon");
}

TEST_CASE("place_text: file name and line") {
  CHECK(cli::place_text("/etc/nvmf/autoconnect.yaml", 31) == "autoconnect.yaml:31");
  CHECK(cli::place_text("draft.yaml", 0) == "draft.yaml");
}
