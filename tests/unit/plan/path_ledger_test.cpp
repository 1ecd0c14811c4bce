#include "plan/run.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;

TEST_CASE("a path belongs to the first that decided it; each part of a path counts") {
  auto const ip = [](const char* text) { return base::Traddr::parse(base::Transport::tcp, text); };
  plan::Tid const path{.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                  .traddr = ip("192.0.2.10"),
                                                  .trsvcid = 4420,
                                                  .host_traddr = ip("192.0.2.1"),
                                                  .host_iface = "eth1"},
                       .subsystem_nqn = "nqn.a:vol1",
                       .host_nqn = "nqn.a:host",
                       .hostid = "1"};
  plan::PathLedger paths;
  CHECK_FALSE(paths.holder(path));
  paths.add(path, "item 0");
  paths.add(path, "item 1");
  struct {
    const char* name;
    std::function<void(plan::Tid&)> change;
    bool same;
  } const rows[] = {
      {"as it is", [](auto&) {}, true},
      {"transport", [](auto& tid) { tid.endpoint->transport = base::Transport::rdma; }, false},
      {"address", [&](auto& tid) { tid.endpoint->traddr = ip("192.0.2.11"); }, false},
      {"port", [](auto& tid) { tid.endpoint->trsvcid = 4421; }, false},
      {"no port", [](auto& tid) { tid.endpoint->trsvcid.reset(); }, false},
      {"host address", [&](auto& tid) { tid.endpoint->host_traddr = ip("192.0.2.2"); }, false},
      {"interface", [](auto& tid) { tid.endpoint->host_iface = "eth2"; }, false},
      {"subsystem", [](auto& tid) { tid.subsystem_nqn = "nqn.a:vol2"; }, false},
      {"host NQN", [](auto& tid) { tid.host_nqn = "nqn.a:other"; }, false},
      {"hostid, which the host NQN implies", [](auto& tid) { tid.hostid = "2"; }, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    plan::Tid tid = path;
    row.change(tid);
    CHECK(paths.holder(tid) == (row.same ? std::optional<std::string>("item 0") : std::nullopt));
  }
}
