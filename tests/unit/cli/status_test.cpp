#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"

#include "failing_files.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using base::Subject;
using decide::Outcome;
using decide::Reason;
using execute::PathState;
using execute::Phase;

namespace {

constexpr const char* state_id = "0123456789abcdef";
constexpr const char* host_nqn = "nqn.2014-08.com.example:host";
constexpr const char* volume_nqn = "nqn.2014-08.com.example:prod.vol7";

class FixedClock final : public base::Clock {
public:
  base::Duration since_boot() const override { return std::chrono::seconds(1000); }
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1767323045));
  }
};

plan::Tid tid_of(const char* traddr, std::uint16_t trsvcid, const char* nqn) {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = base::Traddr::parse_any(traddr),
                                     .trsvcid = trsvcid},
          .subsystem_nqn = nqn,
          .host_nqn = host_nqn};
}

const plan::Tid volume_path = tid_of("10.20.1.21", 4420, volume_nqn);
const plan::Tid discovery_path = tid_of("10.20.1.10", 8009, "nqn.2014-08.org.nvmexpress.discovery");

// The state of an executor that read a log with one entry.
execute::State state_of(execute::PathRecord record, plan::Item item = {.outcome = Outcome::connect,
                                                                       .parent = 0,
                                                                       .tid = volume_path}) {
  execute::State state{.id = state_id, .phase = Phase::done};
  state.plan.id = state_id;
  state.plan.event = {.kind = base::EventKind::discovery_log_changed,
                      .endpoint = *discovery_path.endpoint};
  state.plan.items.push_back({.outcome = Outcome::discover,
                              .subject = Subject::discovery_controller,
                              .event = base::EventKind::discovery_log_changed,
                              .tid = discovery_path});
  state.plan.items.push_back(std::move(item));
  state.paths.push_back(std::move(record));
  return state;
}

execute::State live() {
  return state_of({.item = 1, .tid = volume_path, .state = PathState::live, .device = "nvme3"});
}

execute::State of_discovery(PathState how, const char* reason) {
  execute::State state = state_of({.item = 0,
                                   .subject = Subject::discovery_controller,
                                   .tid = discovery_path,
                                   .state = how,
                                   .reason = reason});
  state.plan.items.pop_back();
  return state;
}

execute::State without_path(plan::Item item) {
  item.parent = 0;
  execute::State state = state_of({}, std::move(item));
  state.paths.clear();
  return state;
}

void put_controller(test::TemporaryTree& tree, const std::string& kernel_state) {
  const std::string at = "/sys/class/nvme/nvme3/";
  tree.write(at + "transport", "tcp\n");
  tree.write(at + "address", "traddr=10.20.1.21,trsvcid=4420,src_addr=10.20.1.77\n");
  tree.write(at + "subsysnqn", std::string(volume_nqn) + '\n');
  tree.write(at + "hostnqn", std::string(host_nqn) + '\n');
  tree.write(at + "state", kernel_state + '\n');
  tree.write(at + "cntrltype", "io\n");
  tree.make_directory(at + "nvme2c3n1"); // the path of a head that several controllers share
}

event::Event kept_away_event() {
  return {.kind = base::EventKind::controller_lost,
          .subject = Subject::io_subsystem,
          .endpoint = *volume_path.endpoint,
          .subsystem_nqn = volume_path.subsystem_nqn,
          .host_nqn = volume_path.host_nqn};
}

const std::string no_policy = "policy     none: nothing is connected\n"
                              "in charge  no: nvmf-policy.service is not active\n";
const std::string happened = "\nsources\n  discovery-log-changed  tcp 10.20.1.10:8009  ";

// `row` is that of the path, below the portal.
std::string one_of_one(const char* row) {
  return no_policy + "\nsubsystems\n  nqn.2014-08.com.example:prod.vol7  paths 1 of 1\n" +
         "\nconnections\n  interface not known\n    10.20.1.21:4420  tcp  from 10.20.1.77\n      " +
         row + '\n' + happened + "done, paths 1 of 1\n";
}
std::string problem(const std::string& row, const char* remedy) {
  return no_policy + "\nproblems\n    " + row + '\n' +
         (*remedy == '\0' ? "" : "                " + std::string(remedy) + '\n');
}
std::string none_of_one(const char* row, const char* remedy) {
  return problem(row, remedy) +
         "\nsubsystems\n  nqn.2014-08.com.example:prod.vol7  paths 0 of 1  degraded\n" + happened +
         "done, paths 0 of 1\n";
}
std::string no_path(const char* row, const char* remedy) {
  return problem(row, remedy) + happened + "done\n";
}
std::string denied_by_guard(const char* row) {
  return no_policy + happened + "done\n\ndenied by a guard\n    " + row + '\n';
}

void put_state(test::TemporaryTree& tree, const execute::State& state) {
  tree.make_directory("/run/nvmf/state");
  base::RealFileSystem files = tree.files();
  REQUIRE(execute::write_state(files, state, FixedClock()));
}

} // namespace

TEST_CASE("status: somebody else's discovery controller in passing is not ours") {
  struct Row {
    const char* name;
    const char* keep_alive; // in sysfs
    bool keep;              // ours
    PathState state;
    const char* device;
  };
  const auto waiting = PathState::waiting;
  const auto live_now = PathState::live;
  for (const Row& row : {Row{"in passing, ours is to stay", "0\n", true, waiting, ""},
                         Row{"in passing, as ours", "0\n", false, live_now, "nvme3"},
                         Row{"kept", "120\n", true, live_now, "nvme3"}}) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    put_controller(tree, "live");
    const std::string at = "/sys/class/nvme/nvme3/";
    tree.write(at + "address", "traddr=10.20.1.10,trsvcid=8009\n");
    tree.write(at + "subsysnqn", discovery_path.subsystem_nqn + '\n');
    tree.write(at + "cntrltype", "discovery\n");
    tree.write(at + "kato", row.keep_alive);
    execute::State state = of_discovery(waiting, "refused");
    plan::Item& item = state.plan.items.front();
    item.keep_connected = row.keep;
    if (row.keep)
      item.connect[base::OptionId::keep_alive_tmo].value = std::int64_t{30};
    put_state(tree, state);
    base::RealFileSystem files = tree.files();
    auto read = execute::read_state(files, state_id, execute::Items::told);
    REQUIRE(read);
    REQUIRE(*read);
    const auto controllers = host::read_controllers(files);
    const host::KeptAway kept_away(files);
    const std::string digest;
    cli::compare_with({.controllers = controllers, .kept_away = kept_away, .policy_digest = digest},
                      **read);
    CHECK((*read)->paths.front().state == row.state);
    CHECK((*read)->paths.front().device == row.device);
    CHECK((*read)->plan.items.front().device == row.device);
  }
}

TEST_CASE("status: what executors wrote, as this host shows it now") {
  struct Case {
    const char* name;
    execute::State state;
    std::string kernel_state; // of nvme3; empty: it is not there
    bool is_kept_away;
    std::string expected;
    bool degraded;
  };
  const plan::Item kept{
      .outcome = Outcome::keep, .parent = 0, .tid = volume_path, .device = "nvme3"};
  plan::Item owned = kept;
  owned.outcome = Outcome::refused;
  owned.reason = Reason::owned_by;
  owned.detail = "nvme3, owner stas";
  plan::Item differs = kept;
  differs.outcome = Outcome::differs;
  differs.detail = "nvme3: nr-io-queues 8, policy says 16";
  const plan::Item denied{
      .outcome = Outcome::denied,
      .reason = Reason::denied,
      .detail = "array is being wiped",
      .tid = volume_path,
      .decided_by = plan::DecidedBy{.kind = plan::DecidedBy::Kind::guard, .name = "retired-array"}};
  const plan::Item excluded{.outcome = Outcome::refused,
                            .reason = Reason::excluded_by_list,
                            .detail = "traddr=10.20.1.21",
                            .tid = volume_path};
  execute::State failed{.id = state_id, .phase = Phase::failed, .why = "/dev/nvme-fabrics: absent"};
  failed.plan = live().plan;
  execute::State stopped =
      state_of({.item = 1, .tid = volume_path, .state = PathState::waiting, .reason = "refused"});
  stopped.phase = Phase::cancelled;
  stopped.why = "stopped";
  const Case cases[] = {
      {"connected", live(), "live", false,
       one_of_one("live        nqn.2014-08.com.example:prod.vol7  nvme3  /dev/nvme2n1"), false},
      {"gone", live(), "", false,
       none_of_one("pending     nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  nvme3 is gone",
                   ""),
       true},
      {"disconnected by hand", live(), "", true,
       none_of_one("given-up    nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  "
                   "removed-by-administrator",
                   "nvmf-policy resume nqn.2014-08.com.example:prod.vol7"),
       true},
      {"the kernel reconnects", live(), "connecting", false,
       none_of_one(
           "connecting  nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  nvme3 is connecting",
           ""),
       true},
      {"given up, and connected since by somebody",
       state_of({.item = 1, .tid = volume_path, .state = PathState::given_up, .reason = "refused"}),
       "live", false,
       one_of_one("live        nqn.2014-08.com.example:prod.vol7  nvme3  /dev/nvme2n1"), false},
      {"given up",
       state_of({.item = 1,
                 .tid = volume_path,
                 .state = PathState::given_up,
                 .error_class = fabrics::ErrorClass::auth,
                 .reason = "authentication failed"}),
       "", false,
       none_of_one("given-up    nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  "
                   "authentication failed",
                   "nvmf-policy check --host"),
       true},
      {"another's", state_of(live().paths[0], owned), "live", false,
       one_of_one("live        nqn.2014-08.com.example:prod.vol7  nvme3  owned-by: "
                  "nvme3, owner stas  /dev/nvme2n1"),
       false},
      {"other options", state_of(live().paths[0], differs), "live", false,
       one_of_one("live        nqn.2014-08.com.example:prod.vol7  nvme3  "
                  "differs: nvme3: nr-io-queues 8, policy says 16  /dev/nvme2n1"),
       false},
      {"denied", without_path(denied), "", false,
       denied_by_guard("denied      nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  "
                       "retired-array: array is being wiped"),
       false},
      {"denied, and connected", without_path(denied), "live", false,
       denied_by_guard("denied      nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  "
                       "retired-array: array is being wiped; connected as nvme3, and stays"),
       false},
      {"refused", without_path(excluded), "", false,
       no_path("refused     nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  excluded-by-list: "
               "traddr=10.20.1.21",
               "grep -rn exclusion /etc/nvme/exclusions.conf /etc/nvme/exclusions.conf.d"),
       false},
      {"cancelled, which is said once", stopped, "", false,
       no_policy + "\nproblems\n  discovery-log-changed  tcp 10.20.1.10:8009  cancelled: stopped, "
                   "paths 0 of 1\n      nvmf-policy resume 10.20.1.10\n",
       false},
      {"the service failed", failed, "", false,
       no_policy + "\nproblems\n  discovery-log-changed  tcp 10.20.1.10:8009  failed: "
                   "/dev/nvme-fabrics: absent\n      nvmf-policy resume 10.20.1.10\n",
       true},
      {"the discovery controller waits", of_discovery(PathState::waiting, "Connection refused"), "",
       false, no_path("waiting     discovery  10.20.1.10:8009  Connection refused", ""), true},
      {"the discovery controller was given up",
       of_discovery(PathState::given_up, "Connection refused"), "", false,
       no_path("given-up    discovery  10.20.1.10:8009  Connection refused",
               "nvmf-policy resume 10.20.1.10"),
       true},
      {"the discovery controller was read and let go", of_discovery(PathState::live, ""), "", false,
       no_policy + happened + "done\n    log-read-not-kept  discovery  10.20.1.10:8009\n", false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    test::TemporaryTree tree;
    base::RealFileSystem files = tree.files();
    put_state(tree, one.state);
    if (!one.kernel_state.empty())
      put_controller(tree, one.kernel_state);
    if (one.is_kept_away)
      REQUIRE(host::KeptAway(files).add(kept_away_event(), "").has_value());
    const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
    CHECK(cli::status_text(report, {}) == one.expected);
    CHECK(report.degraded() == one.degraded);
  }
}

TEST_CASE("status: paths that are kept away are listed without a state, too") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  REQUIRE(host::KeptAway(files).add(kept_away_event(), "").has_value());
  const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  CHECK(cli::status_text(report, {}) == no_policy +
                                            "\nkept away until `nvmf-policy resume`\n"
                                            "  nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420  "
                                            "removed-by-administrator\n");
}

TEST_CASE(
    "status: what is ours and no source lists, and what a source lists and the policy denies") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  tree.write("/run/nvme/registry/nvme3/owner", "nvmf-policy\n");
  CHECK(cli::status_text(cli::gather_status(files, FixedClock()).value(), {}) ==
        no_policy + "\nconnected, but no discovery log lists it any more\n"
                    "  nvme3  nqn.2014-08.com.example:prod.vol7  10.20.1.21:4420\n");
  const plan::Item denied{.outcome = Outcome::denied, .reason = Reason::denied, .tid = volume_path};
  put_state(tree, without_path(denied));
  CHECK(cli::gather_status(files, FixedClock()).value().unlisted.empty());
}

TEST_CASE("status: nobody counts on a path that the firmware did not reach") {
  for (bool const was_unavailable : {true, false}) {
    CAPTURE(was_unavailable);
    test::TemporaryTree tree;
    base::RealFileSystem files = tree.files();
    tree.make_directory("/run/nvmf");
    execute::State state = state_of({.item = 1,
                                     .tid = volume_path,
                                     .state = PathState::waiting,
                                     .was_unavailable = was_unavailable,
                                     .reason = "no answer"});
    state.plan.items.front().device = "nvme0";
    put_state(tree, state);
    const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
    REQUIRE(report.subsystems.size() == 1);
    CHECK(report.subsystems.front().wanted == (was_unavailable ? 0U : 1U));
    CHECK(report.degraded() != was_unavailable);
  }
}

TEST_CASE("status: fewer paths than the rule expects are degraded, and how old the policy is") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  execute::State state = live();
  state.paths[0].expect_paths = 2;
  put_state(tree, state);
  // Another source names the same controller by its interface.
  execute::State other = state;
  other.id = "fedcba9876543210";
  other.plan.id = other.id;
  other.paths[0].tid.endpoint->host_iface = "san0";
  put_state(tree, other);
  tree.write("/etc/nvmf/autoconnect.yaml", "version: 1\n");
  std::filesystem::last_write_time(tree.root() + "/etc/nvmf/autoconnect.yaml",
                                   std::chrono::file_clock::from_sys(FixedClock().now()));
  const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  CHECK(report.degraded());
  const std::string text = cli::status_text(report, {});
  CAPTURE(text);
  CHECK(text.find("1 file, changed 2026-01-02 03:04 UTC\n") != std::string::npos);
  CHECK(text.find("nqn.2014-08.com.example:prod.vol7  paths 1 of 2  degraded\n") !=
        std::string::npos);
}

namespace {

execute::State two_paths() {
  execute::State state = live();
  plan::Tid other = tid_of("10.20.1.22", 4420, "nqn.2014-08.com.example:logs");
  other.endpoint->host_iface = "san1";
  state.paths.push_back({.tid = other,
                         .rule = "prod-volumes",
                         .state = PathState::waiting,
                         .tries = 1,
                         .next_try = std::chrono::seconds(1004),
                         .error_class = fabrics::ErrorClass::unreachable,
                         .reason = "Connection timed out"});
  return state;
}

const std::vector<decide::Interface> two_interfaces{
    {"san0", true, {{*base::IpAddress::parse("10.20.1.77"), 24}}},
    {"san1", true, {{*base::IpAddress::parse("10.20.1.78"), 24}}}};

} // namespace

TEST_CASE("status: by interface and portal, each controller once, problems first") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  tree.write("/sys/class/nvme/nvme3/kato", "5\n");
  put_state(tree, two_paths());
  // Another source has the same controller.
  execute::State same = live();
  same.id = same.plan.id = "fedcba9876543210";
  put_state(tree, same);
  const cli::StatusReport report = cli::gather_status(files, FixedClock(), two_interfaces).value();
  const std::string head = no_policy + "\nproblems\n"
                                       "    waiting     nqn.2014-08.com.example:logs  "
                                       "10.20.1.22:4420 via san1  try 2 in 4s: unreachable: "
                                       "Connection timed out\n"
                                       "                ip route get 10.20.1.22\n";
  const std::string subsystems = "\nsubsystems\n"
                                 "  nqn.2014-08.com.example:logs  paths 0 of 1  degraded\n"
                                 "  nqn.2014-08.com.example:prod.vol7  paths 1 of 1\n";
  const std::string connections = "\nconnections\n"
                                  "  san0\n"
                                  "    10.20.1.21:4420  tcp  from 10.20.1.77\n"
                                  "      live        nqn.2014-08.com.example:prod.vol7  nvme3  "
                                  "/dev/nvme2n1\n";
  const std::string sources = happened + "done, paths 1 of 2\n"
                                         "  discovery-log-changed  tcp 10.20.1.10:8009  done, "
                                         "paths 1 of 1\n";
  CHECK(cli::status_text(report, {}) == head + subsystems + connections + sources);
  CHECK(cli::status_text(report, {.verbose = true}) ==
        head + "                rule prod-volumes\n" + subsystems + connections +
            "                  keep-alive-tmo: 5s\n" + sources);
}

TEST_CASE("status: in a window rows fit, with reasons and commands whole below") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_state(tree, two_paths());
  const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  const std::string text = cli::status_text(report, {.screen = {.columns = 80}});
  CAPTURE(text);
  CHECK(text.find("via san1\n                try 2 in 4s: unreachable: Connection timed out\n"
                  "                ip route get 10.20.1.22\n") != std::string::npos);
  const std::string full = cli::status_text(report, {.screen = {.columns = 200}, .verbose = true});
  CHECK(full.find("nqn.2014-08.com.example:prod.vol7") != std::string::npos);
  CHECK(text.find("nqn.2014-08.com.example:prod.vol7") == std::string::npos);
}

TEST_CASE("status: one subsystem alone") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  put_state(tree, two_paths());
  cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  cli::StatusReport other = report;
  cli::keep_only(report, base::Glob("*prod*"));
  CHECK_FALSE(report.degraded());
  CHECK(cli::status_text(report, {}) ==
        one_of_one("live        nqn.2014-08.com.example:prod.vol7  nvme3  /dev/nvme2n1"));
  cli::keep_only(other, base::Glob("*logs"));
  CHECK(other.degraded());
  REQUIRE(other.subsystems.size() == 1);
  CHECK(other.subsystems.front().nqn == "nqn.2014-08.com.example:logs");
  cli::keep_only(other, base::Glob("nqn.absent"));
  CHECK(other.subsystems.empty());
  CHECK(other.states.empty());
}

TEST_CASE("status: a discovery controller out of reach hides what it would list") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_state(tree, of_discovery(PathState::waiting, "Connection refused"));
  cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  cli::keep_only(report, base::Glob("*prod*"));
  CHECK(report.degraded());
}

TEST_CASE("status: as a line of JSON") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  put_state(tree, two_paths());
  const auto report = cli::gather_status(files, FixedClock(), two_interfaces).value();
  const std::string line = cli::status_json(report, cli::JsonForm::line);
  CAPTURE(line);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.find(R"("remedy":null,"interface":"san0","source":"10.20.1.77",)"
                  R"("namespaces":["/dev/nvme2n1"])") != std::string::npos);
  CHECK(line.find(R"("remedy":"ip route get 10.20.1.22","interface":null)") != std::string::npos);
}

TEST_CASE("status: requests that wait and that were given up, and others that connect") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  tree.write("/run/nvmf/plans/0123456789abcdef.json", "{}");
  tree.write("/run/nvmf/failed/fedcba9876543210.json", "{}");
  tree.link("/run/systemd/units/invocation:stacd.service", "0123456789abcdef0123456789abcdef");
  const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  CHECK(report.degraded());
  CHECK(cli::status_text(report, {}) ==
        no_policy + "\nrequests that were given up, see the journal\n  fedcba9876543210\n"
                    "\nrequests that wait for their service\n  0123456789abcdef\n"
                    "\nothers that connect on this host, too\n  stacd\n");
}

TEST_CASE("status: a connected discovery controller whose log cannot be read is not all right") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  put_controller(tree, "live");
  const std::string at = "/sys/class/nvme/nvme3/";
  tree.write(at + "address", "traddr=10.20.1.10,trsvcid=8009\n");
  tree.write(at + "subsysnqn", "nqn.2014-08.org.nvmexpress.discovery\n");
  tree.write(at + "cntrltype", "discovery\n");
  execute::State state = of_discovery(PathState::waiting, "the log changed during each reading");
  state.paths[0].device = "nvme3";
  state.paths[0].error_class = fabrics::ErrorClass::log_unstable;
  put_state(tree, state);
  const cli::StatusReport report = cli::gather_status(files, FixedClock()).value();
  CHECK(report.degraded());
  const std::string text = cli::status_text(report, {});
  CAPTURE(text);
  CHECK(
      text.find("waiting     discovery  10.20.1.10:8009  log-unstable: the log changed during each "
                "reading\n") != std::string::npos);
}

TEST_CASE("a discovery controller that was let go is not called live") {
  execute::PathRecord record{.subject = Subject::discovery_controller, .state = PathState::live};
  CHECK(cli::state_word(record) == "log-read-not-kept");
  record.device = "nvme1";
  CHECK(cli::state_word(record) == "live");
  record.device.clear();
  record.subject = Subject::io_subsystem;
  CHECK(cli::state_word(record) == "live");
}

TEST_CASE("what cannot be read of the state is said") {
  test::TemporaryTree tree;
  auto files = tree.files();
  test::FailingFiles failing(files);
  const std::string path = "/run/nvmf/state/0123456789abcdef.json";
  SUBCASE("nothing is there, and that is fine") {
    CHECK_FALSE(cli::gather_status(failing, FixedClock()).value().degraded());
  }
  SUBCASE("a user may not look") {
    for (const std::string& denied :
         {std::string("/run/nvmf/state"), path, std::string("/run/nvmf/plans"),
          std::string("/run/nvmf/failed"), std::string("/run/nvmf/kept-away")}) {
      CAPTURE(denied);
      tree.write(path, "{}");
      failing.reads = {{denied, EACCES}};
      CHECK(cli::gather_status(failing, FixedClock()).error().message ==
            denied + ": Permission denied");
    }
  }
  SUBCASE("a mark that cannot be used is named, one that may not be read ends it") {
    const std::string mark = "/run/nvmf/kept-away/0123456789abcdef.yaml";
    for (const char* text : {"", "# policy sha256:1\n", "event: [", "event: boot\n"}) {
      CAPTURE(text);
      tree.write(mark, text);
      const cli::StatusReport report = cli::gather_status(failing, FixedClock()).value();
      CHECK(report.damaged == std::vector<std::string>{mark + ": not the event of a path"});
      CHECK(report.degraded());
    }
    failing.reads = {{mark, EACCES}};
    CHECK(cli::gather_status(failing, FixedClock()).error().message ==
          mark + ": Permission denied");
  }
  SUBCASE("no file at all") {
    tree.make_directory(path);
    const cli::StatusReport directory = cli::gather_status(failing, FixedClock()).value();
    CHECK(directory.damaged.size() == 1);
    CHECK(directory.degraded());
  }
  SUBCASE("a file that is not a state") {
    struct Row {
      const char* text;
      const char* why;
    };
    for (const Row& row :
         {Row{"", "not a JSON object"}, Row{"{\"format_version\":1", "not a JSON object"},
          Row{"{\"format_version\":99}", "written by another version"},
          Row{"{\"format_version\":1}", "`id` is missing or not valid"}}) {
      CAPTURE(row.text);
      tree.write(path, row.text);
      const cli::StatusReport report = cli::gather_status(failing, FixedClock()).value();
      CHECK(report.damaged == std::vector<std::string>{path + ": " + row.why});
      CHECK(report.degraded());
      CHECK(cli::status_text(report, {}).find("\nstate files that cannot be used\n  " + path) !=
            std::string::npos);
    }
  }
}
