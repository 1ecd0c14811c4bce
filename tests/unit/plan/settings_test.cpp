#include "decide/samples.hpp"
#include "plan/settings.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace std::chrono_literals;
using base::OptionId;

namespace {

std::shared_ptr<const policy::Policy> layered() {
  return tests::loaded(R"(version: 1
identities:
  tenant: { hostnqn: "nqn.2014-08.com.example:t", hostid: 11111111-1111-1111-1111-111111111111, dhchap-secret: { credential: of-identity } }
defaults:
  connect: { keep-alive-tmo: 5s, reconnect-delay: 10s, ctrl-loss-tmo: 10m, tos: 3 }
  discover: { keep-alive-tmo: 60s }
  retry: { first-delay: 2s, max-delay: 2m, give-up-after: 24h }
profiles:
  outer: { nr-io-queues: 8, queue-size: 256 }
  inner: { nr-io-queues: 4, hdr-digest: true }
targets:
  - { name: vol, transport: tcp, traddr: 10.20.1.10, subsystem-nqn: "nqn.a:b", profiles: [inner], connect: { queue-size: 64, tos: null } }
rules:
  - name: r
    match: { transport: [tcp, fc] }
    identity: tenant
    profiles: [outer]
    connect: { ctrl-loss-tmo: infinity }
    retry: { first-delay: 3s }
    action: connect
  - name: d
    match: { any: true }
    action: discover
)");
}

plan::Levels levels_of(const policy::Policy& policy, const policy::Target* target) {
  return {.policy = policy,
          .rule = policy.rules[0],
          .target = target,
          .identity = &policy.identities.at("tenant")};
}

std::string shown(const plan::ResolvedOptions& options, OptionId id) {
  auto const option = options.find(id);
  return option == options.end()
             ? "unset"
             : base::to_policy_text(id, option->second.value) + " from " + option->second.origin;
}

} // namespace

TEST_CASE("each option comes from the most specific level that says anything") {
  auto const policy = layered();
  auto const options = plan::resolve_options(levels_of(*policy, &policy->targets[0]));
  CHECK(shown(options, OptionId::queue_size) == "64 from target vol");
  CHECK(shown(options, OptionId::nr_io_queues) == "4 from profile inner");
  CHECK(shown(options, OptionId::hdr_digest) == "true from profile inner");
  CHECK(shown(options, OptionId::ctrl_loss_tmo) == "infinity from rule r");
  CHECK(shown(options, OptionId::dhchap_secret) ==
        "{credential: of-identity} from identity tenant");
  CHECK(shown(options, OptionId::keep_alive_tmo) == "5s from defaults");
  CHECK(shown(options, OptionId::tos) == "unset");

  auto const without_target = plan::resolve_options(levels_of(*policy, nullptr));
  CHECK(shown(without_target, OptionId::nr_io_queues) == "8 from profile outer");
  CHECK(shown(without_target, OptionId::tos) == "3 from defaults");
  CHECK(without_target.at(OptionId::ctrl_loss_tmo).line == 18);
}

TEST_CASE("a persistent discovery controller gets a keep-alive unless something is said") {
  auto const said = layered();
  plan::Levels levels{
      .policy = *said, .rule = said->rules[1], .subject = base::Subject::discovery_controller};
  auto options = plan::resolve_options(levels);
  plan::require_keep_alive(options, levels);
  CHECK(shown(options, OptionId::keep_alive_tmo) == "1m from defaults");

  auto const silent =
      tests::with_rules("  - name: d\n    match: { any: true }\n    action: discover\n");
  plan::Levels const bare{
      .policy = *silent, .rule = silent->rules[0], .subject = base::Subject::discovery_controller};
  options = plan::resolve_options(bare);
  plan::require_keep_alive(options, bare);
  CHECK(shown(options, OptionId::keep_alive_tmo) == "30s from built-in");
  plan::leave_out_unasked(options, {"keep_alive_tmo"});
  CHECK(options.contains(OptionId::keep_alive_tmo));
  plan::leave_out_unasked(options, {"nqn"});
  CHECK_FALSE(options.contains(OptionId::keep_alive_tmo));
}

TEST_CASE("what the transport does not take is left out, security never") {
  plan::ResolvedOptions options{{OptionId::hdr_digest, {.value = true}},
                                {OptionId::tos, {.value = std::int64_t{1}}},
                                {OptionId::tls, {.value = true}},
                                {OptionId::queue_size, {.value = std::int64_t{64}}}};
  auto const dropped = plan::drop_inapplicable(options, base::Transport::fc);
  CHECK(dropped == std::vector{OptionId::tos, OptionId::hdr_digest});
  CHECK(options.size() == 2);
  CHECK(options.contains(OptionId::tls));
}

TEST_CASE("retry: rule, defaults, built-in; targets never give up by themselves") {
  auto const policy = layered();
  auto const retry = plan::resolve_retry(*policy, policy->rules[0], false);
  CHECK(retry.first_delay == 3s);
  CHECK(retry.max_delay == 2min);
  CHECK(retry.give_up_after == 24h);
  CHECK(retry.factor == 2);
  CHECK_FALSE(retry.attempts);

  auto const silent =
      tests::with_rules("  - name: d\n    match: { any: true }\n    action: discover\n");
  CHECK(plan::resolve_retry(*silent, silent->rules[0], false).give_up_after == 72h);
  CHECK(plan::resolve_retry(*silent, silent->rules[0], true).give_up_after ==
        base::infinite_duration);
}

TEST_CASE("persistent: target, rule, transport") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: a, transport: tcp, traddr: 10.0.0.1, persistent: false }
  - { name: b, transport: tcp, traddr: 10.0.0.2 }
rules:
  - name: said
    match: { transport: fc }
    persistent: if-supported
    action: discover
  - name: silent
    match: { any: true }
    action: discover
)");
  using policy::Persistent;
  const auto& said = policy->rules[0];
  const auto& silent = policy->rules[1];
  CHECK(plan::resolve_persistent(said, &policy->targets[0], base::Transport::tcp) ==
        Persistent::no);
  CHECK(plan::resolve_persistent(said, &policy->targets[1], base::Transport::tcp) ==
        Persistent::if_supported);
  CHECK(plan::resolve_persistent(silent, nullptr, base::Transport::tcp) == Persistent::yes);
  CHECK(plan::resolve_persistent(silent, nullptr, base::Transport::rdma) == Persistent::yes);
  CHECK(plan::resolve_persistent(silent, nullptr, base::Transport::fc) == Persistent::no);
  CHECK(plan::resolve_persistent(silent, nullptr, base::Transport::loop) == Persistent::no);
}
