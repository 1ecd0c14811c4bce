// A plan as rows: one for each item, in the order of the tree, with notes between them.
#pragma once

#include "cli/plan_text.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace nvmf::cli {

struct PlanRow {
  std::size_t depth = 0;
  decide::Outcome outcome = decide::Outcome::ignored;
  std::string nqn;       // of an I/O subsystem; empty: the address takes its column, too
  std::string port;      // `tcp 10.20.1.21:4420`
  std::string host_side; // `from 10.20.1.77 via ens1f0`
  std::string interface; // `via ens1f0`; without an interface the same as `host_side`
  std::string why;       // rule, guard or reason
  std::string place;     // file and line of the rule or guard
  std::string note;      // an unaligned line, alone when `nqn` … are empty
};

std::vector<PlanRow> plan_rows(const ShownPlan& shown, Detail detail);

} // namespace nvmf::cli
