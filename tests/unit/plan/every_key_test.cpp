// Every key of the language acts: a policy that says something else at that key gives another plan.
#include "decide/samples.hpp"
#include "firmware/sample_table.hpp"
#include "plan/endpoints.hpp"
#include "plan/json.hpp"
#include "plan/run.hpp"
#include "policy/key_table.hpp"

#include <doctest/doctest.h>
#include <set>
#include <tuple>

using namespace nvmf;
using policy::Section;

namespace {

decide::Facts host() {
  decide::Facts facts;
  facts.hostname = "web-07";
  facts.identity =
      decide::HostIdentity{"nqn.2014-08.com.example:host", "11111111-1111-1111-1111-111111111111"};
  facts.interfaces = {
      {.name = "ens1f0", .up = true, .addresses = {{*base::IpAddress::parse("10.20.1.77"), 24}}}};
  facts.nbft = {test::sample_table()};
  return facts;
}

event::DiscoveryLog log() {
  event::LogEntry volume{.trtype = 3,
                         .adrfam = 1,
                         .subtype = event::EntrySubtype::nvm_subsystem,
                         .secure_channel = base::SecureChannel::not_required,
                         .portid = 7,
                         .trsvcid = "4420",
                         .subnqn = "nqn.a:vol",
                         .traddr = "10.20.1.21"};
  event::LogEntry rdma = volume;
  rdma.trtype = 1;
  event::LogEntry referral = volume;
  referral.subtype = event::EntrySubtype::referral;
  referral.traddr = "10.20.1.11";
  referral.trsvcid = "8009";
  return {.genctr = 1, .numrec = 3, .entries = {volume, rdma, referral}};
}

void add_plan(std::string& plans, const policy::Policy& policy, const event::Event& event) {
  decide::Facts const facts = host();
  plan::Run run(policy, facts, event);
  run.decide_event();
  for (std::size_t i = 0; i < run.items().size() && i < 8; ++i)
    if (run.items()[i].outcome == decide::Outcome::discover)
      run.decide_log(i, log());
  plan::Plan plan = run.plan();
  plan.policy = {};
  plans += plan::to_json({}, {plan});
}

// All that the policy makes of a connected discovery controller, of its targets and of an fc event.
std::string plans_of(const std::string& text) {
  auto const policy = tests::loaded(text);
  std::string plans;
  event::Event changed = tests::log_changed_tcp("10.20.1.10");
  changed.endpoint.host_traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.77");
  changed.endpoint.host_iface = "ens1f0";
  changed.owner = "";
  changed.persistent = true;
  changed.udev = {{"ID_PATH", "pci"}};
  add_plan(plans, *policy, changed);
  for (const event::Event& target : plan::all_events(*policy, host()))
    add_plan(plans, *policy, target);
  // A place in the file is not a decision.
  std::string without_places;
  for (std::size_t at = 0; at < plans.size();) {
    auto const end = plans.find('\n', at);
    std::string const line = plans.substr(at, end - at);
    if (line.find("\"line\"") == std::string::npos)
      without_places += line + "\n";
    at = end + 1;
  }
  return without_places;
}

struct Row {
  Section section;
  std::string key;
  std::string before;
  std::string after;
};

const std::string discover = "  - {name: d, match: {any: true}, action: discover}\n";
const std::string connect = "  - {name: c, match: {any: true}, action: connect}\n";
const std::string head = "version: 1\n";

std::string rules(const std::string& text) { return head + "rules:\n" + discover + text; }
std::string discover_rule(const std::string& more) {
  return head + "rules:\n  - {name: d, match: {any: true}, action: discover" + more + "}\n" +
         connect;
}
std::string connect_rule(const std::string& more) {
  return rules("  - {name: c, match: {any: true}, action: connect" + more + "}\n");
}
std::string target(const std::string& fields, const std::string& more = "") {
  return head + more + "targets:\n  - {" + fields + "}\nrules:\n" + discover + connect;
}

// The clause against one that does not hold.
Row match_row(const std::string& key, const std::string& holds, const std::string& fails) {
  auto const with = [&](const std::string& value) {
    return rules("  - {name: c, match: {transport: tcp, " + key + ": " + value +
                 "}, action: connect}\n");
  };
  return {Section::match, key, with(holds), with(fails)};
}

std::vector<Row> match_rows() {
  std::vector<Row> rows{
      match_row("traddr", "10.20.1.0/24", "10.21.0.0/16"),
      match_row("host-traddr", "10.20.1.77", "10.20.1.78"),
      match_row("trsvcid", "4420", "4421"),
      match_row("host-iface", "\"ens*\"", "\"eth*\""),
      match_row("subsystem-nqn", "\"*:vol\"", "\"*:other\""),
      match_row("discovery-nqn", "\"*discovery\"", "\"*:dc\""),
      match_row("host-nqn", "\"*:host\"", "\"*:guest\""),
      match_row("hostname", "\"web-*\"", "\"db-*\""),
      match_row("source", "d", "e"),
      match_row("identity", "default", "t"),
      match_row("portid", "7", "8"),
      match_row("secure-channel", "not-required", "required"),
      match_row("event", "discovered", "boot"),
      match_row("not", "{portid: 8}", "{portid: 7}"),
  };
  for (Row& row : rows)
    if (row.key == "source")
      for (std::string* text : {&row.before, &row.after})
        *text += "  - {name: e, match: {transport: loop}, action: discover}\n";
  rows.push_back({Section::match, "transport",
                  ::rules("  - {name: c, match: {transport: tcp}, action: connect}\n"),
                  ::rules("  - {name: c, match: {transport: rdma}, action: connect}\n")});
  rows.push_back({Section::match, "any", ::rules(connect),
                  ::rules("  - {name: c, match: {portid: 9}, action: connect}\n")});
  rows.push_back(
      {Section::match, "udev",
       head + "rules:\n  - {name: d, match: {udev: {ID_PATH: pci}}, action: discover}\n",
       head + "rules:\n  - {name: d, match: {udev: {ID_PATH: usb}}, action: discover}\n"});
  for (const auto& [key, holds, fails] :
       {std::tuple{"owner", "none", "stas"}, std::tuple{"persistent", "true", "false"}}) {
    auto const with = [key = key](const char* value) {
      return head + "rules:\n  - {name: d, match: {" + key + ": " + value +
             "}, action: discover}\n";
    };
    rows.push_back({Section::match, key, with(holds), with(fails)});
  }
  return rows;
}

std::vector<Row> rule_rows() {
  std::string const tenant =
      "identities: {t: {hostnqn: \"nqn.a:t\", hostid: 22222222-2222-2222-2222-222222222222}}\n";
  std::string const profile = "profiles: {p: {tos: 4}}\n";
  return {
      {Section::rule, "name", connect_rule(""),
       rules("  - {name: other, match: {any: true}, action: connect}\n")},
      {Section::rule, "match", connect_rule(""),
       rules("  - {name: c, match: {transport: rdma}, action: connect}\n")},
      {Section::rule, "action", connect_rule(""),
       rules("  - {name: c, match: {any: true}, action: ignore}\n")},
      {Section::rule, "identity", tenant + connect_rule(""),
       tenant + connect_rule(", identity: t")},
      {Section::rule, "profiles", profile + connect_rule(""),
       profile + connect_rule(", profiles: [p]")},
      {Section::rule, "connect", connect_rule(""), connect_rule(", connect: {tos: 4}")},
      {Section::rule, "retry", connect_rule(""), connect_rule(", retry: {attempts: 3}")},
      {Section::rule, "persistent", discover_rule(""), discover_rule(", persistent: false")},
      {Section::rule, "poll", discover_rule(""), discover_rule(", poll: 1h")},
      {Section::rule, "referrals", discover_rule(""), discover_rule(", referrals: ignore")},
      {Section::rule, "host-side", connect_rule(""), connect_rule(", host-side: any")},
      {Section::rule, "probe", connect_rule(""), connect_rule(", probe: false")},
      {Section::rule, "expect-paths", connect_rule(""), connect_rule(", expect-paths: 4")},
  };
}

std::vector<Row> option_rows() {
  std::vector<Row> rows;
  for (const base::ConnectOption& option : base::connect_options()) {
    std::string value = "true";
    switch (option.kind) {
    case base::OptionKind::count:
      value = "32";
      break;
    case base::OptionKind::seconds:
      value = "33s";
      break;
    case base::OptionKind::flag:
      break;
    case base::OptionKind::secret:
      value = "{keyring: k}";
      break;
    case base::OptionKind::keyring:
      value = "\".nvme\"";
      break;
    }
    std::string const needed =
        option.id == base::OptionId::concat || option.id == base::OptionId::dhchap_ctrl_secret
            ? "dhchap-secret: {keyring: h}"
            : "";
    std::string const name(option.name);
    rows.push_back({Section::connect, name, connect_rule(", connect: {" + needed + "}"),
                    connect_rule(", connect: {" + needed + (needed.empty() ? "" : ", ") + name +
                                 ": " + value + "}")});
    if (needed.empty())
      rows.back().before = connect_rule("");
  }
  return rows;
}

// A map named after a transport acts on a path of that transport.
std::vector<Row> transport_rows() {
  struct Place {
    const char* transport;
    const char* address;
  };
  std::vector<Row> rows;
  for (const Place& place :
       {Place{"tcp", ", traddr: 10.20.1.21"}, Place{"rdma", ", traddr: 10.20.1.21"},
        Place{"fc", ", traddr: \"nn-0x200700a09890f5bf:pn-0x200900a09890f5bf\""},
        Place{"loop", ""}}) {
    std::string const name = place.transport;
    std::string const fields = "name: t, transport: " + name + place.address +
                               ", subsystem-nqn: \"nqn.a:vol\", connect: {queue-size: 64";
    rows.push_back({Section::connect, name, target(fields + "}"),
                    target(fields + ", " + name + ": {queue-size: 32}}")});
  }
  return rows;
}

std::vector<Row> retry_rows() {
  auto const with = [](const std::string& text) { return connect_rule(", retry: {" + text + "}"); };
  std::vector<Row> rows;
  for (const char* text : {"attempts: 3", "first-delay: 3s", "factor: 3", "max-delay: 9m",
                           "jitter: 5%", "give-up-after: 9h", "slow-delay: 9m"}) {
    std::string const key(text, std::string_view(text).find(':'));
    rows.push_back({Section::retry, key, connect_rule(""), with(text)});
  }
  return rows;
}

std::vector<Row> target_rows() {
  std::string const base =
      "name: t, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: \"nqn.a:vol\"";
  std::string const dc = "name: t, transport: tcp, traddr: 10.20.1.12";
  std::string const tenant =
      "identities: {t: {hostnqn: \"nqn.a:t\", hostid: 22222222-2222-2222-2222-222222222222}}\n";
  std::string const profile = "profiles: {p: {tos: 4}}\n";
  auto const named = [](std::string fields, const std::string& from, const std::string& to) {
    return fields.replace(fields.find(from), from.size(), to);
  };
  return {
      {Section::target, "name", target(base), target(named(base, "name: t", "name: u"))},
      {Section::target, "transport", target(base), target(named(base, "tcp", "rdma"))},
      {Section::target, "traddr", target(base), target(named(base, "1.21", "1.22"))},
      {Section::target, "trsvcid", target(base), target(base + ", trsvcid: 4421")},
      {Section::target, "host-traddr", target(base), target(base + ", host-traddr: 10.20.1.77")},
      {Section::target, "host-iface", target(base), target(base + ", host-iface: ens1f0")},
      {Section::target, "subsystem-nqn", target(base), target(named(base, ":vol", ":other"))},
      {Section::target, "identity", target(base, tenant), target(base + ", identity: t", tenant)},
      {Section::target, "profiles", target(base, profile),
       target(base + ", profiles: [p]", profile)},
      {Section::target, "connect", target(base), target(base + ", connect: {tos: 4}")},
      {Section::target, "retry", target(base), target(base + ", retry: {max-delay: 9m}")},
      {Section::target, "persistent", target(dc), target(dc + ", persistent: false")},
      {Section::target, "poll", target(dc), target(dc + ", poll: never")},
      {Section::target, "referrals", target(dc), target(dc + ", referrals: ignore")},
      {Section::target, "paths",
       target(named(base, "traddr: 10.20.1.21", "paths: [{traddr: 10.20.1.21}]")),
       target(named(base, "traddr: 10.20.1.21", "paths: [{traddr: 10.20.1.22}]"))},
      {Section::target, "host-side", target(base), target(base + ", host-side: same-subnet")},
      {Section::target, "probe", target(base), target(base + ", probe: false")},
      {Section::target, "expect-paths", target(base), target(base + ", expect-paths: 4")},
  };
}

std::vector<Row> other_rows() {
  std::string const guard = "deny:\n  - {name: g, match: {portid: 7}, reason: one}\n";
  auto const with_guard = [&](const std::string& from, const std::string& to) {
    std::string text = guard;
    return text.replace(text.find(from), from.size(), to) + connect_rule("");
  };
  auto const id = [](const std::string& fields) {
    return "identities: {t: {" + fields + "}}\n" + connect_rule(", identity: t");
  };
  std::string const nqn = "hostnqn: \"nqn.a:t\"";
  std::string const hostid = "hostid: 22222222-2222-2222-2222-222222222222";
  std::string const both = nqn + ", " + hostid;
  std::vector<Row> rows{
      {Section::guard, "name", with_guard("g", "g"), with_guard("name: g", "name: h")},
      {Section::guard, "match", with_guard("g", "g"), with_guard("portid: 7", "portid: 9")},
      {Section::guard, "reason", with_guard("g", "g"), with_guard("one", "two")},
      {Section::identity, "hostnqn", id(both), id("hostnqn: \"nqn.a:u\", " + hostid)},
      {Section::identity, "hostid", id(both),
       id(nqn + ", hostid: 33333333-3333-3333-3333-333333333333")},
      {Section::defaults, "connect", connect_rule(""),
       "defaults: {connect: {tos: 4}}\n" + connect_rule("")},
      {Section::defaults, "discover", target("name: t, transport: tcp, traddr: 10.20.1.12"),
       target("name: t, transport: tcp, traddr: 10.20.1.12", "defaults: {discover: {tos: 4}}\n")},
      {Section::defaults, "retry", connect_rule(""),
       "defaults: {retry: {attempts: 3}}\n" + connect_rule("")},
      {Section::firmware, "nbft", connect_rule(""),
       "firmware: {nbft: ignore}\n" + connect_rule("")},
      {Section::limits, "referral-depth", connect_rule(""),
       "limits: {referral-depth: 0}\n" + connect_rule("")},
      {Section::limits, "log-entries", connect_rule(""),
       "limits: {log-entries: 1}\n" + connect_rule("")},
  };
  for (const char* secret : {"dhchap-secret", "dhchap-ctrl-secret", "tls-key"})
    rows.push_back({Section::identity, secret, id(both + ", dhchap-secret: {keyring: a}"),
                    id(both + (secret == std::string("dhchap-secret")
                                   ? ", dhchap-secret: {keyring: b}"
                                   : ", dhchap-secret: {keyring: a}, " + std::string(secret) +
                                         ": {keyring: k}"))});
  struct SetRow {
    const char* kind;
    const char* holds;
    const char* fails;
  };
  for (const SetRow& set : {SetRow{"traddr", "10.20.1.0/24", "10.21.0.0/16"},
                            SetRow{"host-traddr", "10.20.1.77", "10.20.1.78"},
                            SetRow{"host-iface", "\"ens*\"", "\"eth*\""},
                            SetRow{"subsystem-nqn", "\"*:vol\"", "\"*:other\""},
                            SetRow{"host-nqn", "\"*:host\"", "\"*:guest\""}}) {
    auto const with = [&](const char* value) {
      return "sets: {s: {" + std::string(set.kind) + ": [" + value + "]}}\n" +
             rules("  - {name: c, match: {" + std::string(set.kind) +
                   ": \"@s\"}, action: connect}\n");
    };
    rows.push_back({Section::set, set.kind, with(set.holds), with(set.fails)});
  }
  return rows;
}

// `version: 1` occurs once, at the top.
std::string in_order(std::string text) {
  auto const at = text.find(head);
  return at == 0 ? text : head + text.erase(at, head.size());
}

} // namespace

TEST_CASE("changing a key changes a plan") {
  std::set<std::pair<Section, std::string>> seen;
  for (auto const& rows : {match_rows(), rule_rows(), option_rows(), transport_rows(), retry_rows(),
                           target_rows(), other_rows()})
    for (const Row& row : rows) {
      std::string const name = row.key + " of " + std::string(policy::described(row.section));
      CAPTURE(name);
      seen.emplace(row.section, row.key);
      CHECK(plans_of(in_order(row.before)) != plans_of(in_order(row.after)));
    }
  // The keys that the executor acts on (tests/unit/execute), and that boot waits for
  // (tests/unit/cli).
  seen.emplace(Section::limits, "probe-timeout");
  seen.emplace(Section::limits, "probes-in-flight");
  for (Section section : {Section::match, Section::rule, Section::connect, Section::retry,
                          Section::target, Section::guard, Section::identity, Section::defaults,
                          Section::firmware, Section::limits, Section::set})
    for (const policy::Key& key : policy::keys_of(section)) {
      std::string const name =
          std::string(key.name) + " of " + std::string(policy::described(section));
      CAPTURE(name);
      CHECK(seen.contains({section, std::string(key.name)}));
    }
}
