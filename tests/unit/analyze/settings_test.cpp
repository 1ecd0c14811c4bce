// The settings of a rule, looked up.
#include "analyze/samples.hpp"
#include "analyze/settings.hpp"

using namespace nvmf;
using analyze::Settings;

namespace {

Settings without_identity(Settings settings) {
  settings.erase("hostnqn");
  settings.erase("hostid");
  return settings;
}

} // namespace

TEST_CASE("settings are looked up from the most specific level on") {
  auto const policy = tests::loaded(
      "version: 1\n"
      "defaults:\n"
      "  connect: { queue-size: 64, tos: 4, keep-alive-tmo: 7s }\n"
      "  discover: { keep-alive-tmo: 9s }\n"
      "  retry: { first-delay: 3s, factor: 2 }\n"
      "profiles: { p: { queue-size: 32, tos: 8 } }\n"
      "rules:\n"
      "  - { name: io, match: { transport: tcp }, action: connect, profiles: [p], "
      "connect: { tos: 16, keep-alive-tmo: null }, host-side: same-subnet }\n"
      "  - { name: dc, match: { transport: tcp }, action: discover, referrals: ignore }\n"
      "  - { name: none, match: { transport: fc }, action: ignore }\n");
  CHECK(without_identity(analyze::settings_of(*policy, policy->rules[0])) ==
        Settings{{"host-side", "same-subnet"},
                 {"queue-size", "32"},
                 {"retry first-delay", "3s"},
                 {"tos", "16"}});
  CHECK(without_identity(analyze::settings_of(*policy, policy->rules[1])) ==
        Settings{{"keep-alive-tmo", "9s"}, {"referrals", "ignore"}, {"retry first-delay", "3s"}});
  CHECK(analyze::settings_of(*policy, policy->rules[2]).empty());
  CHECK(analyze::options_of(*policy, policy->rules[0]) ==
        Settings{{"queue-size", "32"}, {"tos", "16"}});
}

TEST_CASE("an option that differs by transport is a setting for each") {
  auto const policy = tests::with_rules(
      "  - { name: a, match: { transport: [tcp, rdma] }, action: connect, connect: { tos: 4 } }\n"
      "  - { name: b, match: { transport: [tcp, rdma] }, action: connect, "
      "connect: { tos: 4, tcp: { tos: 5 } } }\n"
      "  - { name: c, match: { transport: tcp }, action: connect, "
      "connect: { tcp: { tos: 5 } } }\n"
      "  - { name: d, match: { transport: [tcp, rdma] }, action: connect, "
      "connect: { tcp: { tos: 4 } } }\n");
  auto const of = [&](std::size_t rule) {
    return analyze::options_of(*policy, policy->rules[rule]);
  };
  CHECK(of(1) == Settings{{"tos on rdma", "4"}, {"tos on tcp", "5"}});
  CHECK(of(2) == Settings{{"tos", "5"}});
  using analyze::SettingChange;
  base::TransportSet const both{base::Transport::tcp, base::Transport::rdma};
  CHECK(analyze::changes(of(0), of(1), both) ==
        std::vector<SettingChange>{{"tos on tcp", "4", "5"}});
  CHECK(analyze::changes(of(0), of(3), both) ==
        std::vector<SettingChange>{{"tos on rdma", "4", ""}});
  CHECK(analyze::changes(of(1), of(2), {base::Transport::tcp}).empty());
  CHECK(analyze::transports_of(analyze::changes(of(0), of(1), both)) ==
        base::TransportSet{base::Transport::tcp});
  CHECK(analyze::transports_of({{"tos", "1", "2"}}) == base::TransportSet::all());
}

TEST_CASE("saying a default is the same as leaving it out") {
  struct Row {
    const char* name;
    const char* said;
    const char* left_out;
  };
  Row const rows[] = {
      {"persistent on tcp",
       "{ name: a, match: { transport: tcp }, action: discover, persistent: true }",
       "{ name: a, match: { transport: tcp }, action: discover }"},
      {"not persistent on fc",
       "{ name: a, match: { transport: fc }, action: discover, persistent: false }",
       "{ name: a, match: { transport: fc }, action: discover }"},
      {"a persistent one is kept alive",
       "{ name: a, match: { transport: tcp }, action: discover, connect: { keep-alive-tmo: 30s } }",
       "{ name: a, match: { transport: tcp }, action: discover }"},
      {"retry",
       "{ name: a, match: { transport: tcp }, action: connect, retry: { attempts: unlimited, "
       "first-delay: 1s, factor: 2, max-delay: 5m, jitter: 20%, slow-delay: 5m } }",
       "{ name: a, match: { transport: tcp }, action: connect }"},
      {"the kernel's own",
       "{ name: a, match: { transport: tcp }, action: connect, connect: { tos: null } }",
       "{ name: a, match: { transport: tcp }, action: connect }"},
      {"host side and probe",
       "{ name: a, match: { transport: tcp }, action: connect, host-side: inherit, probe: true }",
       "{ name: a, match: { transport: tcp }, action: connect }"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const said = tests::with_rules(std::string("  - ") + row.said + "\n");
    auto const left_out = tests::with_rules(std::string("  - ") + row.left_out + "\n");
    CHECK(analyze::changes(analyze::settings_of(*left_out, left_out->rules[0]),
                           analyze::settings_of(*said, said->rules[0]))
              .empty());
  }
  // On all transports a rule that says so departs from the default on some of them.
  auto const open = tests::with_rules(
      "  - { name: a, match: { any: true }, action: discover, persistent: true }\n");
  CHECK(analyze::settings_of(*open, open->rules[0]).at("persistent") == "true");
}

TEST_CASE("differences between two settings") {
  using analyze::SettingChange;
  CHECK(analyze::changes({{"a", "1"}, {"b", "2"}}, {{"b", "3"}, {"c", "4"}}) ==
        std::vector<SettingChange>{{"a", "1", ""}, {"b", "2", "3"}, {"c", "", "4"}});
  CHECK(analyze::changes({{"a", "1"}}, {{"a", "1"}}).empty());
}
