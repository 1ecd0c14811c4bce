#include "plan/same_path.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;
using base::OptionId;

namespace {

std::optional<base::Traddr> ip(const char* text) {
  return base::Traddr::parse(base::Transport::tcp, text);
}

plan::Tid planned() {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = ip("192.0.2.10"),
                                     .trsvcid = 4420},
          .subsystem_nqn = "nqn.2024-01.com.example:vol1",
          .host_nqn = "nqn.2024-01.com.example:host"};
}

decide::Controller live() {
  return {
      .device = "nvme3",
      .state = "live",
      .type = decide::ControllerType::io,
      .endpoint = {.transport = base::Transport::tcp, .traddr = ip("192.0.2.10"), .trsvcid = 4420},
      .src_addr = ip("192.0.2.1"),
      .subsystem_nqn = "nqn.2024-01.com.example:vol1",
      .host_nqn = "nqn.2024-01.com.example:host"};
}

std::vector<decide::Interface> interfaces() {
  return {{.name = "eth1", .up = true, .addresses = {{*base::IpAddress::parse("192.0.2.1"), 24}}},
          {.name = "eth2", .up = true, .addresses = {{*base::IpAddress::parse("192.0.2.2"), 24}}}};
}

} // namespace

TEST_CASE("when a planned path is the live one") {
  struct {
    const char* name;
    std::function<void(plan::Tid&, decide::Controller&)> change;
    bool same;
  } const rows[] = {
      {"as it is", [](auto&, auto&) {}, true},
      {"mapped address", [](auto& p, auto&) { p.endpoint->traddr = ip("::ffff:192.0.2.10"); },
       true},
      {"other address", [](auto& p, auto&) { p.endpoint->traddr = ip("192.0.2.11"); }, false},
      {"other service", [](auto& p, auto&) { p.endpoint->trsvcid = 4421; }, false},
      {"other transport", [](auto& p, auto&) { p.endpoint->transport = base::Transport::rdma; },
       false},
      {"other subsystem", [](auto& p, auto&) { p.subsystem_nqn += "0"; }, false},
      {"other host NQN", [](auto& p, auto&) { p.host_nqn += "0"; }, false},
      {"host NQN not shown", [](auto&, auto& l) { l.host_nqn.clear(); }, true},
      {"host-traddr as connected",
       [](auto& p, auto& l) { p.endpoint->host_traddr = l.endpoint.host_traddr = ip("192.0.2.1"); },
       true},
      {"host-traddr is what the kernel chose",
       [](auto& p, auto&) { p.endpoint->host_traddr = ip("192.0.2.1"); }, true},
      {"host-traddr where nothing is known of the live one",
       [](auto& p, auto& l) { p.endpoint->host_traddr = ip("192.0.2.2"), l.src_addr.reset(); },
       true},
      {"host-iface where nothing is known of the live one",
       [](auto& p, auto& l) { p.endpoint->host_iface = "eth2", l.src_addr.reset(); }, true},
      {"live was given another host-traddr, nothing more is known",
       [](auto& p, auto& l) {
         p.endpoint->host_traddr = ip("192.0.2.1");
         l.endpoint.host_traddr = ip("192.0.2.2");
         l.src_addr.reset();
       },
       false},
      {"host-iface owns the address that live was given",
       [](auto& p, auto& l) {
         p.endpoint->host_iface = "eth2";
         l.endpoint.host_traddr = ip("192.0.2.2");
         l.src_addr.reset();
       },
       true},
      {"host-iface does not own the address that live was given",
       [](auto& p, auto& l) {
         p.endpoint->host_iface = "eth1";
         l.endpoint.host_traddr = ip("192.0.2.2");
         l.src_addr.reset();
       },
       false},
      {"host-traddr is another", [](auto& p, auto&) { p.endpoint->host_traddr = ip("192.0.2.2"); },
       false},
      {"host-iface as connected",
       [](auto& p, auto& l) { p.endpoint->host_iface = l.endpoint.host_iface = "eth1"; }, true},
      {"host-iface owns the source address",
       [](auto& p, auto&) { p.endpoint->host_iface = "eth1"; }, true},
      {"host-iface does not own it", [](auto& p, auto&) { p.endpoint->host_iface = "eth2"; },
       false},
      {"live names another interface",
       [](auto& p, auto& l) {
         p.endpoint->host_iface = "eth1";
         l.endpoint.host_iface = "eth2";
       },
       false},
      {"plan leaves the host side open",
       [](auto&, auto& l) {
         l.endpoint.host_traddr = ip("192.0.2.1");
         l.endpoint.host_iface = "eth1";
       },
       true},
      {"scope on one side only",
       [](auto& p, auto& l) {
         p.endpoint->traddr = ip("fe80::1%eth1");
         l.endpoint.traddr = ip("fe80::1");
       },
       true},
      {"two scopes",
       [](auto& p, auto& l) {
         p.endpoint->traddr = ip("fe80::1%eth1");
         l.endpoint.traddr = ip("fe80::1%eth2");
       },
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    plan::Tid tid = planned();
    decide::Controller controller = live();
    row.change(tid, controller);
    CHECK(plan::same_path(tid, controller, interfaces()) == row.same);
  }
}

TEST_CASE("the well-known NQN is any discovery controller's") {
  plan::Tid tid = planned();
  tid.subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery";
  decide::Controller controller = live();
  CHECK_FALSE(plan::same_path(tid, controller, std::nullopt));
  controller.type = decide::ControllerType::discovery;
  controller.subsystem_nqn = "nqn.2024-01.com.example:discovery";
  CHECK(plan::same_path(tid, controller, std::nullopt));
}

TEST_CASE("an fc path is a pair of ports") {
  auto const fc = [](const char* text) { return base::Traddr::parse(base::Transport::fc, text); };
  plan::Tid tid{
      .endpoint = base::Endpoint{.transport = base::Transport::fc,
                                 .traddr = fc("nn-0x1000000000000001:pn-0x1000000000000002"),
                                 .host_traddr = fc("nn-0x2000000000000001:pn-0x2000000000000002")},
      .subsystem_nqn = "nqn.a:b"};
  decide::Controller controller{
      .device = "nvme1", .state = "live", .endpoint = *tid.endpoint, .subsystem_nqn = "nqn.a:b"};
  CHECK(plan::same_path(tid, controller, std::nullopt));
  controller.endpoint.host_traddr = fc("nn-0x2000000000000001:pn-0x2000000000000003");
  CHECK_FALSE(plan::same_path(tid, controller, std::nullopt));
  controller.endpoint.host_traddr.reset();
  CHECK_FALSE(plan::same_path(tid, controller, std::nullopt));
  tid.endpoint->host_traddr.reset();
  CHECK(plan::same_path(tid, controller, std::nullopt));
}

TEST_CASE("only live, connecting and resetting count, live first") {
  decide::Facts facts;
  facts.interfaces = interfaces();
  decide::Controller dead = live();
  dead.device = "nvme1";
  dead.state = "deleting";
  decide::Controller connecting = live();
  connecting.device = "nvme2";
  connecting.state = "connecting";
  facts.controllers = std::vector{dead};
  CHECK_FALSE(plan::connected_as(planned(), facts));
  facts.controllers = std::vector{dead, connecting};
  CHECK(plan::connected_as(planned(), facts)->device == "nvme2");
  decide::Controller resetting = live();
  resetting.device = "nvme4";
  resetting.state = "resetting";
  facts.controllers = std::vector{resetting, connecting};
  CHECK(plan::connected_as(planned(), facts)->device == "nvme2");
  facts.controllers = std::vector{dead, connecting, live()};
  CHECK(plan::connected_as(planned(), facts)->device == "nvme3");
}

TEST_CASE("differences from the policy") {
  decide::Controller controller = live();
  controller.connect = {{OptionId::nr_io_queues, std::int64_t{8}},
                        {OptionId::queue_size, std::int64_t{128}},
                        {OptionId::ctrl_loss_tmo, std::int64_t{600}},
                        {OptionId::reconnect_delay, std::int64_t{10}}};
  struct {
    const char* name;
    plan::ResolvedOptions wanted;
    std::optional<std::string> expected;
  } const rows[] = {
      {"nothing asked", {}, std::nullopt},
      {"equal", {{OptionId::ctrl_loss_tmo, {.value = std::int64_t{600}}}}, std::nullopt},
      {"other timeout",
       {{OptionId::ctrl_loss_tmo, {.value = std::int64_t{-1}}}},
       "ctrl-loss-tmo 10m, policy says infinity"},
      {"fewer queues than asked",
       {{OptionId::nr_io_queues, {.value = std::int64_t{16}}}},
       std::nullopt},
      {"more queues than asked",
       {{OptionId::nr_io_queues, {.value = std::int64_t{4}}}},
       "nr-io-queues 8, policy says 4"},
      {"a smaller queue than asked",
       {{OptionId::queue_size, {.value = std::int64_t{1024}}}},
       std::nullopt},
      {"write and poll queues count too",
       {{OptionId::nr_io_queues, {.value = std::int64_t{4}}},
        {OptionId::nr_write_queues, {.value = std::int64_t{2}}},
        {OptionId::nr_poll_queues, {.value = std::int64_t{2}}}},
       std::nullopt},
      {"rounded up to whole reconnects",
       {{OptionId::ctrl_loss_tmo, {.value = std::int64_t{593}}}},
       std::nullopt},
      {"not shown by sysfs", {{OptionId::tos, {.value = std::int64_t{3}}}}, std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(plan::difference(row.wanted, controller) == row.expected);
  }
}
