// The event itself: one discovery controller, or one I/O subsystem with its host sides.
#include "decide/samples.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;

namespace {

const std::string run_hostid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string run_host_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + run_hostid;

std::shared_ptr<const policy::Policy> simple() {
  return tests::loaded(R"(version: 1
deny:
  - { name: wiped, match: { traddr: 10.20.9.0/24 }, reason: "being wiped" }
  - { name: not-over-ens2, match: { host-iface: ens2 } }
targets:
  - { name: vol, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "nqn.a:vol" }
rules:
  - { name: no-lab, match: { traddr: 10.99.0.0/16 }, action: ignore }
  - { name: discovery, match: { transport: [tcp, fc] }, action: discover }
  - { name: volumes, match: { transport: [tcp, rdma] }, action: connect, host-side: same-subnet, connect: { nr-io-queues: 4, tls: false } }
)");
}

decide::Facts facts() {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{run_host_nqn, run_hostid};
  facts.interfaces = {
      {.name = "ens1", .up = true, .addresses = {{*base::IpAddress::parse("10.20.1.77"), 24}}},
      {.name = "ens2", .up = true, .addresses = {{*base::IpAddress::parse("10.22.1.77"), 24}}}};
  facts.controllers.emplace();
  facts.exclusions.emplace();
  return facts;
}

decide::Controller live_volume() {
  return {.device = "nvme3",
          .state = "live",
          .type = decide::ControllerType::io,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.21"),
                       .trsvcid = 4420},
          .src_addr = base::Traddr::parse(base::Transport::tcp, "10.20.1.77"),
          .subsystem_nqn = "nqn.a:vol",
          .host_nqn = run_host_nqn,
          .hostid = run_hostid,
          .owner = "nvmf-policy",
          .connect = {{base::OptionId::nr_io_queues, std::int64_t{4}}}};
}

plan::Item only_item(const event::Event& event, const decide::Facts& facts) {
  auto const policy = simple();
  plan::Run run(*policy, facts, event, {.explain_ignored = true});
  auto const items = run.decide_event();
  REQUIRE(items.size() == 1);
  return items.front();
}

} // namespace

TEST_CASE("a volume: what can happen to it, in the order of the language") {
  struct {
    const char* name;
    const char* traddr;
    std::function<void(decide::Facts&)> change;
    Outcome outcome;
    std::optional<Reason> reason;
    const char* detail;
  } const rows[] = {
      {"connected anew", "10.20.1.21", [](auto&) {}, Outcome::connect, std::nullopt, ""},
      {"guard", "10.20.9.4", [](auto&) {}, Outcome::denied, Reason::denied, "being wiped"},
      {"rule", "10.99.0.1", [](auto&) {}, Outcome::ignored, Reason::ignored_by_rule, ""},
      {"excluded", "10.20.1.21",
       [](auto& f) {
         f.exclusions = {{.text = "nqn=nqn.a:vol", .keys = {{"nqn", "nqn.a:vol"}}}};
       },
       Outcome::refused, Reason::excluded_by_list, "nqn=nqn.a:vol"},
      {"nobody knows what is excluded", "10.20.1.21",
       [](auto& f) { f.exclusions_problem = "exclusions.conf: Permission denied"; },
       Outcome::refused, Reason::exclusions_unreadable, "exclusions.conf: Permission denied"},
      {"excluded on the resolved host side", "10.20.1.21",
       [](auto& f) {
         f.exclusions = {{.text = "host-iface=ens1", .keys = {{"host-iface", "ens1"}}}};
       },
       Outcome::refused, Reason::excluded_by_list, "host-iface=ens1"},
      {"excluded only on a host side that is not taken", "10.20.1.21",
       [](auto& f) {
         f.exclusions = {{.text = "host-iface=ens0", .keys = {{"host-iface", "ens0"}}}};
       },
       Outcome::connect, std::nullopt, ""},
      {"no subnet", "10.23.1.1", [](auto&) {}, Outcome::refused, Reason::not_reachable_from_source,
       "no interface has an address in the subnet of 10.23.1.1"},
      {"guard on the resolved host side", "10.22.1.5", [](auto&) {}, Outcome::denied,
       Reason::denied, ""},
      {"kept", "10.20.1.21", [](auto& f) { f.controllers = {live_volume()}; }, Outcome::keep,
       std::nullopt, "nvme3, owner nvmf-policy"},
      {"differs", "10.20.1.21",
       [](auto& f) {
         f.controllers = {live_volume()};
         (*f.controllers)[0].connect[base::OptionId::nr_io_queues] = std::int64_t{8};
       },
       Outcome::differs, std::nullopt, "nvme3: nr-io-queues 8, policy says 4"},
      {"of another owner", "10.20.1.21",
       [](auto& f) {
         f.controllers = {live_volume()};
         (*f.controllers)[0].owner = "stas";
       },
       Outcome::refused, Reason::owned_by, "nvme3, owner stas"},
      {"without owner it is kept", "10.20.1.21",
       [](auto& f) {
         f.controllers = {live_volume()};
         (*f.controllers)[0].owner.reset();
       },
       Outcome::keep, std::nullopt, "nvme3"},
      {"no identity", "10.20.1.21", [](auto& f) { f.identity = decide::HostIdentity{}; },
       Outcome::refused, Reason::identity_missing,
       "no host NQN; `nvmf-policy identity --create` makes one"},
      {"identity in use", "10.20.1.21",
       [](auto& f) {
         f.controllers = {live_volume()};
         (*f.controllers)[0].host_nqn = "nqn.a:other";
       },
       Outcome::refused, Reason::identity_conflict,
       "nvme3 uses hostid 6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33 with host NQN nqn.a:other"},
      {"old kernel", "10.20.1.21",
       [](auto& f) {
         f.kernel_options = {"host_traddr", "nqn"};
       },
       Outcome::refused, Reason::kernel_option_missing, "nr-io-queues"},
      {"a flag that is false needs no kernel", "10.20.1.21",
       [](auto& f) {
         f.kernel_options = {"host_traddr", "host_iface", "nr_io_queues"};
       },
       Outcome::connect, std::nullopt, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    decide::Facts changed = facts();
    row.change(changed);
    event::Event inherited = tests::discovered_tcp(row.traddr, "nqn.a:vol");
    inherited.endpoint.host_iface = "ens0";
    plan::Item const item = only_item(inherited, changed);
    CHECK(to_string(item.outcome) == to_string(row.outcome));
    CHECK(item.reason == row.reason);
    CHECK(item.detail == row.detail);
  }
}

TEST_CASE("a discovery controller that is connected serves as it is") {
  decide::Facts known = facts();
  known.exclusions = {{.text = "traddr=10.20.1.10", .keys = {{"traddr", "10.20.1.10"}}}};
  known.controllers = {
      {.device = "nvme0",
       .state = "live",
       .type = decide::ControllerType::discovery,
       .endpoint = {.transport = base::Transport::tcp,
                    .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.10"),
                    .trsvcid = 8009,
                    .host_iface = "ens1"},
       .subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery",
       .host_nqn = run_host_nqn,
       .hostid = run_hostid}};
  plan::Item const item = only_item(tests::log_changed_tcp("10.20.1.10"), known);
  CHECK(item.outcome == Outcome::discover);
  CHECK(item.device == "nvme0");
  CHECK(item.tid.endpoint->host_iface == "ens1");

  known.controllers->clear();
  plan::Item const gone = only_item(tests::log_changed_tcp("10.20.1.10"), known);
  CHECK(gone.outcome == Outcome::refused);
  CHECK(gone.reason == Reason::excluded_by_list);
}

TEST_CASE("a discovery controller of ours to be: persistent with a keep-alive, fc neither") {
  plan::Item const tcp = only_item(tests::log_changed_tcp("10.20.1.10"), facts());
  CHECK(tcp.outcome == Outcome::discover);
  CHECK(tcp.device.empty());
  CHECK(tcp.keep_connected);
  CHECK(tcp.connect.at(base::OptionId::keep_alive_tmo).value ==
        base::OptionValue(std::int64_t{30}));
  CHECK(tcp.tid.subsystem_nqn == "nqn.2014-08.org.nvmexpress.discovery");
  CHECK(tcp.tid.host_nqn == run_host_nqn);

  // Nobody asked for the keep-alive.
  decide::Facts short_list = facts();
  short_list.kernel_options = {"nqn", "transport", "traddr", "trsvcid", "host_iface"};
  plan::Item const without = only_item(tests::log_changed_tcp("10.20.1.10"), short_list);
  CHECK(without.outcome == Outcome::discover);
  CHECK(without.connect.empty());

  event::Event fc = tests::log_changed_tcp("10.20.1.10");
  fc.kind = base::EventKind::fc_discovery;
  fc.endpoint.transport = base::Transport::fc;
  fc.endpoint.trsvcid.reset();
  fc.endpoint.traddr =
      base::Traddr::parse(fc.endpoint.transport, "nn-0x1000000000000001:pn-0x1000000000000002");
  fc.endpoint.host_traddr =
      base::Traddr::parse(fc.endpoint.transport, "nn-0x2000000000000001:pn-0x2000000000000002");
  plan::Item const item = only_item(fc, facts());
  CHECK(item.outcome == Outcome::discover);
  CHECK_FALSE(item.keep_connected);
  CHECK(item.connect.empty());
}

TEST_CASE("a discovery controller is asked for by its own NQN where it has one") {
  for (const char* nqn : {"nqn.2024-01.com.example:dc", "nqn.2014-08.org.nvmexpress.discovery"}) {
    CAPTURE(nqn);
    event::Event event = tests::log_changed_tcp("10.20.1.10");
    event.discovery_nqn = nqn;
    CHECK(only_item(event, facts()).tid.subsystem_nqn == nqn);
  }
}

TEST_CASE("whether a discovery controller stays connected") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: stays, transport: tcp, traddr: 10.20.1.10, trsvcid: 5, persistent: true }
  - { name: goes, transport: tcp, traddr: 10.20.1.10, trsvcid: 6, persistent: false }
rules:
  - { name: never, match: { trsvcid: [1, 5] }, action: discover, persistent: false }
  - { name: asks, match: { trsvcid: 2 }, action: discover, persistent: if-supported }
  - { name: always, match: { trsvcid: [3, 6] }, action: discover, persistent: true }
  - { name: own, match: { trsvcid: 4 }, action: discover, persistent: true, connect: { keep-alive-tmo: 7s } }
  - { name: silent, match: { any: true }, action: discover }
)");
  struct {
    const char* name;
    std::uint16_t trsvcid;
    bool keep;
    bool if_supported;
    std::optional<std::int64_t> keep_alive;
  } const rows[] = {
      {"nothing said", 8009, true, false, 30},
      {"rule: false", 1, false, false, std::nullopt},
      {"rule: if-supported", 2, true, true, 30},
      {"rule: true", 3, true, false, 30},
      {"with a keep-alive of its own", 4, true, false, 7},
      {"a target's true before a rule's false", 5, true, false, 30},
      {"a target's false before a rule's true", 6, false, false, std::nullopt},
  };
  decide::Facts const known = facts();
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = tests::log_changed_tcp("10.20.1.10");
    event.endpoint.trsvcid = row.trsvcid;
    plan::Run run(*policy, known, event);
    auto const items = run.decide_event();
    REQUIRE(items.size() == 1);
    CHECK(items[0].outcome == Outcome::discover);
    CHECK(items[0].keep_connected == row.keep);
    CHECK(items[0].persistent_if_supported == row.if_supported);
    auto const tmo = items[0].connect.find(base::OptionId::keep_alive_tmo);
    CHECK((tmo != items[0].connect.end()) == row.keep_alive.has_value());
    if (tmo != items[0].connect.end() && row.keep_alive)
      CHECK(tmo->second.value == base::OptionValue(*row.keep_alive));
  }
}

TEST_CASE("security: a record that requires it, an option the transport does not have") {
  auto const policy = tests::loaded(R"(version: 1
rules:
  - { name: secure, match: { subsystem-nqn: "nqn.a:tls" }, action: connect, connect: { tls: true, tls-key: { keyring: "k" } } }
  - { name: plain, match: { any: true }, action: connect }
)");
  auto const outcome = [&](const char* nqn, base::Transport transport, base::SecureChannel treq,
                           const decide::Facts& known) {
    event::Event event = tests::discovered_tcp("10.20.1.21", nqn);
    event.endpoint.transport = transport;
    event.secure_channel = treq;
    plan::Run run(*policy, known, event);
    return run.decide_event().front();
  };
  using enum base::SecureChannel;
  auto const plain = outcome("nqn.a:b", base::Transport::tcp, required, facts());
  CHECK(plain.reason == Reason::security_required);
  CHECK(plain.detail == "the record requires a secure channel, and neither tls nor concat is set");
  CHECK(outcome("nqn.a:b", base::Transport::tcp, not_required, facts()).outcome ==
        Outcome::connect);
  CHECK(outcome("nqn.a:tls", base::Transport::tcp, required, facts()).outcome == Outcome::connect);
  auto const by_sectype = [&](std::uint8_t sectype, base::SecureChannel treq) {
    event::Event event = tests::discovered_tcp("10.20.1.21", "nqn.a:tls");
    event.secure_channel = treq;
    event.sectype = sectype;
    auto const known = facts();
    plan::Run run(*policy, known, event);
    return run.decide_event().front();
  };
  CHECK(by_sectype(2, required).outcome == Outcome::connect);
  CHECK(by_sectype(1, not_required).outcome == Outcome::connect);
  CHECK(by_sectype(1, required).reason == Reason::security_required);
  CHECK(by_sectype(1, required).detail ==
        "the record requires TLS 1.2, and the kernel supports TLS 1.3 only");
  auto const rdma = outcome("nqn.a:tls", base::Transport::rdma, unspecified, facts());
  CHECK(rdma.reason == Reason::security_required);
  CHECK(rdma.detail == "tls is not possible on rdma");

  decide::Facts locked = facts();
  locked.unavailable_secrets["keyring:k"] = "no such key";
  auto const secret = outcome("nqn.a:tls", base::Transport::tcp, required, locked);
  CHECK(secret.reason == Reason::secret_unavailable);
  CHECK(secret.detail == "tls-key: no such key");
}

TEST_CASE("an event that no rule matches names the closest when asked") {
  auto const policy = tests::loaded(R"(version: 1
rules:
  - { name: prod-volumes, match: { transport: tcp, subsystem-nqn: "nqn.a:prod*" }, action: connect }
)");
  plan::Run run(*policy, facts(), tests::discovered_tcp("10.20.1.30", "nqn.a:scratch"),
                {.explain_ignored = true});
  CHECK(run.decide_event().front().closest == "prod-volumes, failed at subsystem-nqn");
  plan::Run quiet(*policy, facts(), tests::discovered_tcp("10.20.1.30", "nqn.a:scratch"));
  CHECK(quiet.decide_event().front().closest.empty());
}
