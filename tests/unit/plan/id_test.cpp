#include "decide/samples.hpp"
#include "plan/id.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("an id is 16 hex digits over the endpoint, whatever happened there") {
  event::Event const changed = tests::log_changed_tcp("10.20.1.10");
  std::string const id = plan::endpoint_id(changed);
  CHECK(plan::is_id(id));
  event::Event same = changed;
  same.kind = base::EventKind::discovery_reconnected;
  same.device = "nvme7";
  same.target = "dc-a";
  CHECK(plan::endpoint_id(same) == id);

  auto const differs = [&](auto change) {
    event::Event other = changed;
    change(other);
    return plan::endpoint_id(other) != id;
  };
  CHECK(differs([](auto& e) {
    e.endpoint.traddr = base::Traddr::parse(e.endpoint.transport, "10.20.1.11");
  }));
  CHECK(differs([](auto& e) { e.endpoint.trsvcid = 4420; }));
  CHECK(differs([](auto& e) { e.endpoint.transport = base::Transport::rdma; }));
  CHECK(differs([](auto& e) { e.endpoint.host_iface = "ens1f0"; }));
  CHECK(differs([](auto& e) {
    e.endpoint.host_traddr = base::Traddr::parse(e.endpoint.transport, "10.20.1.1");
  }));
  CHECK(differs([](auto& e) { e.host_nqn = "nqn.2014-08.com.example:tenant-b"; }));
  CHECK(differs([](auto& e) {
    e.subject = base::Subject::io_subsystem;
    e.subsystem_nqn = "nqn.2014-08.com.example:a";
  }));
}

TEST_CASE("addresses are canonical before they are hashed") {
  CHECK(plan::endpoint_id(tests::log_changed_tcp("::ffff:10.20.1.10")) ==
        plan::endpoint_id(tests::log_changed_tcp("10.20.1.10")));
  CHECK(plan::endpoint_id(tests::log_changed_tcp("fd20:A:0::1")) ==
        plan::endpoint_id(tests::log_changed_tcp("fd20:a::1")));
}

TEST_CASE("ids that are valid in a unit name") {
  CHECK(plan::is_id("0123456789abcdef"));
  for (const char* text : {"", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF",
                           "../../etc/passwd", "0123456789abcde/"}) {
    CAPTURE(text);
    CHECK_FALSE(plan::is_id(text));
  }
}
