// A target is wanted and remembered: LANGUAGE "Targets".
#include "base/nqn.hpp"
#include "decide/samples.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"
#include "plan/target_of.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace nvmf;

namespace {

const std::string own_uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string own_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + own_uuid;
const std::string a_uuid = "aaaac0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string a_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + a_uuid;
const std::string b_uuid = "bbbbc0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string b_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + b_uuid;

std::shared_ptr<const policy::Policy> with_targets(const std::string& targets,
                                                   const std::string& rest = "") {
  return tests::loaded("version: 1\nidentities:\n  a: { hostnqn: \"" + a_nqn +
                       "\" }\n  b: { hostnqn: \"" + b_nqn + "\" }\ntargets:\n" + targets + rest);
}

decide::Facts target_facts() {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{own_nqn, own_uuid};
  facts.interfaces = {
      {.name = "ens1", .up = true, .addresses = {{*base::IpAddress::parse("10.0.0.77"), 24}}},
      {.name = "ens2", .up = true, .addresses = {{*base::IpAddress::parse("10.0.0.78"), 24}}}};
  return facts;
}

event::Event log_changed(const char* traddr, const std::string& host_nqn = own_nqn) {
  event::Event event = tests::log_changed_tcp(traddr);
  event.host_nqn = host_nqn;
  event.hostid = base::uuid_of_nqn(host_nqn).value_or("");
  return event;
}

std::string targets_of(const policy::Policy& policy, const event::Event& event,
                       const decide::Facts& known = target_facts()) {
  std::vector<std::string> names;
  for (const event::Event& each : plan::for_targets(policy, known, event))
    names.push_back(each.target + (each.identity.empty() ? "" : " as " + each.identity));
  return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

TEST_CASE("an event is a target's by its endpoint") {
  auto const policy = with_targets(
      "  - { name: array, transport: tcp, traddr: 10.0.0.1 }\n"
      "  - { name: volume, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: \"nqn.2024-01.x:v\" }\n"
      "  - { name: other, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: \"nqn.2024-01.x:w\" }\n"
      "  - { name: twin, transport: tcp, traddr: [10.0.0.3, 10.0.0.4] }\n");
  auto const volume = [](const char* traddr, const char* nqn) {
    event::Event event = tests::discovered_tcp(traddr, nqn);
    event.host_nqn = own_nqn;
    return event;
  };
  CHECK(targets_of(*policy, log_changed("10.0.0.1")) == "array as default");
  CHECK(targets_of(*policy, log_changed("::ffff:10.0.0.1")) == "array as default");
  CHECK(targets_of(*policy, log_changed("10.0.0.2")) == " as default");
  CHECK(targets_of(*policy, log_changed("10.0.0.4")) == "twin as default");
  event::Event other_port = log_changed("10.0.0.1");
  other_port.endpoint.trsvcid = 8010;
  CHECK(targets_of(*policy, other_port) == " as default");
  // Two subsystems on one portal are two targets.
  CHECK(targets_of(*policy, volume("10.0.0.1", "nqn.2024-01.x:v")) == "volume as default");
  CHECK(targets_of(*policy, volume("10.0.0.1", "nqn.2024-01.x:w")) == "other as default");
  CHECK(targets_of(*policy, volume("10.0.0.1", "nqn.2024-01.x:u")) == " as default");
}

TEST_CASE("host sides are compatible, and of several the one that says most") {
  auto const policy =
      with_targets("  - { name: open, transport: tcp, traddr: 10.0.0.1 }\n"
                   "  - { name: pinned, transport: tcp, traddr: 10.0.0.1, host-iface: ens2 }\n");
  event::Event event = log_changed("10.0.0.1");
  CHECK(targets_of(*policy, event) == "pinned as default");
  event.endpoint.host_iface = "ens1";
  CHECK(targets_of(*policy, event) == "open as default");
  event.endpoint.host_iface = "ens2";
  CHECK(targets_of(*policy, event) == "pinned as default");
  // A connected controller whose host side nobody named has that of its source address.
  event.endpoint.host_iface.clear();
  event.device = "nvme0";
  decide::Facts known = target_facts();
  decide::Controller live{.device = "nvme0",
                          .state = "live",
                          .type = base::ControllerType::discovery,
                          .endpoint = {.transport = base::Transport::tcp,
                                       .traddr = event.endpoint.traddr,
                                       .trsvcid = 8009}};
  live.src_addr = base::Traddr::parse(base::Transport::tcp, "10.0.0.77");
  known.controllers = {live};
  CHECK(targets_of(*policy, event, known) == "open as default");
  known.controllers->front().src_addr = base::Traddr::parse(base::Transport::tcp, "10.0.0.78");
  CHECK(targets_of(*policy, event, known) == "pinned as default");
}

TEST_CASE("identities agree, or tell targets apart") {
  auto const two =
      with_targets("  - { name: dc-a, transport: tcp, traddr: 10.0.0.1, identity: a }\n"
                   "  - { name: dc-b, transport: tcp, traddr: 10.0.0.1, identity: b }\n");
  CHECK(targets_of(*two, log_changed("10.0.0.1", a_nqn)) == "dc-a as a");
  CHECK(targets_of(*two, log_changed("10.0.0.1", b_nqn)) == "dc-b as b");
  CHECK(targets_of(*two, log_changed("10.0.0.1")) == " as default");
  // Without an identity the event is each one's.
  CHECK(targets_of(*two, log_changed("10.0.0.1", "")) == "dc-a as a, dc-b as b");

  auto const one =
      with_targets("  - { name: anybody, transport: tcp, traddr: 10.0.0.1 }\n"
                   "  - { name: dc-b, transport: tcp, traddr: 10.0.0.1, identity: b }\n");
  CHECK(targets_of(*one, log_changed("10.0.0.1", b_nqn)) == "dc-b as b");
  CHECK(targets_of(*one, log_changed("10.0.0.1", a_nqn)) == "anybody as a");
  CHECK(targets_of(*one, log_changed("10.0.0.1", "")) == "anybody as default, dc-b as b");
}

TEST_CASE("a target is wanted where no rule matches, with its settings, whatever the event was") {
  auto const policy = with_targets(
      "  - { name: array, transport: tcp, traddr: 10.0.0.1, connect: { keep-alive-tmo: 60s, "
      "ctrl-loss-tmo: 4s } }\n");
  for (const base::EventKind kind : {base::EventKind::boot, base::EventKind::discovery_log_changed,
                                     base::EventKind::discovery_reconnected,
                                     base::EventKind::referral, base::EventKind::controller_lost}) {
    CAPTURE(base::to_string(kind));
    event::Event event = log_changed("10.0.0.1");
    event.kind = kind;
    decide::Facts const known = target_facts();
    plan::Run run(*policy, known, event);
    plan::Item const item = run.decide_event().front();
    CHECK(item.outcome == decide::Outcome::discover);
    REQUIRE(item.decided_by);
    CHECK(item.decided_by->kind == plan::DecidedBy::Kind::target);
    CHECK(item.decided_by->name == "array");
    CHECK(item.connect.at(base::OptionId::keep_alive_tmo).value ==
          base::OptionValue(std::int64_t{60}));
    CHECK(item.connect.at(base::OptionId::ctrl_loss_tmo).value ==
          base::OptionValue(std::int64_t{4}));
    CHECK(item.retry.give_up_after == base::infinite_duration);
    CHECK(item.sources == std::vector<std::string>{"array"});
  }
  // Nobody's event is as it was.
  decide::Facts const known = target_facts();
  plan::Run run(*policy, known, log_changed("10.0.0.2"));
  CHECK(run.decide_event().front().reason == decide::Reason::no_rule_matched);
}

TEST_CASE("somebody else's discovery controller in passing does not stand in for one to be kept") {
  struct {
    const char* name;
    std::string target; // more keys
    std::optional<std::int64_t> keep_alive;
    const char* owner;
    const char* device;
    const char* bystander;
  } const rows[] = {
      {"no keep-alive", "", 0, "", "", "nvme0"},
      {"no keep-alive, of another owner", "", 0, "stas", "", "nvme0"},
      {"kept", "", 120, "", "nvme0", ""},
      {"not shown", "", std::nullopt, "", "nvme0", ""},
      {"our own", "", 0, "nvmf-policy", "nvme0", ""},
      {"need not be kept", ", persistent: false", 0, "", "nvme0", ""},
      {"kept where its log says so", ", persistent: if-supported", 0, "", "", "nvme0"},
      {"kept without keep-alive", ", connect: { keep-alive-tmo: 0s }", 0, "", "nvme0", ""},
      {"kept as the kernel likes", ", connect: { keep-alive-tmo: null }", 0, "", "nvme0", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const policy =
        with_targets("  - { name: array, transport: tcp, traddr: 10.0.0.1" + row.target + " }\n");
    event::Event event = log_changed("10.0.0.1");
    event.device = "nvme0";
    decide::Facts known = target_facts();
    decide::Controller live{.device = "nvme0",
                            .state = "live",
                            .type = base::ControllerType::discovery,
                            .endpoint = event.endpoint,
                            .host_nqn = own_nqn,
                            .hostid = own_uuid};
    if (row.keep_alive)
      live.connect[base::OptionId::keep_alive_tmo] = *row.keep_alive;
    if (*row.owner)
      live.owner = row.owner;
    known.controllers = {live};
    plan::Run run(*policy, known, event);
    plan::Item const item = run.decide_event().front();
    CHECK(item.outcome == decide::Outcome::discover);
    CHECK(item.device == row.device);
    CHECK(item.bystander == row.bystander);
    if (*row.bystander)
      CHECK(item.detail == fmt::format("nvme0{}{} has no keep-alive timeout: our own is connected "
                                       "beside it",
                                       *row.owner ? ", owner " : "", row.owner));
    // Ours beside it serves from then on.
    live.device = "nvme4";
    live.connect[base::OptionId::keep_alive_tmo] = std::int64_t{30};
    known.controllers->push_back(live);
    plan::Run again(*policy, known, event);
    plan::Item const then = again.decide_event().front();
    CHECK(then.device == (*row.bystander ? "nvme4" : "nvme0"));
    CHECK(then.bystander.empty());
  }
}

TEST_CASE("guards and rules come before what a target wants") {
  const std::string target = "  - { name: array, transport: tcp, traddr: 10.0.0.1 }\n";
  decide::Facts const known = target_facts();
  auto const outcome = [&](const std::string& rest) {
    auto const policy = with_targets(target, rest);
    plan::Run run(*policy, known, log_changed("10.0.0.1"));
    plan::Item const item = run.decide_event().front();
    return fmt::format("{} {}", decide::to_string(item.outcome),
                       item.decided_by ? item.decided_by->name : "");
  };
  CHECK(outcome("") == "discover array");
  CHECK(outcome("deny: [{ name: keep-out, match: { traddr: 10.0.0.0/8 }, reason: x }]\n") ==
        "denied keep-out");
  CHECK(outcome("rules: [{ name: not-here, match: { source: array }, action: ignore }]\n") ==
        "ignored not-here");
  CHECK(outcome("rules: [{ name: found, match: { source: \"arr*\" }, action: discover }]\n") ==
        "discover found");
}

TEST_CASE("a target that was removed or corrected is wanted no more") {
  auto const before = with_targets("  - { name: array, transport: tcp, traddr: 10.0.0.1 }\n");
  decide::Facts const known = target_facts();
  event::Event const boot = plan::target_events(*before, known, before->targets.front()).front();
  CHECK(targets_of(*before, boot) == "array as default");
  auto const corrected = with_targets("  - { name: array, transport: tcp, traddr: 10.0.0.2 }\n");
  plan::Run run(*corrected, known, boot);
  CHECK(run.decide_event().front().reason == decide::Reason::no_rule_matched);
}

TEST_CASE("an entry that a target names is the target's") {
  auto const policy = with_targets(
      "  - { name: volume, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: \"nqn.2024-01.x:v\", "
      "host-iface: ens2, identity: b, connect: { nr-io-queues: 3 } }\n");
  decide::Facts const known = target_facts();
  event::Event entry = tests::discovered_tcp("10.0.0.1", "nqn.2024-01.x:v");
  plan::Run run(*policy, known, entry);
  plan::Item const item = run.decide_event().front();
  CHECK(item.outcome == decide::Outcome::connect);
  CHECK(item.tid.endpoint->host_iface == "ens2");
  CHECK(item.tid.host_nqn == b_nqn);
  CHECK(item.connect.contains(base::OptionId::nr_io_queues));
}
