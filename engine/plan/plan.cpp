#include "plan/plan.hpp"

namespace nvmf::plan {

std::map<decide::Outcome, std::size_t> summary(const std::vector<Plan>& plans) {
  std::map<decide::Outcome, std::size_t> counts;
  for (decide::Outcome outcome : decide::all_outcomes)
    counts[outcome] = 0;
  for (const Plan& plan : plans)
    for (const Item& item : plan.items)
      ++counts[item.outcome];
  return counts;
}

} // namespace nvmf::plan
