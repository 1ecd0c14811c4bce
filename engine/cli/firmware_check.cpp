#include "cli/firmware_check.hpp"

#include "analyze/policy_lints.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "decide/decide.hpp"
#include "diag/place.hpp"
#include "diag/whole_file.hpp"
#include "event/event_file.hpp"
#include "plan/firmware.hpp"
#include "plan/identity.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t table_unreadable = 713;
constexpr std::uint16_t interface_missing = 714;
constexpr std::uint16_t identity_differs = 715;
constexpr std::uint16_t waits_for_nothing = 411;
constexpr std::uint16_t target_taken_out = 410;

// The problem begins with the path of its table.
void check_readable(const decide::Facts& facts, diag::Sink& sink) {
  for (const std::string& problem : facts.nbft_problems)
    sink.add(table_unreadable, fmt::format("the firmware's table cannot be used: {}", problem),
             diag::whole_file(problem.substr(0, problem.find(": "))))
        .notes.emplace_back("no connection is made for it");
}

void check_interfaces(const firmware::Table& table, const decide::Facts& facts, diag::Sink& sink) {
  if (!facts.interfaces)
    return;
  for (const firmware::Hfi& hfi : table.hfis) {
    if (!plan::uses_interface(table, hfi.index) || plan::interface_of(hfi, facts))
      continue;
    std::string const vlan = hfi.vlan == 0 ? "" : fmt::format(" and VLAN {}", hfi.vlan);
    sink.add(interface_missing,
             fmt::format("no interface has the MAC address {}{} of the table's interface {}",
                         firmware::to_string(hfi.mac), vlan, hfi.index),
             diag::whole_file(table.path))
        .notes.emplace_back(
            hfi.address
                ? fmt::format("its paths wait until an interface has {}", hfi.address->to_string())
                : std::string("the kernel chooses the interface of its paths"));
  }
}

// Half an identity in common keeps every other connection of this host from being made while a path
// of the table is connected.
void check_identity(const plan::ResolvedIdentity& own, const firmware::Table& table,
                    diag::Sink& sink) {
  if (table.host.nqn.empty() || table.host.id.empty() || own.host_nqn.empty() || own.hostid.empty())
    return;
  bool const same_nqn = table.host.nqn == own.host_nqn;
  bool const same_id = base::canonical_uuid(table.host.id) == own.hostid;
  if (same_nqn && same_id)
    return;
  bool const shares_half = same_nqn || same_id;
  diag::Finding& finding = sink.add(
      identity_differs,
      shares_half
          ? fmt::format("the firmware's table and this host share their {}, but not their {}",
                        same_nqn ? "host NQN" : "host ID", same_nqn ? "host ID" : "host NQN")
          : fmt::format("the firmware booted this host as `{}`, and its own host NQN is `{}`",
                        base::escaped(table.host.nqn), base::escaped(own.host_nqn)),
      diag::whole_file(table.path));
  if (shares_half) {
    finding.severity = diag::Severity::warning;
    finding.notes.emplace_back(
        "while a path of the table is connected, others end with `identity-conflict`");
  } else {
    finding.notes.emplace_back("an array knows this host by both");
  }
  finding.help = "give both the same host NQN and host ID, in the firmware's setup or in /etc/nvme";
}

// Nothing but the policy keeps it from being connected again when it is lost.
void check_taken_out(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  for (const event::Event& event : plan::firmware_events(policy, facts)) {
    decide::Decision const decision = decide::decide(policy, event, facts.hostname);
    if (decision.reason != decide::Reason::ignored_by_rule)
      continue;
    const policy::Rule& rule = *decision.rule;
    std::string const what =
        event.subsystem_nqn.empty()
            ? fmt::format("the discovery controller at `{}`", event::endpoint_text(event))
            : fmt::format("`{}` at `{}`", base::escaped(event.subsystem_nqn),
                          event::endpoint_text(event));
    diag::Finding& finding = sink.add(
        analyze::names_by_source(rule, std::string(policy::nbft_name)) ? diag::Severity::info
                                                                       : diag::Severity::warning,
        target_taken_out,
        fmt::format("{} of the firmware's table is never connected: `{}` ignores it", what,
                    policy.shown_name(rule)),
        rule.span);
    finding.help =
        "except it from the rule (`not: {source: nbft}`), or say that the table does not "
        "count (`firmware: {nbft: ignore}`)";
  }
}

bool is_named(const base::Glob& glob, const decide::Facts& facts) {
  return std::any_of(facts.nbft.begin(), facts.nbft.end(), [&](const firmware::Table& table) {
    return std::any_of(table.subsystems.begin(), table.subsystems.end(),
                       [&](const auto& subsystem) { return glob.matches(subsystem.nqn); });
  });
}

// The finding about the policy alone says `unless this host's firmware names it`.
void take_back_waits(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  for (const policy::WaitedFor& waited : policy.boot.wait_for)
    if (is_named(waited.glob, facts))
      std::erase_if(sink.findings(), [&](const diag::Finding& finding) {
        const diag::LabelledSpan* const where = diag::main_span(finding);
        return finding.code == waits_for_nothing && where != nullptr &&
               where->span.source == waited.span.source && where->span.start == waited.span.start;
      });
}

} // namespace

void check_firmware(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  if (policy.nbft == policy::NbftUse::ignore)
    return;
  take_back_waits(policy, facts, sink);
  check_readable(facts, sink);
  check_taken_out(policy, facts, sink);
  auto const own = policy.identities.find("default");
  plan::ResolvedIdentity const values = plan::values_of(
      own == policy.identities.end() ? policy::Identity{.name = "default"} : own->second, facts);
  for (const firmware::Table& table : facts.nbft) {
    check_interfaces(table, facts, sink);
    check_identity(values, table, sink);
  }
}

} // namespace nvmf::cli
