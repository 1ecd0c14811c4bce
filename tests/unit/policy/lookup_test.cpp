#include "policy/lookup.hpp"

#include "policy/loading.hpp"

using namespace nvmf;
using namespace std::chrono_literals;
using policy::connection_of;

namespace {

constexpr const char* silent_rule = "rules:\n  - {name: r, match: {any: true}, action: discover}\n";

std::string origin_of(const policy::Policy& policy, const policy::FoundRetry& found,
                      std::string_view key) {
  auto const place = found.places.find(key);
  return place == found.places.end()
             ? "built-in"
             : to_text(policy, place->second.origin) + " " + place->second.span.place();
}

} // namespace

namespace {

// Each option is set at one level and at all that come after it.
load::Loaded layered() {
  return load::load_texts({{"autoconnect.yaml", R"(version: 1
defaults:
  connect: {keep-alive-tmo: 7s, reconnect-delay: 7s, ctrl-loss-tmo: 10m, fast-io-fail-tmo: 7s,
            dhchap-secret: {credential: s7}, queue-size: 77, nr-io-queues: 7}
rules:
  - {name: main, match: {transport: fc}, action: connect}
)"},
                           {"60-x.yaml", R"(version: 1
identities:
  i: {hostnqn: "nqn.a:b", hostid: 4c4c4544-0035-5910-804b-c2c04f444daa, dhchap-secret: {credential: s5}}
defaults:
  connect: {keep-alive-tmo: 6s, reconnect-delay: 6s, ctrl-loss-tmo: 6m, fast-io-fail-tmo: 6s,
            dhchap-secret: {credential: s6}, queue-size: 66}
profiles:
  of-rule: {keep-alive-tmo: 4s, reconnect-delay: 4s, ctrl-loss-tmo: 4m, fast-io-fail-tmo: 4s}
  of-target: {keep-alive-tmo: 2s, reconnect-delay: 2s}
targets:
  - {name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: "nqn.a:v", identity: i,
     profiles: of-target, connect: {keep-alive-tmo: 1s}}
rules:
  - {name: r, match: {transport: tcp}, action: connect, profiles: of-rule,
     connect: {keep-alive-tmo: 3s, reconnect-delay: 3s, ctrl-loss-tmo: 3m}}
)"}});
}

std::string found_for(const policy::Connection& connection, base::OptionId id,
                      base::Transport transport) {
  auto const all = policy::Levels(connection).on(transport);
  auto const found = all.find(id);
  if (found == all.end())
    return "unset";
  return base::to_policy_text(id, found->second.setting->value) + " from " +
         to_text(connection.policy, found->second.origin);
}

} // namespace

TEST_CASE(
    "options: target, its profiles, rule, its profiles, identity, defaults of file and main") {
  auto const loaded = layered();
  INFO(tests::findings_of(loaded));
  REQUIRE(loaded.policy);
  const policy::Policy& policy = *loaded.policy;
  const policy::Target& target = policy.targets[0];
  auto const by_rule_of_file = connection_of(policy, policy.rules[1], target);
  auto const by_rule_of_main = connection_of(policy, policy.rules[0], target);
  auto const by_none = policy::Connection{.policy = policy, .target = &target};
  using enum base::OptionId;
  struct Row {
    const char* name;
    const policy::Connection& connection;
    base::OptionId option;
    const char* expected;
  };
  Row const rows[] = {
      {"target", by_rule_of_file, keep_alive_tmo, "1s from target t"},
      {"target's profile", by_rule_of_file, reconnect_delay, "2s from profile of-target"},
      {"rule", by_rule_of_file, ctrl_loss_tmo, "3m from rule r"},
      {"rule's profile", by_rule_of_file, fast_io_fail_tmo, "4s from profile of-rule"},
      {"identity", by_rule_of_file, dhchap_secret, "{credential: s5} from identity i"},
      {"defaults of the rule's file", by_rule_of_file, queue_size, "66 from defaults"},
      {"defaults of the main file", by_rule_of_file, nr_io_queues, "7 from defaults"},
      {"nobody", by_rule_of_file, tos, "unset"},
      {"the rule's file, not the target's", by_rule_of_main, queue_size, "77 from defaults"},
      {"no rule: the target's file", by_none, queue_size, "66 from defaults"},
      {"no rule: the main file", by_none, nr_io_queues, "7 from defaults"},
      {"no rule, no identity", by_none, dhchap_secret, "{credential: s6} from defaults"},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    CHECK(found_for(row.connection, row.option, base::Transport::tcp) == row.expected);
  }
}

TEST_CASE("each level is unfolded for the transport before levels are compared") {
  auto const policy = tests::good(R"(
defaults:
  connect: {ctrl-loss-tmo: 10m, rdma: {tos: 9, reconnect-delay: 9s}}
  discover: {fc: {keep-alive-tmo: 20s}}
rules:
  - {name: r, match: {transport: [tcp, rdma, fc]}, action: connect,
     connect: {tos: 1, tcp: {tos: 2, ctrl-loss-tmo: null}}}
  - {name: d, match: {transport: [tcp, fc]}, action: discover}
)");
  using base::Transport;
  using enum base::OptionId;
  auto const volumes = connection_of(*policy, policy->rules[0]);
  auto const discovery = connection_of(*policy, policy->rules[1]);
  struct Row {
    const char* name;
    const policy::Connection& connection;
    base::OptionId option;
    Transport transport;
    const char* expected;
  };
  Row const rows[] = {
      {"the map of the transport first", volumes, tos, Transport::tcp, "2 from rule r"},
      {"a level before a later one's map", volumes, tos, Transport::rdma, "1 from rule r"},
      {"null in a map undoes outer levels", volumes, ctrl_loss_tmo, Transport::tcp,
       "null from rule r"},
      {"and only there", volumes, ctrl_loss_tmo, Transport::rdma, "10m from defaults"},
      {"a map of defaults", volumes, reconnect_delay, Transport::rdma, "9s from defaults"},
      {"not on another transport", volumes, reconnect_delay, Transport::tcp, "unset"},
      {"defaults.discover", discovery, keep_alive_tmo, Transport::fc, "20s from defaults"},
      {"defaults.discover elsewhere", discovery, keep_alive_tmo, Transport::tcp, "unset"},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    CHECK(found_for(row.connection, row.option, row.transport) == row.expected);
  }
  auto const all = policy::Levels(volumes).on(policy::transports_of(volumes));
  CHECK(all.contains({tos, Transport::tcp}));
  CHECK(all.contains({tos, Transport::rdma}));
  CHECK_FALSE(all.contains({tos, Transport::fc}));
  CHECK_FALSE(all.contains(tos));
  CHECK(policy::Levels(discovery).on(base::TransportSet{Transport::fc}).contains(keep_alive_tmo));
}

TEST_CASE("retry: rule, defaults, built-in; each key with its origin") {
  auto const policy = tests::good("defaults:\n"
                                  "  retry: {first-delay: 2s, max-delay: 2m, give-up-after: 24h}\n"
                                  "rules:\n"
                                  "  - name: r\n"
                                  "    match: {transport: tcp}\n"
                                  "    action: connect\n"
                                  "    retry: {first-delay: 3s}\n");
  auto const found = policy::find_retry(connection_of(*policy, policy->rules[0]));
  CHECK(found.retry == policy::Retry{.first_delay = 3s, .max_delay = 2min, .give_up_after = 24h});
  CHECK(origin_of(*policy, found, "first-delay") == "rule r p.yaml:8");
  CHECK(origin_of(*policy, found, "max-delay") == "defaults p.yaml:3");
  CHECK(origin_of(*policy, found, "attempts") == "built-in");
}

TEST_CASE("targets never give up by themselves") {
  auto const policy = tests::good(
      std::string("targets:\n  - {name: t, transport: tcp, traddr: 10.0.0.1}\n") + silent_rule);
  const policy::Rule& rule = policy->rules[0];
  CHECK(policy::find_retry(connection_of(*policy, rule)).retry.give_up_after == 72h);
  CHECK(policy::find_retry(connection_of(*policy, rule, policy->targets[0])).retry ==
        policy::retry_of_targets());
}

TEST_CASE("retry of a target: its own, the rule's, defaults but for when to give up") {
  auto const policy = tests::good(R"(
defaults:
  retry: {attempts: 5, give-up-after: 1h, first-delay: 3s}
targets:
  - {name: own, transport: tcp, traddr: 10.0.0.1, retry: {factor: 3, attempts: 7}}
  - {name: silent, transport: tcp, traddr: 10.0.0.2}
rules:
  - {name: silent, match: {event: boot}, action: discover}
  - {name: said, match: {transport: tcp}, action: discover, retry: {max-delay: 2m, factor: 4, attempts: 9, give-up-after: 2h}}
)");
  const policy::Rule& silent = policy->rules[0];
  const policy::Rule& said = policy->rules[1];
  const policy::Target& own = policy->targets[0];
  const policy::Target& bare = policy->targets[1];
  policy::Retry const forever{.first_delay = 3s, .give_up_after = base::infinite_duration};
  policy::Retry with_own = forever;
  with_own.factor = 3;
  with_own.attempts = 7;
  struct Row {
    const char* name;
    policy::Connection connection;
    policy::Retry expected;
  };
  Row const rows[] = {
      {"discovered: the defaults end it",
       connection_of(*policy, silent),
       {.attempts = 5, .first_delay = 3s, .give_up_after = 1h}},
      {"target: the defaults do not", connection_of(*policy, silent, bare), forever},
      {"target: the rule does",
       connection_of(*policy, said, bare),
       {.attempts = 9, .first_delay = 3s, .factor = 4, .max_delay = 2min, .give_up_after = 2h}},
      {"the target's own comes first",
       connection_of(*policy, said, own),
       {.attempts = 7, .first_delay = 3s, .factor = 3, .max_delay = 2min, .give_up_after = 2h}},
      {"no rule decides", {.policy = *policy, .target = &own}, with_own},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    CHECK(policy::find_retry(row.connection).retry == row.expected);
  }
  CHECK(origin_of(*policy, policy::find_retry(rows[3].connection), "attempts") ==
        "target own p.yaml:6");
}

TEST_CASE("persistent: target, rule, transport") {
  auto const policy = tests::good(R"(
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
  using base::Transport;
  using policy::Persistent;
  const auto& said = policy->rules[0];
  const auto& silent = policy->rules[1];
  struct Row {
    const char* name;
    policy::Connection connection;
    Transport transport;
    Persistent expected;
  };
  Row const rows[] = {
      {"target before rule", connection_of(*policy, said, policy->targets[0]), Transport::tcp,
       Persistent::no},
      {"rule where the target is silent", connection_of(*policy, said, policy->targets[1]),
       Transport::tcp, Persistent::if_supported},
      {"tcp", connection_of(*policy, silent), Transport::tcp, Persistent::yes},
      {"rdma", connection_of(*policy, silent), Transport::rdma, Persistent::yes},
      {"fc", connection_of(*policy, silent), Transport::fc, Persistent::no},
      {"loop", connection_of(*policy, silent), Transport::loop, Persistent::no},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    CHECK(policy::find_persistent(row.connection, row.transport) == row.expected);
  }
}

TEST_CASE("the manual's defaults are those of the lookup") {
  using policy::Section;
  CHECK(policy::default_text(Section::retry, "jitter") == "`20%`");
  CHECK(policy::default_text(Section::retry, "give-up-after") ==
        "`3d` for what was discovered, `infinity` for targets");
  CHECK(policy::default_text(Section::rule, "persistent") ==
        "`true` for tcp and rdma, `false` for fc and loop");
  CHECK(policy::find_key(Section::limits, "probe-timeout")->fallback == "`2s`");
  CHECK(policy::default_text(Section::limits, "nope").empty());
}
