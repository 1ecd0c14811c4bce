#include "cli/known_paths.hpp"

#include "decide/samples.hpp"
#include "execute/state.hpp"
#include "failing_files.hpp"
#include "host/kept_away.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;
using base::Subject;
using event::EntrySubtype;
using execute::PathState;

namespace {

class ClockAtThousand final : public base::Clock {
public:
  base::Duration since_boot() const override { return std::chrono::seconds(1000); }
  std::chrono::system_clock::time_point now() const override { return {}; }
};

constexpr const char* known_volume = "nqn.2014-08.com.example:v";
constexpr const char* own_nqn = "nqn.2014-08.com.example:host";
constexpr const char* own_id = "1db6f0a3-9b3a-4a3f-9d5e-0a4d1f1c2b3a";

plan::Tid known_tid(const char* traddr, std::uint16_t trsvcid, const char* nqn) {
  return {.endpoint = base::Endpoint{.traddr = base::Traddr::parse_any(traddr), .trsvcid = trsvcid},
          .subsystem_nqn = nqn,
          .host_nqn = own_nqn,
          .hostid = own_id};
}

const plan::Tid dc_tid = known_tid("10.20.1.10", 8009, "nqn.2014-08.org.nvmexpress.discovery");
const plan::Tid volume_tid = known_tid("10.20.1.21", 4420, known_volume);

execute::PathRecord record_of(PathState state, const char* reason) {
  return {.tid = volume_tid, .state = state, .reason = reason};
}

// A discovery controller's session that read a log with one entry.
execute::State session(std::vector<execute::PathRecord> paths) {
  execute::State state{.id = "0123456789abcdef", .phase = execute::Phase::done};
  state.plan.id = state.id;
  state.plan.event = {.kind = base::EventKind::discovery_log_changed,
                      .endpoint = *dc_tid.endpoint,
                      .host_nqn = own_nqn,
                      .hostid = own_id};
  state.plan.items.push_back({.outcome = decide::Outcome::discover,
                              .subject = Subject::discovery_controller,
                              .event = base::EventKind::discovery_log_changed,
                              .tid = dc_tid});
  execute::LogRecord log{.tid = dc_tid, .read = std::chrono::seconds(820)};
  log.log.entries.push_back({.trtype = 3,
                             .adrfam = 1,
                             .subtype = EntrySubtype::nvm_subsystem,
                             .trsvcid = "4420",
                             .subnqn = known_volume,
                             .traddr = "10.20.1.21"});
  state.logs.push_back(log);
  state.paths = std::move(paths);
  return state;
}

execute::State cancelled() {
  execute::State state = session({record_of(PathState::waiting, "refused")});
  state.phase = execute::Phase::cancelled;
  state.why = "stopped";
  return state;
}

execute::State without_log() {
  execute::State state = session({});
  state.logs.clear();
  state.plan.items.push_back({.outcome = decide::Outcome::denied,
                              .reason = decide::Reason::denied,
                              .detail = "wiped",
                              .parent = 0,
                              .subject = Subject::io_subsystem,
                              .tid = volume_tid});
  return state;
}

execute::State unread() {
  execute::State state = session({{.subject = Subject::discovery_controller,
                                   .tid = dc_tid,
                                   .state = PathState::waiting,
                                   .tries = 2,
                                   .next_try = std::chrono::seconds(1004),
                                   .error_class = fabrics::ErrorClass::unreachable,
                                   .reason = "Connection timed out"}});
  state.logs.clear();
  return state;
}

const std::string from_log = "  listed by   the log of tcp 10.20.1.10:8009: 1 entry, read 3m ago\n";
const std::string from_rule = "  decided by  rule c  autoconnect.yaml:4\n";
const std::string head = "  nqn.2014-08.com.example:v  tcp 10.20.1.21:4420\n";

std::string suggestion_of(const std::string& identity) {
  return "  to do       nvmf-policy explain --suggest event=discovered transport=tcp "
         "traddr=10.20.1.21 trsvcid=4420 subsystem-nqn=nqn.2014-08.com.example:v " +
         identity + " portid=0 secure-channel=unspecified source=d,50-autoconnect/d\n";
}
const std::string suggestion =
    suggestion_of("host-nqn=nqn.2014-08.com.example:host "
                  "hostid=1db6f0a3-9b3a-4a3f-9d5e-0a4d1f1c2b3a identity=default");

constexpr const char* everything = "rules:\n"
                                   "  - { name: d, match: { any: true }, action: discover }\n"
                                   "  - { name: c, match: { any: true }, action: connect }\n";

} // namespace

TEST_CASE("known paths: who lists it, who decides it, what was tried, what to do") {
  struct Row {
    const char* name;
    const char* policy; // behind `version: 1`
    std::vector<execute::State> states;
    bool is_kept_away;
    const char* asked;
    std::string expected;
  };
  execute::PathRecord waiting = record_of(PathState::waiting, "Connection refused");
  waiting.tries = 3;
  waiting.next_try = std::chrono::seconds(1012);
  waiting.error_class = fabrics::ErrorClass::refused;
  execute::PathRecord rejected = record_of(PathState::waiting, "rejected: not allowed");
  rejected.error_class = fabrics::ErrorClass::rejected;
  const Row rows[] = {
      {"nothing knows it",
       everything,
       {},
       false,
       known_volume,
       "UNKNOWN  nqn.2014-08.com.example:v\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "  perhaps     the array does not list it to the host NQN of this host\n"
       "  to do       nvmf-policy identity\n"},
      {"an address that nothing has",
       everything,
       {},
       false,
       "10.20.1.99",
       "UNKNOWN  10.20.1.99\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "  to do       nvmf-policy show targets\n"},
      {"a slip in the NQN",
       everything,
       {session({})},
       false,
       "nqn.2014-08.com.exmaple:v",
       "UNKNOWN  nqn.2014-08.com.exmaple:v\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "  near        nqn.2014-08.com.example:v\n"},
      {"the state has no log any more",
       everything,
       {without_log()},
       false,
       known_volume,
       "UNKNOWN  nqn.2014-08.com.example:v\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "\nnot known:\n"
       "              discovery-log-changed  tcp 10.20.1.10:8009 listed 10.20.1.21:4420 once: "
       "denied: wiped; the log itself is not there any more\n"},
      {"waits for its next try",
       everything,
       {session({waiting})},
       false,
       known_volume,
       "CONNECT" + head + from_log + from_rule +
           "  this host   would connect\n"
           "  state       waiting  try 4 in 12s: refused: Connection refused\n"
           "  to do       nvmf-policy resume nqn.2014-08.com.example:v\n"},
      {"by its address, in another spelling",
       everything,
       {session({rejected})},
       false,
       "::ffff:10.20.1.21",
       "CONNECT" + head + from_log + from_rule +
           "  this host   would connect\n"
           "  state       waiting  rejected: not allowed\n"
           "  to do       nvmf-policy identity\n"},
      {"no rule wants it",
       "rules:\n"
       "  - { name: d, match: { any: true }, action: discover }\n"
       "  - { name: c, match: { traddr: 10.9.0.1 }, action: connect }\n",
       {session({})},
       false,
       known_volume,
       "IGNORED" + head + from_log +
           "  decided by  no rule matched\n"
           "  this host   would connect\n"
           "  state       not tried\n" +
           suggestion},
      {"a guard denies it",
       "deny: [{ name: g, match: { traddr: 10.20.1.21 }, reason: wiped }]\n"
       "rules: [{ name: d, match: { any: true }, action: discover }]\n",
       {session({})},
       false,
       known_volume,
       "DENIED" + head + from_log +
           "  decided by  guard g  autoconnect.yaml:2: wiped\n"
           "  this host   would connect\n"
           "  state       not tried\n"
           "  to do       nvmf-policy show guards\n"},
      {"disconnected by hand, and no state has it",
       everything,
       {},
       true,
       known_volume,
       "CONNECT" + head + "  listed by   no log and no target that is known here\n" + from_rule +
           "  this host   would connect\n"
           "  state       removed-by-administrator\n"
           "  to do       nvmf-policy resume nqn.2014-08.com.example:v\n"},
      {"cancelled",
       everything,
       {cancelled()},
       false,
       known_volume,
       "CONNECT" + head + from_log + from_rule +
           "  this host   would connect\n"
           "  state       cancelled, with all of its discovery controller\n"
           "  to do       nvmf-policy resume 10.20.1.10\n"},
      {"a log that could list it is not known",
       everything,
       {unread()},
       false,
       known_volume,
       "UNKNOWN  nqn.2014-08.com.example:v\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "  perhaps     the array does not list it to the host NQN of this host\n"
       "  to do       nvmf-policy identity\n"
       "\nnot known:\n"
       "              the log of tcp 10.20.1.10:8009 cannot be read now: waiting: try 3 in 4s: "
       "unreachable: Connection timed out\n"},
      {"the discovery controller itself",
       everything,
       {unread()},
       false,
       "10.20.1.10",
       "DISCOVER  discovery  tcp 10.20.1.10:8009\n"
       "  listed by   an event of its own, tcp 10.20.1.10:8009\n"
       "  decided by  rule d  autoconnect.yaml:3\n"
       "  this host   would connect and read its log\n"
       "  state       waiting  try 3 in 4s: unreachable: Connection timed out\n"
       "  to do       ip route get 10.20.1.10\n"},
      {"a target that nobody tried",
       "targets: [{ name: t, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "
       "\"nqn.2014-08.com.example:v\" }]\n",
       {},
       false,
       known_volume,
       "CONNECT" + head +
           "  listed by   target t, tcp 10.20.1.21:4420\n"
           "  decided by  target t  autoconnect.yaml:2\n"
           "  this host   would connect\n"
           "  state       no service tries it: nvmf-policy.service is not active\n"
           "  to do       systemctl enable --now nvmf-policy.service\n"},
      {"this host refuses the discovery controller by now",
       "identities: { other: { hostnqn: { file: /absent }, hostid: { file: /absent } } }\n"
       "rules:\n"
       "  - { name: d, match: { any: true }, action: discover, identity: other }\n",
       {session({})},
       false,
       known_volume,
       "IGNORED" + head + from_log +
           "  decided by  no rule matched\n"
           "  this host   would refuse: identity-missing: no host NQN\n"
           "  state       not tried\n" +
           suggestion_of("identity=other") +
           "\nnot known:\n"
           "              discovery-log-changed  tcp 10.20.1.10:8009 is explained as if this host "
           "did not refuse the discovery controller: identity-missing: no host NQN\n"},
      {"its discovery controller is not wanted any more",
       "deny: [{ name: g, match: { traddr: 10.20.1.10 }, reason: x }]\n",
       {session({})},
       false,
       known_volume,
       "UNKNOWN  nqn.2014-08.com.example:v\n"
       "  listed by   no log, target, state or controller that is known here\n"
       "\nnot known:\n"
       "              the log of discovery-log-changed  tcp 10.20.1.10:8009 lists it, and is not "
       "read any more: the discovery controller itself is denied\n"},
  };
  decide::Facts facts;
  facts.identity = decide::HostIdentity{own_nqn, own_id};
  facts.files["/absent"] = "";
  facts.controllers.emplace();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    base::RealFileSystem files = tree.files();
    tree.make_directory("/run/nvmf/state");
    for (const execute::State& state : row.states)
      REQUIRE(execute::write_state(files, state, ClockAtThousand()));
    if (row.is_kept_away)
      REQUIRE(host::KeptAway(files).add({.kind = base::EventKind::controller_lost,
                                         .subject = Subject::io_subsystem,
                                         .endpoint = *volume_tid.endpoint,
                                         .subsystem_nqn = known_volume,
                                         .host_nqn = own_nqn,
                                         .hostid = own_id},
                                        ""));
    const auto policy = tests::loaded(std::string("version: 1\n") + row.policy);
    const auto known =
        cli::find_known_paths(files, ClockAtThousand(), *policy, facts, {}, row.asked);
    REQUIRE(known);
    CHECK(cli::known_paths_text(*known, row.asked, {}) == row.expected);
  }
}

TEST_CASE("known paths: subsystems that are near to a word") {
  struct Row {
    const char* word;
    std::vector<std::string> near;
  };
  const cli::KnownPaths known{
      .nqns = {"nqn.a:db1", "nqn.a:db2", "nqn.a:db3", "nqn.a:db4", "nqn.a:prod.vol5"}};
  for (const Row& row : {
           Row{"prod.vol5", {"nqn.a:prod.vol5"}},
           Row{"NQN.A:prod.VOL5", {"nqn.a:prod.vol5"}},
           Row{"nqn.a:prod.vol55", {"nqn.a:prod.vol5"}},
           Row{":db", {"nqn.a:db1", "nqn.a:db2", "nqn.a:db3"}},
           Row{"discovered", {}},
           Row{"", {}},
       }) {
    CAPTURE(row.word);
    CHECK(cli::near_nqns(known, row.word) == row.near);
  }
}

TEST_CASE("known paths: a state that may not be read is not an empty one") {
  test::TemporaryTree tree;
  auto files = tree.files();
  test::FailingFiles failing(files);
  failing.reads = {{"/run/nvmf/state", EACCES}};
  const auto policy = tests::loaded(std::string("version: 1\n") + everything);
  const auto known =
      cli::find_known_paths(failing, ClockAtThousand(), *policy, {}, {}, known_volume);
  REQUIRE_FALSE(known);
  CHECK(known.error().message == "/run/nvmf/state: Permission denied");
}
