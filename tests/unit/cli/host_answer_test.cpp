#include "cli/host_answer.hpp"

#include "decide/samples.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

const std::string volume = "nqn.2014-08.com.example:vol1";

decide::Controller connected_volume(const char* owner) {
  return {.device = "nvme3",
          .state = "live",
          .type = base::ControllerType::io,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any("10.0.0.1"),
                       .trsvcid = 4420},
          .subsystem_nqn = volume,
          .owner = owner};
}

decide::Facts with_volume(const char* owner) {
  decide::Facts facts;
  facts.controllers = {connected_volume(owner)};
  return facts;
}

decide::Facts with_interfaces() {
  decide::Facts facts;
  facts.interfaces = {{"a", true, {{*base::IpAddress::parse("10.0.0.8"), 24}}},
                      {"b", true, {{*base::IpAddress::parse("10.0.0.9"), 24}}}};
  return facts;
}

decide::Facts without_identity() {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{};
  return facts;
}

} // namespace

TEST_CASE("the host answers what the plan says, or would say of what nobody wants") {
  struct Row {
    const char* name;
    const char* policy; // behind `version: 1`
    decide::Facts facts;
    decide::Outcome first;
    const char* expected;
  };
  constexpr const char* wanted = "rules: [{ name: c, match: { any: true }, action: connect }]\n";
  constexpr const char* each_side =
      "rules: [{ name: c, match: { any: true }, action: connect, host-side: same-subnet }]\n";
  constexpr const char* not_wanted =
      "rules: [{ name: c, match: { transport: fc }, action: connect }]\n";
  using decide::Outcome;
  const Row rows[] = {
      {"nothing known", wanted, {}, Outcome::connect, "this host: would connect\n"},
      {"two host sides", each_side, with_interfaces(), Outcome::connect,
       "this host: would connect from 10.0.0.8 via a\n"
       "           would connect from 10.0.0.9 via b\n"},
      {"connected", wanted, with_volume("nvmf-policy"), Outcome::keep,
       "this host: connected as nvme3, owner nvmf-policy\n"},
      {"somebody else's", wanted, with_volume("stas"), Outcome::refused,
       "this host: would refuse: owned-by: nvme3, owner stas\n"},
      {"refused", wanted, without_identity(), Outcome::refused,
       "this host: would refuse: identity-missing: no host NQN; "
       "`nvmf-policy identity --create` makes one\n"},
      {"not wanted", not_wanted, {}, Outcome::ignored, "this host: would connect\n"},
      {"not wanted, and it could not be", not_wanted, without_identity(), Outcome::ignored,
       "this host: would refuse: identity-missing: no host NQN; "
       "`nvmf-policy identity --create` makes one\n"},
      {"denied, with the rule's host side",
       "deny: [{ name: g, match: { traddr: 10.0.0.1 }, reason: x }]\n"
       "rules: [{ name: c, match: { any: true }, action: connect, host-side: same-subnet }]\n",
       with_interfaces(), Outcome::denied,
       "this host: would connect from 10.0.0.8 via a\n"
       "           would connect from 10.0.0.9 via b\n"},
      {"denied on one host side",
       "deny: [{ name: g, match: { host-iface: b }, reason: x }]\n"
       "rules: [{ name: c, match: { any: true }, action: connect, host-side: same-subnet }]\n",
       with_interfaces(), Outcome::connect,
       "this host: would connect from 10.0.0.8 via a\n"
       "           guard g denies it from 10.0.0.9 via b\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const policy = tests::loaded(std::string("version: 1\n") + row.policy);
    const cli::HostAnswer answer =
        cli::ask_host(*policy, row.facts, tests::discovered_tcp("10.0.0.1", volume), {});
    CHECK(cli::foremost(answer.items).outcome == row.first);
    CHECK(cli::host_answer_text(answer, std::nullopt) == row.expected);
  }
}
