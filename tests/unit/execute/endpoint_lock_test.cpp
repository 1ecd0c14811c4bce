#include "execute/endpoint_lock.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

plan::Tid tid_from(const char* host_traddr = nullptr, const char* host_iface = "") {
  plan::Tid tid{.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                           .traddr = *base::Traddr::parse_any("192.0.2.10"),
                                           .trsvcid = 4420,
                                           .host_iface = host_iface},
                .subsystem_nqn = "nqn.x"};
  if (host_traddr)
    tid.endpoint->host_traddr = *base::Traddr::parse_any(host_traddr);
  return tid;
}

} // namespace

TEST_CASE("one source retries an endpoint; paths from other host sides are their own") {
  execute::EndpointHolders holders;
  execute::SourceEndpointLocks first(holders, "1111111111111111");
  execute::SourceEndpointLocks second(holders, "2222222222222222");
  CHECK_FALSE(first.hold(tid_from("192.0.2.20", "eth1"), "array-a"));
  CHECK_FALSE(first.hold(tid_from("192.0.2.20", "eth1"), "array-a"));
  CHECK(second.hold(tid_from("192.0.2.20", "eth1"), "nvme7") == "array-a");
  CHECK(second.hold(tid_from(), "nvme7") == "array-a");
  CHECK_FALSE(second.hold(tid_from("192.0.2.21", "eth2"), "nvme7"));
  first.release(tid_from("192.0.2.20", "eth1"));
  CHECK_FALSE(second.hold(tid_from(), "nvme7"));
  CHECK(first.hold(tid_from("192.0.2.20", "eth1"), "array-a") == "nvme7");
}

TEST_CASE("a lock is shared by the paths of one source and goes with the last of them") {
  execute::EndpointHolders holders;
  execute::SourceEndpointLocks first(holders, "1111111111111111");
  execute::SourceEndpointLocks second(holders, "2222222222222222");
  CHECK_FALSE(first.hold(tid_from("192.0.2.20"), "array-a"));
  CHECK_FALSE(first.hold(tid_from("192.0.2.21"), "array-a"));
  first.release(tid_from("192.0.2.20"));
  first.release(tid_from("192.0.2.20"));
  CHECK(second.hold(tid_from(), "nvme7") == "array-a");
  first.release(tid_from("192.0.2.21"));
  CHECK_FALSE(second.hold(tid_from(), "nvme7"));
}

TEST_CASE("a lock goes with the source that held it") {
  execute::EndpointHolders holders;
  execute::SourceEndpointLocks second(holders, "2222222222222222");
  {
    execute::SourceEndpointLocks first(holders, "1111111111111111");
    CHECK_FALSE(first.hold(tid_from(), "array-a"));
    CHECK(second.hold(tid_from(), "nvme7"));
  }
  CHECK_FALSE(second.hold(tid_from(), "nvme7"));
}
