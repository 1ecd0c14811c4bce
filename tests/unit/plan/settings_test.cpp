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

policy::Connection vol_of(const policy::Policy& policy, const policy::Target* target) {
  return {.policy = policy,
          .rule = &policy.rules[0],
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
  auto const options =
      plan::resolve_options(vol_of(*policy, &policy->targets[0]), base::Transport::tcp);
  CHECK(shown(options, OptionId::queue_size) == "64 from target vol");
  CHECK(shown(options, OptionId::nr_io_queues) == "4 from profile inner");
  CHECK(shown(options, OptionId::hdr_digest) == "true from profile inner");
  CHECK(shown(options, OptionId::ctrl_loss_tmo) == "infinity from rule r");
  CHECK(shown(options, OptionId::dhchap_secret) ==
        "{credential: of-identity} from identity tenant");
  CHECK(shown(options, OptionId::keep_alive_tmo) == "5s from defaults");
  CHECK(shown(options, OptionId::tos) == "unset");

  auto const without_target = plan::resolve_options(vol_of(*policy, nullptr), base::Transport::tcp);
  CHECK(shown(without_target, OptionId::nr_io_queues) == "8 from profile outer");
  CHECK(shown(without_target, OptionId::tos) == "3 from defaults");
  CHECK(without_target.at(OptionId::ctrl_loss_tmo).line == 18);
}

TEST_CASE("a persistent discovery controller gets a keep-alive unless something is said") {
  auto const said = layered();
  policy::Connection const discovery = policy::connection_of(*said, said->rules[1]);
  auto options = plan::resolve_options(discovery, base::Transport::tcp);
  plan::require_keep_alive(options, discovery, base::Transport::tcp);
  CHECK(shown(options, OptionId::keep_alive_tmo) == "1m from defaults");

  auto const silent =
      tests::with_rules("  - name: d\n    match: { any: true }\n    action: discover\n");
  policy::Connection const bare = policy::connection_of(*silent, silent->rules[0]);
  options = plan::resolve_options(bare, base::Transport::tcp);
  plan::require_keep_alive(options, bare, base::Transport::tcp);
  CHECK(shown(options, OptionId::keep_alive_tmo) == "30s from built-in");
  plan::leave_out_unasked(options, {"keep_alive_tmo"});
  CHECK(options.contains(OptionId::keep_alive_tmo));
  plan::leave_out_unasked(options, {"nqn"});
  CHECK_FALSE(options.contains(OptionId::keep_alive_tmo));
}

TEST_CASE("options that the transport does not take are left out, security never") {
  plan::ResolvedOptions options{{OptionId::hdr_digest, {.value = true}},
                                {OptionId::tos, {.value = std::int64_t{1}}},
                                {OptionId::tls, {.value = true}},
                                {OptionId::queue_size, {.value = std::int64_t{64}}}};
  auto const dropped = plan::drop_inapplicable(options, base::Transport::fc);
  CHECK(dropped == std::vector{OptionId::tos, OptionId::hdr_digest});
  CHECK(options.size() == 2);
  CHECK(options.contains(OptionId::tls));
}
