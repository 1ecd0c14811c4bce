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
