// The parts of a policy that its tests have exercised.
#pragma once

#include "decide/decide.hpp"
#include "policy/policy.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace nvmf::testing {

// Notes decisions. Two test files of one policy share it.
class Coverage {
public:
  void see(const decide::Decision& decision, const decide::Trace& trace);

  bool decided(const policy::Rule& rule) const { return decided_.contains(&rule); }
  bool decided(const policy::Guard& guard) const { return decided_.contains(&guard); }
  // A clause below `not` is true when it matches, as one above is.
  bool was_true(const policy::Clause& clause) const { return true_.contains(&clause); }
  bool was_false(const policy::Clause& clause) const { return false_.contains(&clause); }

private:
  std::set<const void*> decided_;
  std::set<const policy::Clause*> true_;
  std::set<const policy::Clause*> false_;
};

// The finding for a rule or guard that never decides; it is reported where coverage is asked for.
inline constexpr std::uint16_t untested_rule = 905;

// A rule or guard that no test lets decide, or a clause that no test shows both ways.
struct Missing {
  enum class What : std::uint8_t { never_decides, never_true, never_false, never_asked };
  What what = What::never_decides;
  std::string kind;   // `rule`, `guard`
  std::string name;   // as shown
  std::string clause; // `traddr`, `not host-iface`, `udev ID_PATH`; empty for never_decides
  diag::Span span;
};
std::string_view to_string(Missing::What what); // `never-decides`

struct CoverageReport {
  std::size_t rules = 0; // that decided
  std::size_t all_rules = 0;
  std::size_t guards = 0;
  std::size_t all_guards = 0;
  std::size_t clauses = 0; // seen both ways
  std::size_t all_clauses = 0;
  std::vector<Missing> missing; // in the policy's order

  bool complete() const { return missing.empty(); }
};

CoverageReport report_of(const policy::Policy& policy, const Coverage& coverage);

} // namespace nvmf::testing
