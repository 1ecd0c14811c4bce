#include "cli/test_report.hpp"
#include "testing/check_suite.hpp"
#include "testing/keys.hpp"
#include "testing/read_suite.hpp"
#include "testing/run_suite.hpp"

#include "load/load.hpp"
#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using namespace nvmf::cli;
using namespace nvmf::testing;

namespace {

const std::string tested_policy = R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: 192.0.2.1 }
deny:
  - { name: retired, match: { traddr: 192.0.2.64/26 }, reason: gone }
rules:
  - name: storage
    match: { transport: tcp, traddr: 192.0.2.0/24, trsvcid: 8009 }
    action: discover
    persistent: false
  - name: volumes
    match: { transport: tcp, subsystem-nqn: "nqn.2014-08.com.example:prod.*", not: { traddr: 192.0.2.9 } }
    action: connect
    host-side: same-subnet
    connect: { nr-io-queues: 16, ctrl-loss-tmo: infinity }
    retry: { first-delay: 2s, attempts: 3 }
)";

std::shared_ptr<const policy::Policy> the_policy() {
  const load::Loaded loaded = load::load_text("policy.yaml", tested_policy);
  REQUIRE(loaded.policy);
  return loaded.policy;
}

diag::SourcePtr source_of(const std::string& path, const std::string& text) {
  return std::make_shared<const diag::Source>(diag::Source{path, text});
}

// The tests of a file with one event, which most rows change a little.
const std::string volume_event =
    R"({ event: discovered, transport: tcp, traddr: 192.0.2.21, trsvcid: 4420, subsystem-nqn: "nqn.2014-08.com.example:prod.vol7" })";

std::string one_test(const std::string& expect, const std::string& event = volume_event) {
  return fmt::format("version: 1\ntests:\n  - name: a\n    event: {}\n    expect: {}\n", event,
                     expect);
}

std::vector<std::string> messages(const diag::Sink& sink) {
  std::vector<std::string> texts;
  for (const diag::Finding& finding : sink.findings())
    texts.push_back(fmt::format("{} {}:{} {}{}", finding.code, finding.spans[0].span.start.line,
                                finding.spans[0].span.start.column, finding.message,
                                finding.help.empty() ? "" : "; " + finding.help));
  return texts;
}

// The mistakes of a file, names looked up.
std::vector<std::string> mistakes_of(const std::string& text) {
  diag::Sink sink;
  auto suite = read_suite(source_of("a.test.yaml", text), sink);
  if (suite)
    check_suite(*suite, *the_policy(), sink);
  return messages(sink);
}

// In one text, so that a failure shows it.
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + '\n';
  return text;
}

struct Ran {
  std::vector<TestResult> results;
  CoverageReport coverage;
};

Ran run(const std::string& text, const std::string& path = "a.test.yaml") {
  diag::Sink sink;
  const auto policy = the_policy();
  auto suite = read_suite(source_of(path, text), sink);
  REQUIRE(suite);
  check_suite(*suite, *policy, sink);
  CHECK(messages(sink) == std::vector<std::string>{});
  Ran ran;
  Coverage coverage;
  for (const Test& test : suite->tests)
    ran.results.push_back(run_test(*policy, test, coverage));
  ran.coverage = report_of(*policy, coverage);
  return ran;
}

std::vector<std::string> differences(const TestResult& result) {
  std::vector<std::string> texts;
  for (const Difference& one : result.differences)
    texts.push_back(fmt::format("{}: {} / {}", one.what, one.expected, one.got));
  return texts;
}

} // namespace

TEST_CASE("read_suite, check_suite: every mistake at its place") {
  struct Row {
    std::string name;
    std::string text;
    std::vector<std::string> expected;
  };
  const Row rows[] = {
      {"nothing wrong", one_test("{ outcome: connect, rule: volumes }"), {}},
      {"no tests at all",
       "version: 1\ntests: []\n",
       {"204 2:8 `tests` takes a list with one test at least"}},
      {"a target that is none",
       one_test("{ outcome: discover }",
                "{ event: boot, transport: tcp, traddr: 192.0.2.1, trsvcid: 8009, target: dc-b }"),
       {"901 3:11 the policy has no target `dc-b`; did you mean `dc-a`?"}},
      {"a target that is one",
       one_test("{ outcome: discover }",
                "{ event: boot, transport: tcp, traddr: 192.0.2.1, trsvcid: 8009, target: dc-a }"),
       {}},
      {"counts of what nothing brings",
       one_test("{ outcome: ignored, connects: 4, reasons: { no-rule-matched: 5, denied: 1 } }"),
       {"903 5:43 no log is read, so that there is only the event, which is `ignored`",
        "903 5:74 no log is read, and an event that is `ignored` counts once",
        "903 5:85 no log is read, so that there is only the event, which is `ignored`"}},
      {"counts that the event alone gives, or several of its paths",
       one_test(
           "{ outcome: connect, connects: 2, outcomes: { ignored: 0 }, reasons: { denied: 0 } }"),
       {}},
      {"not even the event",
       one_test("{ outcome: connect, connects: 0 }"),
       {"903 5:43 the event itself is `connect`, so that there is one at least"}},
      {"no version",
       "tests: {}\n",
       {"201 1:1 `version: 1` is missing", "204 1:8 `tests` takes a list, not a map"}},
      {"another version",
       "version: 2\ntests: {}\n",
       {"202 1:10 this program reads `version: 1`", "204 2:8 `tests` takes a list, not a map"}},
      {"unknown keys",
       "version: 1\npolicies: a.yaml\ntests:\n  - { name: a, evnt: {}, expect: { outcome: ignored "
       "} }\n",
       {"203 2:1 unknown key `policies` in a test file",
        "203 4:16 unknown key `evnt` in a test; did you mean `event`?"}},
      {"no event and no expectation",
       "version: 1\ntests:\n  - { name: a }\n",
       {"205 3:13 test `a` needs `event`", "205 3:13 test `a` needs `expect`"}},
      {"no outcome", one_test("{ rule: volumes }"), {"205 5:13 `expect` needs `outcome`"}},
      {"unknown words",
       one_test("{ outcome: connected, reason: no-rule-match, reasons: { self: 1 } }"),
       {"901 5:24 unknown outcome `connected`; did you mean `connect`?",
        "901 5:43 unknown reason `no-rule-match`; did you mean `no-rule-matched`?",
        "901 5:69 unknown reason `self`; did you mean `self-entry`?"}},
      {"names that the policy does not have",
       one_test("{ outcome: connect, rule: volume, connect: { nr-io-queue: 1 } }"),
       {"901 5:58 unknown connect option `nr-io-queue`; did you mean `nr-io-queues`?",
        "901 5:39 the policy has no rule `volume`; did you mean `volumes`?"}},
      {"a guard that is not there",
       one_test("{ outcome: denied, guard: retird }"),
       {"901 5:39 the policy has no guard `retird`; did you mean `retired`?"}},
      {"a source that is not there",
       one_test(
           "{ outcome: connect }",
           R"({ event: discovered, transport: tcp, traddr: 192.0.2.21, subsystem-nqn: "nqn.2014-08.com.example:prod.a", source: dc-b })"),
       {"901 3:11 the event's source `dc-b` names neither a target nor a rule"}},
      {"durations need units",
       one_test("{ outcome: connect, retry-schedule: [2] }"),
       {"209 5:50 `retry-schedule` needs a unit: `2`; write `2s` for seconds"}},
      {"two tests of one name",
       "version: 1\ntests:\n  - { name: a, event: " + volume_event +
           ", expect: { outcome: connect } }\n  - { name: a, event: " + volume_event +
           ", expect: { outcome: connect } }\n",
       {"902 4:13 there is another test `a`"}},
      {"a guard and a rule",
       one_test("{ outcome: denied, rule: volumes, guard: retired }"),
       {"903 5:38 rule `volumes` is `connect`, it never leads to `denied`",
        "903 5:54 a rule and a guard cannot both decide"}},
      {"a guard that lets in",
       one_test("{ outcome: connect, guard: retired }"),
       {"903 5:40 a guard leads to `denied`, not to `connect`"}},
      {"a reason of another outcome",
       one_test("{ outcome: refused, reason: self-entry }"),
       {"903 5:41 the outcome `refused` never has the reason `self-entry`"}},
      {"a rule, and that none matched",
       one_test("{ outcome: ignored, reason: no-rule-matched, rule: volumes }"),
       {"903 5:41 `rule` and `no-rule-matched` exclude each other"}},
      {"options of what is not tried",
       one_test("{ outcome: ignored, connect: { tos: 1 } }"),
       {"903 5:49 the outcome `ignored` has no connect options"}},
      {"two counts of one thing",
       one_test("{ outcome: connect, connects: 1, outcomes: { connect: 2 } }"),
       {"903 5:67 `connects` and `outcomes.connect` differ"}},
      {"an event without a field that the rule asks for",
       one_test("{ outcome: discover, rule: storage }", "{ event: boot, transport: loop }"),
       {"904 3:11 rule `storage` asks for `traddr`, which the event of test `a` does not have",
        "904 3:11 rule `storage` asks for `trsvcid`, which the event of test `a` does not have"}},
      {"a log that is not there",
       one_test("{ outcome: discover }\n    discovery-log: none.json"),
       {"901 6:20 none.json: No such file or directory"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(joined(mistakes_of(row.text)) == joined(row.expected));
  }
}

TEST_CASE("run_test: only what differs") {
  struct Row {
    std::string name;
    std::string text;
    std::vector<std::string> expected;
  };
  const std::string in_two_subnets =
      "\n    facts: { interfaces: [{ name: a, up: true, addresses: [192.0.2.30/24] }, "
      "{ name: b, up: true, addresses: [192.0.2.31/24] }] }";
  const Row rows[] = {
      {"all is as expected",
       one_test("{ outcome: connect, rule: volumes, connect: { nr-io-queues: 16, ctrl-loss-tmo: "
                "infinity, tos: null }, retry-schedule: [2s, 4s] }"),
       {}},
      {"spellings of one value",
       one_test("{ outcome: connect, rule: 50-autoconnect/volumes, "
                "retry-schedule: [2000ms] }"),
       {}},
      {"outcome and reason",
       one_test("{ outcome: denied, reason: denied }"),
       {"outcome: denied / connect", "reason: denied / none"}},
      {"ignored never replaces denied",
       one_test(
           "{ outcome: ignored }",
           "{ event: discovery-log-changed, transport: tcp, traddr: 192.0.2.65, trsvcid: 8009 }"),
       {"outcome: ignored / denied"}},
      {"options",
       one_test("{ outcome: connect, connect: { nr-io-queues: 8, tos: 4 } }"),
       {"connect.nr-io-queues: 8 / 16", "connect.tos: 4 / none"}},
      {"the attempts end",
       one_test("{ outcome: connect, retry-schedule: [2s, 4s, 8s] }"),
       {"retry-schedule: [2s, 4s, 8s] / [2s, 4s]"}},
      {"no retry is wanted",
       one_test("{ outcome: connect, retry-schedule: [] }"),
       {"retry-schedule: [] / [2s]"}},
      {"host side of each path",
       one_test("{ outcome: connect, connects: 2, entries: [{ entry: { host-iface: a }, outcome: "
                "connect, host-traddr: 192.0.2.30 }, { entry: { host-iface: b }, outcome: connect, "
                "host-traddr: 192.0.2.30, paths: 1 }, { entry: { host-iface: c }, outcome: connect "
                "}] }" +
                in_two_subnets),
       {"entry b: host-traddr: 192.0.2.30 / 192.0.2.31", "entry c: paths: some / 0"}},
      {"the string",
       one_test("{ outcome: connect, host-iface: null, string: "
                "\"nqn=nqn.2014-08.com.example:prod.vol7,transport=tcp\" }"),
       {"string: nqn=nqn.2014-08.com.example:prod.vol7,transport=tcp / "
        "nqn=nqn.2014-08.com.example:prod.vol7,transport=tcp,traddr=192.0.2.21,trsvcid=4420,"
        "nr_io_queues=16,ctrl_loss_tmo=-1"}},
      {"persistence",
       one_test(
           "{ outcome: discover, persistent: if-supported }",
           "{ event: discovery-log-changed, transport: tcp, traddr: 192.0.2.1, trsvcid: 8009 }"),
       {"persistent: if-supported / false"}},
      {"counts",
       one_test("{ outcome: refused, outcomes: { refused: 2 }, reasons: { source-missing: 1 } }"),
       {"outcome: refused / connect", "outcomes.refused: 2 / 0", "reasons.source-missing: 1 / 0"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Ran ran = run(row.text);
    REQUIRE(ran.results.size() == 1);
    CHECK(joined(differences(ran.results.front())) == joined(row.expected));
  }
}

TEST_CASE("cases: the test's event with other keys, the case's own expectation") {
  const Ran ran = run(fmt::format(R"(version: 1
tests:
  - name: volumes
    event: {}
    expect: {{ outcome: connect, rule: volumes }}
    cases:
      - {{ name: another, event: {{ subsystem-nqn: "nqn.2014-08.com.example:prod.b" }} }}
      - {{ event: {{ traddr: 192.0.2.9 }}, expect: {{ outcome: ignored }} }}
      - {{ name: retired, event: {{ traddr: 192.0.2.70 }} }}
)",
                                  volume_event));
  REQUIRE(ran.results.size() == 3);
  CHECK(ran.results[0].name == "volumes: another");
  CHECK(ran.results[0].passed());
  CHECK(ran.results[1].name == "volumes: 2");
  CHECK(ran.results[1].passed());
  CHECK(differences(ran.results[2]) ==
        std::vector<std::string>{"outcome: connect / denied", "rule: volumes / none"});
  CHECK(ran.results[2].explain == "event=discovered transport=tcp traddr=192.0.2.70 trsvcid=4420 "
                                  "subsystem-nqn=nqn.2014-08.com.example:prod.vol7");
}

TEST_CASE("coverage: names what no test has shown") {
  const Ran ran = run(one_test("{ outcome: connect }"));
  std::vector<std::string> missing;
  for (const Missing& one : ran.coverage.missing)
    missing.push_back(fmt::format("{} {} {}", one.name, to_string(one.what), one.clause));
  CHECK(missing == std::vector<std::string>{
                       "retired never-decides ", "retired never-true traddr",
                       "storage never-decides ", "storage never-asked transport",
                       "storage never-asked traddr", "storage never-asked trsvcid",
                       "volumes never-false transport", "volumes never-false subsystem-nqn",
                       "volumes never-true not traddr"});
  CHECK(ran.coverage.rules == 1);
  CHECK(ran.coverage.clauses == 0);
  CHECK(ran.coverage.all_clauses == 7);
}

TEST_CASE("events, facts and logs may be files beside the test file") {
  test::TemporaryTree tree;
  tree.write("/event.yaml", "event: discovery-log-changed\ntransport: tcp\ntraddr: 192.0.2.1\n"
                            "trsvcid: 8009\n");
  tree.write("/facts.yaml", "hostname: web\n");
  tree.write("/log.json", R"({"genctr": 1, "records": [{"trtype": "tcp", "adrfam": "ipv4",
    "subtype": "nvme subsystem", "treq": "not specified", "portid": 1, "trsvcid": "4420",
    "subnqn": "nqn.2014-08.com.example:prod.a", "traddr": "192.0.2.21", "eflags": "none",
    "sectype": "none"}]})");
  const Ran ran =
      run("version: 1\nfacts: facts.yaml\ntests:\n  - name: a\n    event: event.yaml\n"
          "    discovery-log: log.json\n    expect: { outcome: discover, connects: 2 }\n",
          tree.root() + "/a.test.yaml");
  REQUIRE(ran.results.size() == 1);
  CHECK(differences(ran.results.front()) == std::vector<std::string>{"connects: 2 / 1"});
  // The facts' host name cannot be said beside the file.
  CHECK(ran.results.front().explain ==
        fmt::format("event=discovery-log-changed transport=tcp traddr=192.0.2.1 trsvcid=8009 "
                    "hostname=web --discovery-log {}/log.json",
                    tree.root()));
  const Ran alone =
      run("version: 1\ntests:\n  - name: a\n    event: event.yaml\n    discovery-log: log.json\n"
          "    expect: { outcome: discover, connects: 2 }\n",
          tree.root() + "/a.test.yaml");
  CHECK(alone.results.front().explain == fmt::format("--event {0}/event.yaml --discovery-log "
                                                     "{0}/log.json",
                                                     tree.root()));
}

TEST_CASE("the arguments that explain a test have all that the test has") {
  struct Row {
    const char* name;
    const char* event;
    const char* facts;
    const char* explain;
  };
  const Row rows[] = {
      {"sources",
       "{ event: discovered, transport: tcp, traddr: 192.0.2.70, subsystem-nqn: nqn.a, source: "
       "[storage, volumes] }",
       "{ hostname: web }",
       "event=discovered transport=tcp traddr=192.0.2.70 trsvcid=4420 subsystem-nqn=nqn.a "
       "source=storage,volumes hostname=web"},
      {"the facts' identity",
       "{ event: discovered, transport: tcp, traddr: 192.0.2.70, subsystem-nqn: nqn.a }",
       "{ identity: { hostnqn: nqn.h, hostid: 11111111-2222-4333-8444-555555555555 } }",
       "event=discovered transport=tcp traddr=192.0.2.70 trsvcid=4420 subsystem-nqn=nqn.a "
       "host-nqn=nqn.h hostid=11111111-2222-4333-8444-555555555555 identity=default"},
      {"device and target, and of udev only what a clause looks at",
       "{ event: boot, transport: tcp, traddr: 192.0.2.70, device: nvme0, target: dc-a, udev: { A: "
       "b } }",
       "{}", "event=boot transport=tcp traddr=192.0.2.70 trsvcid=8009 device=nvme0 target=dc-a"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Ran ran =
        run(fmt::format("version: 1\ntests:\n  - name: a\n    event: {}\n    facts: {}\n"
                        "    expect: {{ outcome: connect }}\n",
                        row.event, row.facts));
    REQUIRE(ran.results.size() == 1);
    CHECK(ran.results.front().explain == row.explain);
  }
}

TEST_CASE("a refused path says why") {
  const Ran ran = run(one_test("{ outcome: connect, connects: 1 }\n    facts: { kernel-options: "
                               "[nqn, transport, traddr, trsvcid, nr_io_queues] }"));
  REQUIRE(ran.results.size() == 1);
  const auto& found = ran.results.front().differences;
  REQUIRE(found.size() == 2);
  CHECK(difference_text(found[0]) ==
        "outcome: expected connect, got refused (kernel-option-missing: ctrl-loss-tmo)");
  CHECK(difference_text(found[1]) ==
        "connects: expected 1, got 0 (kernel-option-missing: ctrl-loss-tmo)");
}

TEST_CASE("reports: passed and failed, as XML and as JSON") {
  TestReport report;
  report.suites.push_back(
      {.path = "a&b.test.yaml",
       .policy = {"my policy.yaml"},
       .tests = {{.name = "one"},
                 {.name = "<two>",
                  .differences = {{"outcome", "connect", "refused", "security-required"}},
                  .explain = "x=1"}}});
  diag::Sink mistakes;
  mistakes.add(901, "the policy has no rule `<x>`",
               {source_of("c.test.yaml", "x"), {1, 1}, {1, 2}});
  report.broken.push_back({.path = "c.test.yaml", .findings = mistakes.findings(), .problem = {}});
  report.broken.push_back({.path = "d.test.yaml", .findings = {}, .problem = "it is not there"});
  CHECK(report.passed() == 1);
  CHECK(report.failed() == 3);
  const std::string xml = report_junit(report);
  CHECK(
      xml.find("<testsuite name=\"a&amp;b.test.yaml\" tests=\"2\" failures=\"1\" errors=\"0\">") !=
      std::string::npos);
  CHECK(xml.find("name=\"&lt;two&gt;\"") != std::string::npos);
  CHECK(xml.find("<testsuite name=\"c.test.yaml\" tests=\"1\" failures=\"0\" errors=\"1\">") !=
        std::string::npos);
  CHECK(xml.find("<error message=\"could not be run: the policy has no rule `&lt;x&gt;`\">"
                 "c.test.yaml:1:1: error[NVP901] unknown-name-in-test: the policy has no rule "
                 "`&lt;x&gt;`\n</error>") != std::string::npos);
  CHECK(xml.find("<error message=\"could not be run: it is not there\"></error>") !=
        std::string::npos);
  const std::string json = report_json(report);
  CHECK(json.find("\"problem\": \"it is not there\"") != std::string::npos);
  CHECK(json.find("\"code\": \"NVP901\"") != std::string::npos);
  CHECK(report_text(report, ShowPassed::no, cli::Palette::plain()) ==
        "a&b.test.yaml\n  FAIL  <two>  ()\n        outcome: expected connect, got refused "
        "(security-required)\n"
        "        see: nvmf-policy --policy 'my policy.yaml' explain x=1\n"
        "c.test.yaml: could not be run\nd.test.yaml: could not be run\n1 passed, 3 failed\n");
}

TEST_CASE("the table of keys: each key says what it is") {
  for (const Key& key : keys()) {
    CAPTURE(key.key.name);
    CHECK_FALSE(key.key.about.empty());
    CHECK(find_key(key.section, key.key.name) == &key);
  }
}
