// Policy unit tests as data: an administrator's expectations of a policy (`*.test.yaml`).
//
// keys.hpp lists the keys of such a file, read_suite.hpp reads it, check_suite.hpp looks up its
// names in the policy, run_suite.hpp decides its events with the code of the dry run and compares,
// report.hpp shows the results to people and machines.
#pragma once

#include "base/traddr.hpp"
#include "base/transport.hpp"
#include "decide/facts.hpp"
#include "decide/outcome.hpp"
#include "diag/finding.hpp"
#include "event/from_udev.hpp"
#include "event/log_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::testing {

// A field of an item with the value that is expected, in the one spelling that values are compared
// and shown in: `outcome` → `connect`, `connect.ctrl-loss-tmo` → `infinity`, `retry-schedule` →
// `[2s, 4s]`, `host-iface` → `none`.
struct ExpectedField {
  std::string name;
  std::string text;
  diag::Span span; // of the value

  bool operator==(const ExpectedField& other) const {
    return name == other.name && text == other.text;
  }
};

struct ExpectedItem {
  decide::Outcome outcome = decide::Outcome::ignored;
  std::vector<ExpectedField> fields; // `outcome` among them, unless it is missing or wrong

  // Null if nothing is said about it.
  const ExpectedField* find(std::string_view name) const;
};

// Items of a plan, picked by the values of their connection.
struct ExpectedEntry {
  std::vector<ExpectedField> selector; // `traddr` → `10.20.1.21` …
  std::optional<std::size_t> paths;    // how many items there are
  ExpectedItem item;                   // what each of them is
  diag::Span span;
};

// A number of items: `connects`, `outcomes.refused`, `reasons.self-entry`.
struct ExpectedCount {
  std::string name;
  std::optional<decide::Outcome> outcome; // one of the two
  std::optional<decide::Reason> reason;
  std::size_t count = 0;
  diag::Span span;
};

struct Expectation {
  ExpectedItem event;
  std::vector<ExpectedCount> counts;
  std::vector<ExpectedEntry> entries;
  diag::Span span;
};

struct Test {
  std::string name; // with that of its case: `volumes: second portal`
  diag::Span span;
  event::Reading event;
  std::string event_path; // as the program would open it; empty: it is in the file
  std::shared_ptr<const decide::Facts> facts;
  std::optional<event::DiscoveryLog> log;
  std::string log_path;
  Expectation expect;
};

struct Suite {
  std::string path;
  std::vector<std::string> policy; // as paths that can be opened; empty: the usual policy
  std::vector<Test> tests;
};

// The text for a field or a value that is not set.
inline constexpr std::string_view unset = "none";

} // namespace nvmf::testing
