#include "base/transport.hpp"
#include "base/words.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::base;

TEST_CASE("every word parses back to its value") {
  for (EventKind kind : all_event_kinds)
    CHECK(parse_event_kind(to_string(kind)) == kind);
  for (SecureChannel treq : all_secure_channels)
    CHECK(parse_secure_channel(to_string(treq)) == treq);
  for (Transport transport : all_transports)
    CHECK(parse_transport(to_string(transport)) == transport);
  CHECK_FALSE(parse_event_kind("discovery_log_changed"));
  CHECK_FALSE(parse_transport("TCP"));
  CHECK_FALSE(parse_transport("pcie"));
}

TEST_CASE("sets of transports") {
  TransportSet set{Transport::tcp, Transport::fc};
  CHECK(set.contains(Transport::fc));
  CHECK_FALSE(set.contains(Transport::rdma));
  CHECK((set & TransportSet{Transport::rdma}).empty());
  set.erase(Transport::fc);
  set.erase(Transport::tcp);
  CHECK(set.empty());
}
