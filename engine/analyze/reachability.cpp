#include "analyze/reachability.hpp"

#include "analyze/overlap_search.hpp"
#include "analyze/policy_lints.hpp"
#include "analyze/reach.hpp"
#include "analyze/reach_findings.hpp"

#include <algorithm>
#include <map>

namespace nvmf::analyze {

namespace {

// By place, in the order in which the files are consulted.
void sort_findings(const policy::Policy& policy, std::vector<diag::Finding>& findings) {
  std::map<std::string, std::size_t, std::less<>> order;
  for (const policy::File& file : policy.files)
    order.emplace(file.path, order.size());
  auto const place = [&](const diag::Finding& finding) {
    const diag::Span& span = finding.spans.front().span;
    auto const file = order.find(span.path());
    return std::pair(file == order.end() ? order.size() : file->second, span.start);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

} // namespace

std::string_view to_string(Reach reach) {
  switch (reach) {
  case Reach::decides:
    return "decides";
  case Reach::shadowed:
    return "shadowed";
  case Reach::redundant:
    return "redundant";
  case Reach::always_denied:
    return "always-denied";
  case Reach::impossible:
    return "impossible";
  case Reach::unknown:
    return "unknown";
  }
  return "";
}

Reachability analyze(const policy::Policy& policy, const Budget& budget) {
  const policy::Policy* const one[] = {&policy};
  EventSpace const space(one);
  Solver solver(space, budget);
  CompiledPolicy const compiled(policy, space);
  Reachability result;
  diag::Sink sink;
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    if (compiled.decider(i).before)
      continue; // the guard itself comes later
    report_matches_everything(compiled.decider(i), compiled.region(i), policy, solver, sink);
    if (compiled.decider(i).guard) {
      report_dead_guard(i, compiled, solver, sink);
      report_free_host_side(i, compiled, solver, sink);
      continue;
    }
    result.rules.push_back(reach_of(i, compiled, solver));
    report_reach(result.rules.back(), compiled, sink);
    if (result.rules.back().reach == Reach::decides)
      report_conflicts(i, compiled, solver, sink);
  }
  report_unhandled(result.rules, compiled, solver, sink);
  report_targets(compiled, solver, sink);
  report_waits_for_nothing(compiled, solver, sink);
  result.findings = std::move(sink.findings());
  sort_findings(policy, result.findings);
  result.incomplete = solver.meter().incomplete() || !compiled.is_exact();
  return result;
}

} // namespace nvmf::analyze
