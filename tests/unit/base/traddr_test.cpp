#include "base/traddr.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("each transport takes its kind of address") {
  struct {
    Transport transport;
    const char* text;
    const char* canonical; // null: none
  } const rows[] = {
      {Transport::tcp, "::ffff:10.0.0.1", "10.0.0.1"},
      {Transport::rdma, "FD20::1", "fd20::1"},
      {Transport::tcp, "nn-0x1000000000000001:pn-0x1000000000000002", nullptr},
      {Transport::fc, "nn-1000000000000001:pn-1000000000000002",
       "nn-0x1000000000000001:pn-0x1000000000000002"},
      {Transport::fc, "10.0.0.1", nullptr},
      {Transport::loop, "any-text", "any-text"},
      {Transport::loop, "a,b", nullptr},
      {Transport::loop, "", nullptr},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    auto const traddr = Traddr::parse(row.transport, row.text);
    REQUIRE(traddr.has_value() == (row.canonical != nullptr));
    if (traddr)
      CHECK(traddr->to_string() == row.canonical);
  }
}

TEST_CASE("compared as addresses") {
  auto const tcp = [](const char* text) { return *Traddr::parse(Transport::tcp, text); };
  CHECK(tcp("10.0.0.1").same_as(tcp("::ffff:10.0.0.1")));
  CHECK(tcp("fe80::1").same_as(tcp("fe80::1%eth0")));
  CHECK_FALSE(tcp("fe80::1%eth1").same_as(tcp("fe80::1%eth0")));
  CHECK_FALSE(tcp("10.0.0.1").same_as(*Traddr::parse(Transport::loop, "10.0.0.1")));
}
