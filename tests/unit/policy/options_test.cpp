// Settings of rules and targets as values.
#include "policy/loading.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;
using base::OptionId;

TEST_CASE("every connect option is read into the kernel's units") {
  struct Row {
    const char* option;
    const char* value;
    OptionId id;
    base::OptionValue expected;
  };
  using Kind = base::SecretRef::Kind;
  const Row rows[] = {
      {"nr-io-queues", "16", OptionId::nr_io_queues, std::int64_t{16}},
      {"nr-write-queues", "2", OptionId::nr_write_queues, std::int64_t{2}},
      {"nr-poll-queues", "3", OptionId::nr_poll_queues, std::int64_t{3}},
      {"queue-size", "1024", OptionId::queue_size, std::int64_t{1024}},
      {"keep-alive-tmo", "5000ms", OptionId::keep_alive_tmo, std::int64_t{5}},
      {"reconnect-delay", "1m", OptionId::reconnect_delay, std::int64_t{60}},
      {"ctrl-loss-tmo", "infinity", OptionId::ctrl_loss_tmo, std::int64_t{-1}},
      {"ctrl-loss-tmo", "1h", OptionId::ctrl_loss_tmo, std::int64_t{3600}},
      {"ctrl-loss-tmo", "null", OptionId::ctrl_loss_tmo, base::KernelDefault{}},
      {"fast-io-fail-tmo", "0s", OptionId::fast_io_fail_tmo, std::int64_t{0}},
      {"tos", "255", OptionId::tos, std::int64_t{255}},
      {"keyring", ".nvme", OptionId::keyring, std::string(".nvme")},
      {"tls-key", "{keyring: \"a b\"}", OptionId::tls_key, base::SecretRef{Kind::keyring, "a b"}},
      {"dhchap-secret", "{credential: a}", OptionId::dhchap_secret,
       base::SecretRef{Kind::credential, "a"}},
      {"dhchap-ctrl-secret", "{file: /k}", OptionId::dhchap_ctrl_secret,
       base::SecretRef{Kind::file, "/k"}},
      {"duplicate-connect", "true", OptionId::duplicate_connect, true},
      {"disable-sqflow", "false", OptionId::disable_sqflow, false},
      {"hdr-digest", "true", OptionId::hdr_digest, true},
      {"data-digest", "true", OptionId::data_digest, true},
      {"tls", "true", OptionId::tls, true},
      {"concat", "false", OptionId::concat, false},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.option), ": ", std::string(row.value));
    auto const policy =
        tests::good(tests::rule("    match: {transport: tcp}\n    action: connect\n    connect: {" +
                                std::string(row.option) + ": " + row.value + "}\n"));
    const auto& settings = policy->rules.front().connect;
    REQUIRE(settings.size() == 1);
    CHECK(settings.begin()->first == row.id);
    CHECK((settings.begin()->second.value == row.expected));
    CHECK(settings.begin()->second.span.place() == "p.yaml:6");
  }
}

TEST_CASE("retry settings") {
  auto const policy = tests::good(
      "defaults:\n  retry: {attempts: unlimited, first-delay: 500ms, factor: 1.5, max-delay: 2m,\n"
      "          jitter: 5%, give-up-after: infinity, slow-delay: 1h}\n");
  const policy::RetrySettings& retry = policy->files.front().retry_defaults;
  REQUIRE(retry.attempts);
  CHECK_FALSE(retry.attempts->count);
  CHECK(retry.first_delay == std::chrono::milliseconds(500));
  CHECK(retry.factor == 1.5);
  CHECK(retry.max_delay == std::chrono::minutes(2));
  CHECK(retry.jitter_percent == 5U);
  CHECK(retry.give_up_after == base::infinite_duration);
  CHECK(retry.slow_delay == std::chrono::hours(1));
  CHECK(retry.places.at("jitter").place() == "p.yaml:4");
}

TEST_CASE("keys of discover and connect rules only") {
  auto const policy =
      tests::good("rules:\n"
                  "  - {name: a, match: {transport: tcp}, action: discover, persistent: "
                  "if-supported, referrals: ignore}\n"
                  "  - {name: b, match: {transport: fc}, action: discover, persistent: false}\n"
                  "  - {name: c, match: {transport: tcp}, action: connect, host-side: same-subnet, "
                  "probe: false, expect-paths: 4}\n"
                  "  - {name: d, match: {transport: fc}, action: connect}\n");
  const auto& rules = policy->rules;
  CHECK(rules[0].persistent == policy::Persistent::if_supported);
  CHECK_FALSE(rules[0].follow_referrals);
  CHECK(rules[1].persistent == policy::Persistent::no);
  CHECK(rules[1].follow_referrals);
  CHECK(rules[2].host_side == policy::HostSide::same_subnet);
  CHECK_FALSE(rules[2].probe);
  CHECK(rules[2].expect_paths == 4U);
  CHECK(rules[3].host_side == policy::HostSide::inherit);
  CHECK(rules[3].probe);
  CHECK_FALSE(rules[3].expect_paths);
}

TEST_CASE("targets get the service id that their kind usually has") {
  struct Row {
    const char* target;
    std::optional<std::uint16_t> trsvcid;
    bool is_discovery_controller;
  };
  const Row rows[] = {
      {"transport: tcp, traddr: 10.0.0.1", 8009, true},
      {"transport: tcp, traddr: 10.0.0.1, trsvcid: 4420", 4420, true},
      {"transport: tcp, traddr: 10.0.0.1, subsystem-nqn: \"nqn.2014-08.com.example:a\"", 4420,
       false},
      {"transport: rdma, traddr: 10.0.0.1", 4420, true},
      {"transport: fc, traddr: \"nn-200700a09890f5bf:pn-200900a09890f5bf\"", std::nullopt, true},
      {"transport: loop", std::nullopt, true},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.target));
    auto const policy = tests::good("targets:\n  - {name: t, " + std::string(row.target) + "}\n");
    const policy::Target& target = policy->targets.front();
    REQUIRE(target.endpoints.size() == 1);
    CHECK(target.endpoints.front().trsvcid == row.trsvcid);
    CHECK((target.subject() == base::Subject::discovery_controller) == row.is_discovery_controller);
  }
}

TEST_CASE("the ways to a target, and the keys of a rule of its kind") {
  auto const policy = tests::good(
      "targets:\n"
      "  - {name: list, transport: tcp, traddr: [10.0.0.1, array-a.example], host-iface: ens1f0}\n"
      "  - name: paths\n"
      "    transport: tcp\n"
      "    subsystem-nqn: \"nqn.2014-08.com.example:a\"\n"
      "    trsvcid: 4421\n"
      "    paths:\n"
      "      - {traddr: [10.0.1.1, 10.0.1.2], host-iface: ens1f0}\n"
      "      - {traddr: 10.0.2.1, trsvcid: 4422, host-traddr: 10.0.2.77}\n"
      "    retry: {max-delay: 1m}\n"
      "    host-side: any\n"
      "    probe: false\n"
      "    expect-paths: 3\n"
      "  - {name: keys, transport: rdma, traddr: 10.0.3.1, persistent: if-supported, poll: 10s,\n"
      "     referrals: ignore, host-side: same-subnet}\n"
      "  - {name: unset, transport: rdma, traddr: 10.0.4.1, poll: never}\n");
  const policy::Target& list = policy->targets[0];
  REQUIRE(list.endpoints.size() == 2);
  CHECK(list.endpoints[0].traddr->to_string() == "10.0.0.1");
  CHECK(list.endpoints[1].host_name == "array-a.example");
  CHECK(list.endpoints[1].host_iface == "ens1f0");
  CHECK(list.endpoints[1].trsvcid == 8009);
  const policy::Target& paths = policy->targets[1];
  REQUIRE(paths.endpoints.size() == 3);
  CHECK(paths.endpoints[1].traddr->to_string() == "10.0.1.2");
  CHECK(paths.endpoints[1].host_iface == "ens1f0");
  CHECK(paths.endpoints[1].trsvcid == 4421);
  CHECK(paths.endpoints[2].trsvcid == 4422);
  CHECK(paths.endpoints[2].host_iface.empty());
  CHECK(paths.endpoints[2].host_traddr->to_string() == "10.0.2.77");
  CHECK(paths.retry.max_delay == std::chrono::minutes(1));
  CHECK(paths.host_side == policy::HostSide::any);
  CHECK(paths.probe == false);
  CHECK(paths.expect_paths == 3);
  const policy::Target& keys = policy->targets[2];
  CHECK(keys.persistent == policy::Persistent::if_supported);
  CHECK(keys.poll == std::chrono::seconds(10));
  CHECK(keys.follow_referrals == false);
  CHECK(keys.host_side == policy::HostSide::same_subnet);
  const policy::Target& unset = policy->targets[3];
  CHECK(unset.poll == base::infinite_duration);
  CHECK_FALSE(unset.persistent);
  CHECK_FALSE(unset.follow_referrals);
  CHECK_FALSE(unset.host_side);
  CHECK_FALSE(unset.probe);
  CHECK_FALSE(unset.expect_paths);
}

TEST_CASE("half an identity is completed from its own place alone") {
  auto const policy =
      tests::good("identities:\n"
                  "  literal: {hostnqn: "
                  "\"nqn.2014-08.org.nvmexpress:uuid:3F2B8A54-11A9-4C7E-9A34-6C1A5F1F7A01\"}\n"
                  "  file: {hostnqn: {file: /etc/nvmf/b.hostnqn}}\n"
                  "rules:\n"
                  "  - {name: a, match: {transport: tcp}, action: connect, identity: literal}\n"
                  "  - {name: b, match: {transport: rdma}, action: connect, identity: file}\n");
  CHECK(policy->identities.at("literal").hostid->text == "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01");
  CHECK_FALSE(policy->identities.at("file").hostid);
  auto const own =
      tests::good("identities:\n"
                  "  default: {hostnqn: "
                  "\"nqn.2014-08.org.nvmexpress:uuid:3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01\"}\n");
  CHECK_FALSE(own->identities.at("default").hostid->is_file);
}

TEST_CASE("identities, boot and limits") {
  auto const policy = tests::good(
      "identities:\n  t: {hostnqn: {file: /a}, hostid: 3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01, "
      "tls-key: {credential: k}}\n"
      "rules:\n  - {name: r, match: {transport: tcp}, action: connect, identity: t}\n"
      "boot: {wait-for: \"nqn.2014-08.com.example:*\", paths: 2, timeout: 2m}\n"
      "limits: {referral-depth: 0, log-entries: 7, probe-timeout: 500ms, probes-in-flight: 9}\n");
  const policy::Identity& named = policy->identities.at("t");
  CHECK(named.hostnqn->is_file);
  CHECK(named.hostnqn->text == "/a");
  CHECK_FALSE(named.hostid->is_file);
  CHECK(named.secrets.contains(OptionId::tls_key));
  const policy::Identity& usual = policy->identities.at("default");
  CHECK(usual.hostnqn->text == "/etc/nvme/hostnqn");
  CHECK(usual.hostid->text == "/etc/nvme/hostid");
  CHECK(policy->rules.front().identity == "t");
  CHECK(policy->boot.wait_for.front().glob.pattern() == "nqn.2014-08.com.example:*");
  CHECK(policy->boot.paths == 2);
  CHECK(policy->boot.timeout == std::chrono::minutes(2));
  CHECK(policy->limits.referral_depth == 0);
  CHECK(policy->limits.log_entries == 7);
  CHECK(policy->limits.probe_timeout == std::chrono::milliseconds(500));
  CHECK(policy->limits.probes_in_flight == 9);
}
