// Policy unit tests: what an administrator says a policy must do with an event (`*.test.yaml`).
#pragma once

#include "base/connect_option.hpp"
#include "base/duration.hpp"
#include "decide/facts.hpp"
#include "decide/outcome.hpp"
#include "diag/finding.hpp"
#include "event/from_udev.hpp"
#include "event/log_entry.hpp"
#include "policy/policy.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// What is expected of the event's own item and, with a log, of the items of the log. What is not
// said is not compared.
struct Expectation {
  decide::Outcome outcome = decide::Outcome::ignored;
  std::optional<std::string> rule;
  std::optional<std::string> guard;
  std::optional<decide::Reason> reason;
  std::map<base::OptionId, std::string> connect;   // values as a policy writes them
  std::vector<base::Duration> retry_schedule;      // the first delays, without jitter
  std::optional<std::size_t> connects;             // items of the log that are `connect`
  std::map<decide::Outcome, std::size_t> outcomes; // how many items of the log have each
  std::map<decide::Reason, std::size_t> reasons;   // likewise
  std::map<std::string, diag::Span> places;        // of `rule`, `guard`, `reason`, …
};

struct PolicyTest {
  std::string name;
  diag::Span span; // of the name
  event::Reading event;
  std::optional<event::DiscoveryLog> log;
  std::optional<decide::Facts> facts; // instead of the file's
  Expectation expect;
};

struct PolicyTestFile {
  std::string path;
  std::vector<std::string> policy; // as paths that can be opened; empty: the usual policy
  decide::Facts facts;
  std::vector<PolicyTest> tests;
};

// Reads a test file. Every mistake of it is a finding; tests that have one are left out of what is
// returned, so that the others can be checked, too. Nothing is returned if it is no test file at
// all. `policy` and `discovery-log` are taken relative to the test file.
std::optional<PolicyTestFile> read_policy_tests(const diag::SourcePtr& source, diag::Sink& sink);

// NVP901 to NVP904: names that the policy does not have, expectations that contradict each other,
// events without a field that the expected rule wants.
void check_policy_tests(const PolicyTestFile& file, const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::cli
