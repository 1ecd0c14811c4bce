#include "base/ip_address.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("addresses are read in any usual spelling and printed canonically") {
  struct {
    const char* text;
    const char* canonical; // null: no address
  } const rows[] = {
      {"10.20.1.10", "10.20.1.10"},
      {"::ffff:10.20.1.10", "10.20.1.10"},
      {"::FFFF:0a14:010a", "10.20.1.10"},
      {"fd20:A:0:0::1", "fd20:a::1"},
      {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
      {"::", "::"},
      {"fe80::1%eth0", "fe80::1%eth0"},
      {"fe80::1%bond0.251", "fe80::1%bond0.251"},
      {"", nullptr},
      {"10.20.1", nullptr},
      {"10.20.1.256", nullptr},
      {"10.20.01.1", nullptr},
      {"0x0a.0.0.1", nullptr},
      {"10.20.1.10 ", nullptr},
      {"10.20.1.10%eth0", nullptr},
      {"::ffff:10.20.1.10%eth0", nullptr},
      {"[fd20::1]", nullptr},
      {"fe80::1%", nullptr},
      {"fe80::1%a b", nullptr},
      {"fe80::1%a,b", nullptr},
      {"fe80::1%eth0%eth1", nullptr},
      {"fe80::1%an-interface-that-is-too-long", nullptr},
      {"storage.example.com", nullptr},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    auto const address = IpAddress::parse(row.text);
    REQUIRE(address.has_value() == (row.canonical != nullptr));
    if (address)
      CHECK(address->to_string() == row.canonical);
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0x", 10)));
}

TEST_CASE("a scope counts only where both have one, in same_as") {
  auto const parse = [](const char* text) { return *IpAddress::parse(text); };
  CHECK(parse("fe80::1%eth0").same_as(parse("fe80::1")));
  CHECK(parse("fe80::1%eth0").same_as(parse("fe80::1%eth0")));
  CHECK_FALSE(parse("fe80::1%eth0").same_as(parse("fe80::1%eth1")));
  CHECK_FALSE(parse("fe80::1%eth0") == parse("fe80::1"));
  CHECK_FALSE(parse("0.0.0.1").same_as(parse("::1")));
}

TEST_CASE("link-local is fe80::/10") {
  CHECK(IpAddress::parse("fe80::1")->is_link_local());
  CHECK(IpAddress::parse("febf::1")->is_link_local());
  CHECK_FALSE(IpAddress::parse("fec0::1")->is_link_local());
  CHECK_FALSE(IpAddress::parse("169.254.0.1")->is_link_local());
}

TEST_CASE("one host's address is unicast") {
  for (const char* text : {"192.0.2.1", "127.0.0.1", "223.255.255.255", "::1", "fe80::1"}) {
    CAPTURE(text);
    CHECK(IpAddress::parse(text)->is_unicast());
  }
  for (const char* text : {"0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "239.1.2.3",
                           "255.255.255.255", "ff02::1"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text)->is_unicast());
  }
}

TEST_CASE("prefixes") {
  struct {
    const char* text;
    const char* canonical; // null: no prefix
    bool had_host_bits;
  } const rows[] = {
      {"10.20.0.0/16", "10.20.0.0/16", false},
      {"10.20.1.5/16", "10.20.0.0/16", true},
      {"10.20.1.5/32", "10.20.1.5/32", false},
      {"0.0.0.0/0", "0.0.0.0/0", false},
      {"fd20:a::/48", "fd20:a::/48", false},
      {"fd20:a::1/127", "fd20:a::/127", true},
      {"::/0", "::/0", false},
      {"::ffff:10.20.0.0/112", "10.20.0.0/16", false},
      {"::ffff:10.20.0.0/95", nullptr, false},
      {"10.20.0.0/33", nullptr, false},
      {"10.20.0.0/", nullptr, false},
      {"10.20.0.0/-1", nullptr, false},
      {"10.20.0.0/08", nullptr, false},
      {"10.20.0.0/8x", nullptr, false},
      {"10.20.0.0", nullptr, false},
      {"fe80::1%eth0/64", nullptr, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    auto const cidr = Cidr::parse(row.text);
    REQUIRE(cidr.has_value() == (row.canonical != nullptr));
    if (!cidr)
      continue;
    CHECK(cidr->to_string() == row.canonical);
    CHECK(cidr->had_host_bits == row.had_host_bits);
  }
}

TEST_CASE("the addresses of a prefix") {
  struct {
    const char* cidr;
    const char* address;
    bool inside;
  } const rows[] = {
      {"10.20.0.0/16", "10.20.255.255", true},
      {"10.20.0.0/16", "10.21.0.0", false},
      {"10.20.0.0/15", "10.21.0.0", true},
      {"10.20.4.0/22", "10.20.7.255", true},
      {"10.20.4.0/22", "10.20.8.0", false},
      {"0.0.0.0/0", "255.255.255.255", true},
      {"::/0", "10.0.0.1", false},
      {"::/0", "::ffff:10.0.0.1", false},
      {"0.0.0.0/0", "::1", false},
      {"fe80::/10", "fe80::1%eth0", true},
      {"fd20:a::/48", "fd20:a:0:ffff::1", true},
      {"fd20:a::/48", "fd20:b::1", false},
      {"10.0.0.1/32", "10.0.0.1", true},
      {"10.0.0.1/32", "10.0.0.0", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.cidr);
    CAPTURE(row.address);
    CHECK(Cidr::parse(row.cidr)->contains(*IpAddress::parse(row.address)) == row.inside);
  }
}

TEST_CASE("ranges are of one family, low to high, ends included") {
  auto const range = IpRange::parse("10.20.1.10-10.20.1.20");
  REQUIRE(range);
  CHECK(range->to_string() == "10.20.1.10-10.20.1.20");
  CHECK(range->contains(*IpAddress::parse("10.20.1.10")));
  CHECK(range->contains(*IpAddress::parse("10.20.1.20")));
  CHECK_FALSE(range->contains(*IpAddress::parse("10.20.1.9")));
  CHECK_FALSE(range->contains(*IpAddress::parse("10.20.1.21")));
  CHECK_FALSE(range->contains(*IpAddress::parse("::1")));
  for (const char* text : {"10.20.1.20-10.20.1.10", "10.0.0.1-fd20::1", "10.0.0.1-", "-10.0.0.1",
                           "10.0.0.1", "fe80::1%eth0-fe80::2", "a-b"}) {
    CAPTURE(text);
    CHECK_FALSE(IpRange::parse(text));
  }
}
