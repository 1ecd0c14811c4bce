#include "cli/plan_text.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;

namespace {

const std::string policy_path = "/etc/nvmf/autoconnect.yaml";

plan::Tid tid(const std::string& address, std::uint16_t service, const std::string& nqn) {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = base::Traddr::parse_any(address),
                                     .trsvcid = service},
          .subsystem_nqn = nqn};
}

plan::DecidedBy by(plan::DecidedBy::Kind kind, const std::string& name, std::uint32_t line) {
  return {.kind = kind, .name = name, .path = policy_path, .line = line};
}

plan::Item entry(Outcome outcome, const std::string& name, const std::string& address) {
  return {.outcome = outcome,
          .parent = 0,
          .tid = tid(address, 4420, "nqn.2014-08.com.example:" + name)};
}

// One item of each outcome, as in the manual page.
plan::Plan of_each() {
  plan::Plan plan{.id = "5f0c5f0c5f0c5f0c"};
  plan.event = {.kind = base::EventKind::discovery_log_changed,
                .endpoint = {.traddr = base::Traddr::parse_any("10.20.1.10"),
                             .trsvcid = 8009,
                             .host_iface = "ens1f0"},
                .device = "nvme0"};
  plan.items.push_back({.outcome = Outcome::discover,
                        .subject = base::Subject::discovery_controller,
                        .tid = tid("10.20.1.10", 8009, "nqn.2014-08.org.nvmexpress.discovery"),
                        .decided_by = by(plan::DecidedBy::Kind::rule, "storage-discovery", 31)});
  plan::Item connect = entry(Outcome::connect, "prod.vol7", "10.20.1.21");
  connect.decided_by = by(plan::DecidedBy::Kind::rule, "prod-volumes", 35);
  plan::Item keep = entry(Outcome::keep, "prod.vol8", "10.20.1.22");
  keep.detail = "nvme3, owner nvmf-policy";
  plan::Item differs = entry(Outcome::differs, "prod.vol9", "10.20.1.23");
  differs.detail = "nvme4: nr-io-queues 8, policy says 16";
  plan::Item denied = entry(Outcome::denied, "prod.old", "10.20.9.4");
  denied.reason = Reason::denied;
  denied.decided_by = by(plan::DecidedBy::Kind::guard, "retired-array", 27);
  plan::Item ignored = entry(Outcome::ignored, "scratch", "10.20.1.30");
  ignored.reason = Reason::no_rule_matched;
  ignored.closest = "prod-volumes, failed at subsystem-nqn";
  plan::Item refused = entry(Outcome::refused, "prod.vol5", "10.20.1.24");
  refused.reason = Reason::source_missing;
  refused.detail = "no address of an interface that is up";
  for (plan::Item& item : std::vector{connect, keep, differs, denied, ignored, refused})
    plan.items.push_back(item);
  return plan;
}

std::string brief(const plan::Plan& plan, std::optional<std::size_t> columns = std::nullopt) {
  policy::Policy policy;
  policy.digest = "sha256:9f2c1e00aabbccdd";
  policy.files.resize(3);
  policy.guards.resize(2);
  policy.rules.resize(1);
  return cli::plans_text(policy, {{.plan = plan, .log = cli::LogKnowledge::read}},
                         cli::Detail::brief, {.columns = columns});
}

} // namespace

TEST_CASE("plans_text: one line per outcome, in columns") {
  CHECK(brief(of_each()) ==
        R"(Policy  sha256:9f2c1e…  3 files, 2 guards, 1 rule

nvme0  discovery-log-changed  tcp 10.20.1.10:8009 via ens1f0
  + discover  tcp 10.20.1.10:8009                                      storage-discovery  autoconnect.yaml:31
    + connect  nqn.2014-08.com.example:prod.vol7  tcp 10.20.1.21:4420  prod-volumes       autoconnect.yaml:35
    = keep     nqn.2014-08.com.example:prod.vol8  tcp 10.20.1.22:4420  connected as nvme3, owner nvmf-policy
    ! differs  nqn.2014-08.com.example:prod.vol9  tcp 10.20.1.23:4420  connected as nvme4: nr-io-queues 8, policy says 16
    x denied   nqn.2014-08.com.example:prod.old   tcp 10.20.9.4:4420   retired-array      autoconnect.yaml:27
    . ignored  nqn.2014-08.com.example:scratch    tcp 10.20.1.30:4420  no-rule-matched; closest prod-volumes, failed at subsystem-nqn
    - refused  nqn.2014-08.com.example:prod.vol5  tcp 10.20.1.24:4420  source-missing: no address of an interface that is up

Plan: 1 discover, 1 connect, 1 keep, 1 differs, 1 denied, 1 ignored, 1 refused.   Nothing was changed.
)");
}

TEST_CASE("plans_text: what is not known of a log") {
  plan::Plan plan = of_each();
  plan.items.resize(1);
  struct Row {
    const char* name;
    cli::LogKnowledge log;
    std::string problem;
    std::string expected;
  };
  const Row rows[] = {
      {"not read", cli::LogKnowledge::not_read, "", "    entries unknown until contacted\n"},
      {"read, empty", cli::LogKnowledge::read, "", "    the log is empty\n"},
      {"could not be read", cli::LogKnowledge::not_read, "/dev/nvme0: Permission denied",
       "    entries unknown: /dev/nvme0: Permission denied\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string text = cli::plans_text(
        {}, {{.plan = plan, .log = row.log, .log_problem = row.problem}}, cli::Detail::brief, {});
    CHECK(text.find(row.expected) != std::string::npos);
  }
}

TEST_CASE("plans_text: paths that differ in the host side alone show it") {
  plan::Plan plan = of_each();
  plan.items.resize(2);
  plan.items.push_back(plan.items.back());
  plan.items[1].tid.endpoint->host_iface = "ens1f0";
  plan.items[2].tid.endpoint->host_traddr = base::Traddr::parse_any("10.20.1.77");
  plan.items[2].tid.endpoint->host_iface = "ens1f1";
  const std::string text = brief(plan);
  CHECK(text.find("10.20.1.21:4420 via ens1f0 ") != std::string::npos);
  CHECK(text.find("10.20.1.21:4420 from 10.20.1.77 via ens1f1  ") != std::string::npos);
}

TEST_CASE("plans_text: hostile text is shown escaped") {
  plan::Plan plan = of_each();
  plan.items.resize(1);
  plan.items.push_back({.outcome = Outcome::ignored,
                        .reason = Reason::invalid_entry,
                        .detail = "nqn \033[31m",
                        .parent = 0});
  CHECK(brief(plan).find('\033') == std::string::npos);
}

TEST_CASE("plans_text: full detail names options, their origins and the retries") {
  plan::Plan plan = of_each();
  plan.items.resize(2);
  plan.items[1].connect[base::OptionId::nr_io_queues] = {
      .value = std::int64_t{16}, .origin = "profile production", .path = policy_path, .line = 12};
  plan.items[1].left_out = {base::OptionId::tos};
  const std::string text = cli::plans_text({}, {{.plan = plan}}, cli::Detail::full, {});
  CHECK(text.find("        nr-io-queues: 16  from profile production, autoconnect.yaml:12\n") !=
        std::string::npos);
  CHECK(text.find("        tos left out: tcp does not take it\n") != std::string::npos);
  CHECK(text.find("        retry: after 1s 2s 4s 8s ..., at most 5m, ±20%; gives up after 3d\n") !=
        std::string::npos);
}

TEST_CASE("retry_text") {
  using namespace std::chrono_literals;
  struct Row {
    const char* name;
    plan::Retry retry;
    std::string expected;
  };
  const Row rows[] = {
      {"one attempt", {.attempts = 1}, "none"},
      {"few attempts",
       {.attempts = 3, .first_delay = 2s, .max_delay = 2min},
       "after 2s 4s, at most 2m, ±20%; 3 attempts in all; gives up after 3d"},
      {"for ever",
       {.first_delay = 2s, .max_delay = 6s, .give_up_after = base::infinite_duration},
       "after 2s 4s 6s 6s ..., at most 6s, ±20%; never gives up"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(cli::retry_text(row.retry) == row.expected);
  }
}

TEST_CASE("plans_text: rows fit the window, and keep the interface longest") {
  plan::Plan plan = of_each();
  for (std::size_t at = 1; at < plan.items.size(); ++at) {
    plan.items[at].tid.endpoint->host_traddr = base::Traddr::parse_any("10.20.1.77");
    plan.items[at].tid.endpoint->host_iface = "ens1f0";
  }
  struct Row {
    std::size_t columns;
    const char* expected;
  };
  const Row rows[] = {
      {120, "    + connect  nqn.2014-…m.example:prod.vol7  tcp 10.20.1.21:4420 from 10.20.1.77 via "
            "ens1f0  prod-volumes\n"},
      {80, "    + connect  nqn.…prod.vol7  tcp 10.20.1.21:4420 via ens1f0  prod-volumes\n"},
      {80, "    - refused  nqn.…prod.vol5  tcp 10.20.1.24:4420 via ens1f0  source-missing: …\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected);
    const std::string text = brief(plan, row.columns);
    CHECK(text.find(row.expected) != std::string::npos);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      CHECK(cli::width(text.substr(at, text.find('\n', at) - at)) <= row.columns);
  }
}

TEST_CASE("plans_text: a path without its discovery controller is not hurried for") {
  plan::Plan plan = of_each();
  plan.items.resize(2);
  plan.items[1].slow_lane = true;
  const std::string text = cli::plans_text({}, {{.plan = plan}}, cli::Detail::full, {});
  CHECK(text.find("        retry: every 5m: not connected to its discovery controller (NCC); gives "
                  "up after 3d\n") != std::string::npos);
}

TEST_CASE("one very long name does not pad the other rows where there is no window") {
  plan::Plan plan = of_each();
  plan.items[1].tid.subsystem_nqn = "nqn.2014-08.com.example:" + std::string(199, 'b');
  const std::string text = cli::plans_text({}, {{.plan = plan, .log = cli::LogKnowledge::read}},
                                           cli::Detail::full, {});
  std::size_t begin = 0;
  unsigned wide = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    wide += end - begin > 200 ? 1 : 0;
  CHECK(wide == 1);
}
