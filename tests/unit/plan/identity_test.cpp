#include "decide/samples.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

const std::string uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string host_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + uuid;

decide::Facts facts_with(const std::string& nqn, const std::string& id) {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{nqn, id};
  return facts;
}

std::shared_ptr<const policy::Policy> two_tenants() {
  return tests::loaded(R"(version: 1
identities:
  tenant-a: { hostnqn: "nqn.2014-08.com.example:tenant-a", hostid: 11111111-1111-1111-1111-111111111111, dhchap-secret: { credential: a } }
  tenant-b: { hostnqn: { file: /etc/nvmf/b.nqn }, hostid: { file: /etc/nvmf/b.id } }
targets:
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10, identity: tenant-a }
rules:
  - name: as-b
    match: { traddr: 10.21.0.0/16 }
    identity: tenant-b
    action: discover
  - name: rest
    match: { any: true }
    action: discover
)");
}

} // namespace

TEST_CASE("default is /etc/nvme, a target's own comes before, the event's device before both") {
  auto const policy = two_tenants();
  auto const facts = facts_with(host_nqn, uuid);
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  CHECK(plan::inherited_identity(*policy, facts, event).host_nqn == host_nqn);
  CHECK(plan::inherited_identity(*policy, facts, event).hostid == uuid);

  event.target = "dc-a";
  auto const tenant = plan::inherited_identity(*policy, facts, event);
  CHECK(tenant.host_nqn == "nqn.2014-08.com.example:tenant-a");
  REQUIRE(tenant.named);
  CHECK(tenant.named->secrets.size() == 1);

  event.host_nqn = "nqn.2014-08.com.example:other";
  event.hostid = "22222222-2222-2222-2222-222222222222";
  auto const device = plan::inherited_identity(*policy, facts, event);
  CHECK(device.host_nqn == "nqn.2014-08.com.example:other");
  CHECK(device.named == nullptr);
}

TEST_CASE("an inherited identity gets the secrets of the named one with the same values") {
  auto const policy = two_tenants();
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  event.host_nqn = "nqn.2014-08.com.example:tenant-a";
  event.hostid = "11111111-1111-1111-1111-111111111111";
  auto const identity = plan::inherited_identity(*policy, facts_with(host_nqn, uuid), event);
  REQUIRE(identity.named);
  CHECK(identity.named->name == "tenant-a");
}

TEST_CASE("of two with the same values the secrets are those of the one that was named") {
  auto const policy = tests::loaded(R"(version: 1
identities:
  default: { hostnqn: { file: /etc/nvme/hostnqn }, hostid: { file: /etc/nvme/hostid } }
  a-tenant: { hostnqn: { file: /etc/a.nqn }, hostid: { file: /etc/a.id }, dhchap-secret: { credential: a } }
  b-tenant: { hostnqn: { file: /etc/b.nqn }, hostid: { file: /etc/b.id }, dhchap-secret: { credential: b } }
targets:
  - { name: plain, transport: tcp, traddr: 10.20.1.10 }
  - { name: as-b, transport: tcp, traddr: 10.20.1.11, identity: b-tenant }
rules:
  - { name: rest, match: { any: true }, action: discover }
)");
  decide::Facts facts = facts_with(host_nqn, uuid);
  facts.identities = {{"a-tenant", {host_nqn, uuid}}, {"b-tenant", {host_nqn, uuid}}};
  struct {
    const char* target;
    const char* named;
  } const rows[] = {{"", "a-tenant"}, {"plain", "a-tenant"}, {"as-b", "b-tenant"}};
  for (const auto& row : rows) {
    CAPTURE(row.target);
    event::Event event = tests::log_changed_tcp("10.20.1.10");
    event.target = row.target;
    event.host_nqn = host_nqn;
    event.hostid = uuid;
    auto const identity = plan::inherited_identity(*policy, facts, event);
    REQUIRE(identity.named);
    CHECK(identity.named->name == row.named);
  }
}

TEST_CASE("a host NQN alone brings the host ID that belongs to it") {
  auto const policy = two_tenants();
  std::string const other = "33333333-3333-3333-3333-333333333333";
  struct {
    const char* name;
    std::string nqn;
    std::string id;
    std::string expected;
  } const rows[] = {
      {"both", host_nqn, other, other},
      {"a UUID in it", "nqn.2014-08.org.nvmexpress:uuid:" + other, "", other},
      {"that of a named identity", "nqn.2014-08.com.example:tenant-a", "",
       "11111111-1111-1111-1111-111111111111"},
      {"nobody's, and no UUID in it", "nqn.2014-08.com.example:other", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = tests::log_changed_tcp("10.20.1.10");
    event.host_nqn = row.nqn;
    event.hostid = row.id;
    auto const identity = plan::inherited_identity(*policy, facts_with(host_nqn, uuid), event);
    CHECK(identity.host_nqn == row.nqn);
    CHECK(identity.hostid == row.expected);
  }
}

TEST_CASE("what facts say of an identity's files") {
  std::string const other = "33333333-3333-3333-3333-333333333333";
  std::string const other_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + other;
  auto const policy = two_tenants();
  const policy::Identity& tenant = policy->identities.at("tenant-b");
  struct {
    const char* name;
    std::optional<decide::HostIdentity> known;
    std::map<std::string, std::string> files;
    std::string nqn;
    std::string id;
    std::optional<std::string> problem;
  } const rows[] = {
      {"nothing is unknown, and refused for nothing", {}, {}, "", "", {}},
      {"by name", {{"nqn.a:b", uuid}}, {}, "nqn.a:b", uuid, {}},
      {"by file",
       {},
       {{"/etc/nvmf/b.nqn", "nqn.a:b"}, {"/etc/nvmf/b.id", uuid}},
       "nqn.a:b",
       uuid,
       {}},
      {"the host NQN's file alone", {}, {{"/etc/nvmf/b.nqn", other_nqn}}, other_nqn, "", {}},
      {"empty", decide::HostIdentity{}, {}, "", "", "no host NQN"},
      {"missing files",
       {},
       {{"/etc/nvmf/b.nqn", ""}, {"/etc/nvmf/b.id", ""}},
       "",
       "",
       "no host NQN"},
      {"its own file is missing", {{other_nqn, ""}}, {}, other_nqn, "", "no hostid"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    for (bool const says_own : {false, true}) {
      decide::Facts facts;
      if (says_own)
        facts.identity = decide::HostIdentity{host_nqn, uuid};
      if (row.known)
        facts.identities["tenant-b"] = *row.known;
      facts.files = row.files;
      auto const identity = plan::values_of(tenant, facts);
      CHECK(identity.host_nqn == row.nqn);
      CHECK(identity.hostid == row.id);
      auto const problem = plan::identity_problem(identity, facts);
      CHECK((problem ? std::optional(problem->text) : std::nullopt) == row.problem);
    }
  }
}

TEST_CASE("secrets of a named identity go to nobody else") {
  auto const policy = tests::loaded(R"(version: 1
identities:
  default: { hostnqn: "nqn.a:h", hostid: 11111111-1111-1111-1111-111111111111, dhchap-secret: { credential: d } }
  other: { hostnqn: "nqn.a:o", hostid: 22222222-2222-2222-2222-222222222222, dhchap-secret: { credential: o } }
targets:
  - { name: plain, transport: tcp, traddr: 10.20.1.10 }
  - { name: as-other, transport: tcp, traddr: 10.20.1.11, identity: other }
rules:
  - { name: rest, match: { any: true }, action: discover }
)");
  struct {
    const char* name;
    const char* target;
    const char* host_nqn;
    const char* hostid;
    const char* named; // nullptr: no secrets
  } const rows[] = {
      {"nothing said", "", "", "", "default"},
      {"a target without identity", "plain", "", "", "default"},
      {"a target's identity", "as-other", "", "", "other"},
      {"a target that the policy lacks", "nobody", "", "", "default"},
      {"connected as the other", "plain", "nqn.a:o", "22222222-2222-2222-2222-222222222222",
       "other"},
      {"its hostid not shown", "", "nqn.a:o", "", "other"},
      {"the NQN of one, the hostid of another", "", "nqn.a:o",
       "11111111-1111-1111-1111-111111111111", nullptr},
      {"the hostid alone", "", "nqn.a:x", "22222222-2222-2222-2222-222222222222", nullptr},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = tests::log_changed_tcp("10.20.1.10");
    event.target = row.target;
    event.host_nqn = row.host_nqn;
    event.hostid = row.hostid;
    auto const identity = plan::inherited_identity(*policy, {}, event);
    REQUIRE((identity.named != nullptr) == (row.named != nullptr));
    if (row.named)
      CHECK(identity.named->name == row.named);
  }
}

TEST_CASE("a hostid is the same in any case: sysfs shows it in lower case") {
  auto const policy = tests::loaded(R"(version: 1
identities:
  upper: { hostnqn: "nqn.a:upper", hostid: 4C4C4544-0035-5910-804B-C2C04F444DAA, dhchap-secret: { credential: a } }
rules:
  - { name: rest, match: { any: true }, action: discover }
)");
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  event.host_nqn = "nqn.a:upper";
  for (const char* hostid :
       {"4c4c4544-0035-5910-804b-c2c04f444daa", "4C4C4544-0035-5910-804B-C2C04F444DAA"}) {
    CAPTURE(hostid);
    event.hostid = hostid;
    auto const identity = plan::inherited_identity(*policy, {}, event);
    REQUIRE(identity.named);
    CHECK(identity.named->name == "upper");
  }
  CHECK(plan::values_of(policy->identities.at("upper"), {}).hostid ==
        "4c4c4544-0035-5910-804b-c2c04f444daa");
}

TEST_CASE("a target's identity wins over the rule's") {
  auto const policy = two_tenants();
  auto const facts = facts_with(host_nqn, uuid);
  const policy::Rule& rule = policy->rules.front();
  REQUIRE(rule.identity == "tenant-b");
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  event.target = "dc-a";
  CHECK(plan::identity_for(*policy, facts, event, rule).host_nqn ==
        "nqn.2014-08.com.example:tenant-a");
  // The event has the identity that its device was connected with, not the target's.
  event.host_nqn = host_nqn;
  CHECK(plan::identity_for(*policy, facts, event, rule).host_nqn ==
        "nqn.2014-08.com.example:tenant-a");
  event.target.clear();
  CHECK(plan::identity_for(*policy, facts, event, rule).named->name == "tenant-b");
}

TEST_CASE("a rule's identity wins over an inherited one, its files are facts") {
  auto const policy = two_tenants();
  auto facts = facts_with(host_nqn, uuid);
  facts.files = {{"/etc/nvmf/b.nqn", "nqn.2014-08.com.example:tenant-b"},
                 {"/etc/nvmf/b.id", "33333333-3333-3333-3333-333333333333"}};
  auto const identity = plan::identity_for(*policy, facts, tests::log_changed_tcp("10.21.0.1"),
                                           policy->rules.front());
  CHECK(identity.host_nqn == "nqn.2014-08.com.example:tenant-b");
  CHECK(identity.hostid == "33333333-3333-3333-3333-333333333333");
}

TEST_CASE("identities that cannot be used") {
  struct {
    const char* name;
    std::string nqn;
    std::string id;
    std::optional<std::string> problem;
    plan::IdentityPart part = plan::IdentityPart::host_nqn;
  } const rows[] = {
      {"good", host_nqn, uuid, std::nullopt},
      {"no host NQN", "", uuid, "no host NQN"},
      {"no hostid, and none in the NQN", "nqn.2014-08.com.example:h", "", "no hostid",
       plan::IdentityPart::hostid},
      {"zero UUID", "nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000000", uuid,
       "host NQN has the placeholder UUID 00000000-0000-0000-0000-000000000000"},
      {"all-F hostid", host_nqn, "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
       "hostid is the placeholder UUID ffffffff-ffff-ffff-ffff-ffffffffffff",
       plan::IdentityPart::hostid},
      {"hostid is text", host_nqn, "web-07", "hostid is not a valid UUID",
       plan::IdentityPart::hostid},
      {"comma", "nqn.a:b,nqn=nqn.c:d", uuid,
       "host NQN contains a comma, blank, control or non-ASCII character"},
  };
  auto const policy =
      tests::with_rules("  - name: r\n    match: { any: true }\n    action: discover\n");
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const facts = facts_with(row.nqn, row.id);
    auto const identity =
        plan::inherited_identity(*policy, facts, tests::log_changed_tcp("10.0.0.1"));
    auto const problem = plan::identity_problem(identity, facts);
    CHECK(problem.has_value() == row.problem.has_value());
    if (!problem || !row.problem)
      continue;
    CHECK(problem->text == *row.problem);
    CHECK(problem->part == row.part);
  }
  decide::Facts const unknown;
  auto const identity =
      plan::inherited_identity(*policy, unknown, tests::log_changed_tcp("10.0.0.1"));
  CHECK_FALSE(plan::identity_problem(identity, unknown));
}

TEST_CASE("the UUID in the host NQN replaces a missing hostid file") {
  auto const policy =
      tests::with_rules("  - name: r\n    match: { any: true }\n    action: discover\n");
  auto const facts = facts_with(host_nqn, "");
  CHECK(plan::inherited_identity(*policy, facts, tests::log_changed_tcp("10.0.0.1")).hostid ==
        uuid);
}

TEST_CASE("hostid and host NQN must not be paired in two ways") {
  decide::Facts facts;
  facts.controllers = {{.device = "nvme3", .state = "live", .host_nqn = "nqn.a:b", .hostid = uuid}};
  CHECK_FALSE(plan::identity_conflict({.host_nqn = "nqn.a:b", .hostid = uuid}, facts));
  CHECK(plan::identity_conflict({.host_nqn = "nqn.a:c", .hostid = uuid}, facts) ==
        "nvme3 uses hostid " + uuid + " with host NQN nqn.a:b");
  CHECK(plan::identity_conflict(
            {.host_nqn = "nqn.a:b", .hostid = "11111111-1111-1111-1111-111111111111"}, facts) ==
        "nvme3 uses host NQN nqn.a:b with hostid " + uuid);
  for (const char* state : {"dead", "deleting", "deleting (no IO)", "new"}) {
    CAPTURE(state);
    facts.controllers->front().state = state;
    CHECK_FALSE(plan::identity_conflict({.host_nqn = "nqn.a:c", .hostid = uuid}, facts));
  }
}

TEST_CASE("two host NQNs with one hostid within one run: the second is a conflict") {
  auto const policy = tests::loaded(R"(version: 1
rules: [{ name: volumes, match: { transport: tcp }, action: connect }]
)");
  decide::Facts const facts;
  plan::PathLedger paths;
  auto const planned = [&](const char* traddr, const char* nqn, const char* id) {
    event::Event event = tests::discovered_tcp(traddr, "nqn.2014-08.com.example:vol");
    event.host_nqn = nqn;
    event.hostid = id;
    plan::Run run(*policy, facts, event, {.shared_paths = &paths});
    plan::Item const item = run.decide_event().front();
    return fmt::format("{}{}", decide::to_string(item.outcome),
                       item.detail.empty() ? "" : ": " + item.detail);
  };
  const char* const id = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
  const char* const other = "7fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
  CHECK(planned("10.0.0.1", "nqn.2014-08.com.example:a", id) == "connect");
  CHECK(planned("10.0.0.2", "nqn.2014-08.com.example:a", id) == "connect");
  CHECK(planned("10.0.0.3", "nqn.2014-08.com.example:b", id) ==
        fmt::format("refused: hostid {} is planned with host NQN nqn.2014-08.com.example:a already",
                    id));
  CHECK(planned("10.0.0.4", "nqn.2014-08.com.example:a", other) ==
        fmt::format("refused: host NQN nqn.2014-08.com.example:a is planned with hostid {} already",
                    id));
  CHECK(planned("10.0.0.5", "nqn.2014-08.com.example:b", other) == "connect");
}

TEST_CASE("entries inherit the identity of their discovery controller by its name") {
  auto const policy = tests::loaded(R"(version: 1
identities:
  default: { hostnqn: { file: /etc/nvme/hostnqn }, hostid: { file: /etc/nvme/hostid } }
  tenant-b: { hostnqn: { file: /etc/b.nqn }, hostid: { file: /etc/b.id }, dhchap-secret: { credential: b } }
rules:
  - { name: as-b, match: { any: true }, action: discover, identity: tenant-b }
  - { name: volumes, match: { source: as-b }, action: connect }
)");
  event::LogEntry const volume{.trtype = 3,
                               .adrfam = 1,
                               .subtype = event::EntrySubtype::nvm_subsystem,
                               .trsvcid = "4420",
                               .subnqn = "nqn.2014-08.com.example:found",
                               .traddr = "192.0.2.99"};
  decide::Facts unknown = facts_with(host_nqn, uuid);
  decide::Facts same = unknown;
  same.identities = {{"tenant-b", {host_nqn, uuid}}};
  struct {
    const char* name;
    const decide::Facts* facts;
    std::string nqn;
  } const rows[] = {{"its values are unknown", &unknown, ""},
                    {"its values are the host's own", &same, host_nqn}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event const event = tests::log_changed_tcp("10.20.1.10");
    plan::Run run(*policy, *row.facts, plan::with_identity(*policy, *row.facts, event));
    run.decide_event();
    run.decide_log(0, {.genctr = 1, .numrec = 1, .entries = {volume}});
    REQUIRE(run.items().size() == 2);
    const plan::Item& item = run.items().back();
    CHECK(item.outcome == decide::Outcome::connect);
    CHECK(item.tid.host_nqn == row.nqn);
    CHECK(item.connect.contains(base::OptionId::dhchap_secret));
  }
}
