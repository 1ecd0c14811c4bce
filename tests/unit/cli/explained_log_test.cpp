#include "cli/explained_log.hpp"

#include "decide/samples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using event::EntrySubtype;
using event::LogEntry;

namespace {

LogEntry volume_entry(const char* traddr) {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = EntrySubtype::nvm_subsystem,
          .trsvcid = "4420",
          .subnqn = "nqn.a:v",
          .traddr = traddr};
}

LogEntry referral_entry(const char* traddr) {
  LogEntry entry = volume_entry(traddr);
  entry.subtype = EntrySubtype::referral;
  entry.trsvcid = "8009";
  entry.subnqn = "nqn.2014-08.org.nvmexpress.discovery";
  return entry;
}

// `connect 10.0.0.1`, one line each, then the notes.
std::string shown(const cli::ExplainedLog& explained) {
  std::string text;
  for (const cli::Explanation& one : explained.explanations)
    text += fmt::format(
        "{} {}{}\n", to_string(one.decision.outcome), one.event.endpoint.traddr->to_string(),
        one.event.endpoint.host_iface.empty() ? "" : " via " + one.event.endpoint.host_iface);
  for (const std::string& note : explained.notes)
    text += note + "\n";
  return text;
}

decide::Facts two_interfaces() {
  decide::Facts facts;
  facts.interfaces = {{"a", true, {{*base::IpAddress::parse("10.0.0.8"), 24}}},
                      {"b", true, {{*base::IpAddress::parse("10.0.0.9"), 24}}}};
  return facts;
}

} // namespace

TEST_CASE("a log is explained as the plan decides it") {
  struct Row {
    const char* name;
    const char* policy; // behind `version: 1`
    std::vector<LogEntry> entries;
    decide::Facts facts;
    const char* expected;
  };
  constexpr const char* everything = "rules:\n"
                                     "  - { name: d, match: { any: true }, action: discover }\n"
                                     "  - { name: c, match: { any: true }, action: connect }\n";
  decide::Facts without_identity;
  without_identity.identity = decide::HostIdentity{};
  Row const rows[] = {
      {"the discovery controller is denied",
       "deny: [{ name: g, match: { traddr: 10.20.1.10 }, reason: x }]\n"
       "rules: [{ name: d, match: { any: true }, action: discover }]\n",
       {volume_entry("10.0.0.1")},
       {},
       "denied 10.20.1.10\n"
       "the discovery controller is denied: its log is not read, so that no entry of it is "
       "decided\n"},
      {"this host would refuse it",
       everything,
       {volume_entry("10.0.0.1")},
       without_identity,
       "connect 10.0.0.1\n"
       "this host would refuse the discovery controller (identity-missing: no host NQN; "
       "`nvmf-policy identity --create` makes one); its log is explained as if it did not\n"},
      {"a duplicate is explained, a loop never reaches the rules",
       everything,
       {volume_entry("10.0.0.1"), volume_entry("10.0.0.1"), referral_entry("10.20.1.10"),
        referral_entry("10.20.1.11")},
       {},
       "connect 10.0.0.1\nconnect 10.0.0.1\ndiscover 10.20.1.11\n"
       "record 3 is not decided: referral-loop: visited in this run already\n"},
      {"referrals that are not followed",
       "rules: [{ name: d, match: { any: true }, action: discover, referrals: ignore }]\n",
       {referral_entry("10.20.1.11")},
       {},
       "record 1 is not decided: ignored-by-rule: referrals: ignore\n"},
      {"over the limit",
       "limits: { log-entries: 1 }\n"
       "rules: [{ name: d, match: { any: true }, action: discover }]\n",
       {volume_entry("10.0.0.1"), volume_entry("10.0.0.2"), volume_entry("10.0.0.3")},
       {},
       "ignored 10.0.0.1\n"
       "record 2 is not decided: over-limit: record 2 of the log, `limits.log-entries` is 1\n"
       "record 3 is not decided: over-limit: record 3 of the log, `limits.log-entries` is 1\n"},
      {"both host sides decided alike are one",
       "rules:\n"
       "  - { name: d, match: { any: true }, action: discover }\n"
       "  - { name: c, match: { any: true }, action: connect, host-side: same-subnet }\n",
       {volume_entry("10.0.0.1")},
       two_interfaces(),
       "connect 10.0.0.1\n"},
      {"a guard takes one of the host sides",
       "deny: [{ name: g, match: { host-iface: b }, reason: x }]\n"
       "rules:\n"
       "  - { name: d, match: { any: true }, action: discover }\n"
       "  - { name: c, match: { any: true }, action: connect, host-side: same-subnet }\n",
       {volume_entry("10.0.0.1")},
       two_interfaces(),
       "connect 10.0.0.1\ndenied 10.0.0.1 via b\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const policy = tests::loaded(std::string("version: 1\n") + row.policy);
    event::DiscoveryLog const log{
        .genctr = 1, .numrec = row.entries.size(), .entries = row.entries};
    CHECK(shown(cli::explain_log(*policy, row.facts, tests::log_changed_tcp("10.20.1.10"), log)) ==
          row.expected);
  }
}

TEST_CASE("a controller of another type has no log") {
  auto const policy =
      tests::loaded("version: 1\n"
                    "rules: [{ name: c, match: { any: true }, action: connect }]\n");
  event::Event event = tests::log_changed_tcp("10.0.0.1");
  event.kind = base::EventKind::boot;
  event.subject = base::Subject::io_subsystem;
  event.subsystem_nqn = "nqn.a:v";
  CHECK(shown(cli::explain_log(*policy, {}, event, {})) ==
        "connect 10.0.0.1\nan I/O subsystem has no discovery log\n");
}
