#include "cli/check_reach.hpp"

#include "analyze/reachability.hpp"
#include "cli/terminal.hpp"
#include "diag/place.hpp"
#include "diag/render.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t suppression_unused = 805;

// A comment was found to suppress nothing; not: one that is not a suppression, and looks like one.
bool is_unused(const diag::Finding& finding, const load::Loaded& loaded) {
  const diag::LabelledSpan* where = diag::main_span(finding);
  return finding.code == suppression_unused && where != nullptr &&
         std::any_of(loaded.suppressions.begin(), loaded.suppressions.end(),
                     [&](const load::Suppression& one) {
                       return one.span.source == where->span.source &&
                              one.span.start.line == where->span.start.line &&
                              one.span.start.column == where->span.start.column;
                     });
}

} // namespace

void add_reachability(load::Loaded& loaded) {
  if (!loaded.policy)
    return;
  analyze::Reachability reach = analyze::analyze(*loaded.policy);
  load::apply_suppressions(reach.findings, loaded.suppressions);
  std::vector<diag::Finding>& findings = loaded.findings.findings();
  findings.insert(findings.end(), reach.findings.begin(), reach.findings.end());
  // Loading could not know which comments these findings need.
  std::erase_if(findings, [&](const diag::Finding& one) { return is_unused(one, loaded); });
  load::report_unused(loaded.suppressions, load::LookedFor::reachability, loaded.findings);
  diag::sort_by_place(findings);
  if (reach.incomplete)
    complain("the analysis is incomplete: its budget was reached, findings may be missing");
}

} // namespace nvmf::cli
