#include "base/endpoint.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf::base;

namespace {

std::optional<Traddr> ip(const char* text) { return Traddr::parse(Transport::tcp, text); }

Endpoint endpoint() {
  return {.transport = Transport::tcp,
          .traddr = ip("192.0.2.10"),
          .trsvcid = 4420,
          .host_traddr = ip("192.0.2.20"),
          .host_iface = "eth1"};
}

} // namespace

TEST_CASE("the fields that make two endpoints equal, for each question") {
  struct {
    const char* name;
    std::function<void(Endpoint&)> change;
    bool same;
    bool same_port;
    bool host_side_agrees;
    bool same_key;
  } const rows[] = {
      {"as it is", [](auto&) {}, true, true, true, true},
      {"mapped address", [](auto& e) { e.traddr = ip("::ffff:192.0.2.10"); }, true, true, true,
       true},
      {"other transport", [](auto& e) { e.transport = Transport::rdma; }, false, false, true,
       false},
      {"other address", [](auto& e) { e.traddr = ip("192.0.2.11"); }, false, false, true, false},
      {"no address", [](auto& e) { e.traddr.reset(); }, false, false, true, false},
      {"other service", [](auto& e) { e.trsvcid = 4421; }, false, false, true, false},
      {"no service", [](auto& e) { e.trsvcid.reset(); }, false, false, true, false},
      {"other host address", [](auto& e) { e.host_traddr = ip("192.0.2.21"); }, false, true, false,
       false},
      {"host address unset", [](auto& e) { e.host_traddr.reset(); }, false, true, true, false},
      {"other interface", [](auto& e) { e.host_iface = "eth2"; }, false, true, false, false},
      {"interface unset", [](auto& e) { e.host_iface.clear(); }, false, true, true, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Endpoint changed = endpoint();
    row.change(changed);
    CHECK(changed.same_as(endpoint()) == row.same);
    CHECK(endpoint().same_as(changed) == row.same);
    CHECK(changed.same_port(endpoint()) == row.same_port);
    CHECK(endpoint().host_side_agrees(changed) == row.host_side_agrees);
    CHECK(changed.host_side_agrees(endpoint()) == row.host_side_agrees);
    CHECK((changed.key() == endpoint().key()) == row.same_key);
    CHECK((changed == endpoint()) == row.same_key);
  }
}

TEST_CASE("an IPv6 scope that one leaves out: the same, but not spelled alike") {
  Endpoint const with{.traddr = ip("fe80::1%eth0"), .host_traddr = ip("fe80::2%eth0")};
  Endpoint const without{.traddr = ip("fe80::1"), .host_traddr = ip("fe80::2")};
  CHECK(with.same_as(without));
  CHECK(with.host_side_agrees(without));
  CHECK_FALSE(with == without);
  CHECK(with.key() != without.key());
}

TEST_CASE("the port as people read it") {
  CHECK(endpoint().port_text() == "192.0.2.10:4420");
  CHECK(Endpoint{.traddr = ip("fd20:a::1"), .trsvcid = 8009}.port_text() == "[fd20:a::1]:8009");
  CHECK(Endpoint{.traddr = ip("fd20:a::1")}.port_text() == "fd20:a::1");
  CHECK(Endpoint{.trsvcid = 8009}.port_text().empty());
}

TEST_CASE("the key's text") {
  CHECK(endpoint().key() == "tcp\n192.0.2.10\n4420\n192.0.2.20\neth1");
  CHECK(endpoint().port_key() == "tcp\n192.0.2.10\n4420");
  CHECK(Endpoint{.transport = Transport::loop}.key() == "loop\n\n\n\n");
}
