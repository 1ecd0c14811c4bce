#include "diag/render.hpp"
#include "load/load.hpp"
#include "policy/print.hpp"
#include "property/properties.hpp"
#include "property/random_policy.hpp"
#include "property/to_engine.hpp"
#include <cstdio>

#include <algorithm>
#include <rapidcheck.h>

namespace nvmf::property {

namespace {

// `source` names things of other files, and sets need names: values stand in the conditions.
void make_printable(policy::Match& match) {
  for (std::vector<policy::Clause>* clauses : {&match.all, &match.none}) {
    std::erase_if(*clauses, [](const policy::Clause& clause) {
      return clause.key == policy::MatchKey::source;
    });
    for (policy::Clause& clause : *clauses) {
      for (const auto& set : clause.sets)
        clause.values.insert(clause.values.end(), set->values.begin(), set->values.end());
      clause.sets.clear();
    }
  }
  match.any = match.all.empty() && match.none.empty();
}

policy::Policy printable(const TextPolicy& text) {
  policy::Policy policy = to_engine(text);
  policy.files = {
      {.path = "/etc/nvmf/autoconnect.yaml", .name = "50-autoconnect", .is_main = true}};
  policy.main_file = 0;
  for (policy::Rule& rule : policy.rules)
    make_printable(rule.match);
  for (policy::Guard& guard : policy.guards)
    make_printable(guard.match);
  return policy;
}

// What a loader refuses, and random policies may hold: addresses of loop without `transport: loop`,
// names that are no NQNs, matches that can never hold.
bool is_refused_by_right(std::uint16_t code) { return code == 207 || code == 208 || code == 403; }

} // namespace

// What is printed loads again and decides every event alike.
bool printed_policies_decide_alike() {
  std::size_t loaded_count = 0;
  std::size_t count = 0;
  bool const held =
      rc::check("a printed policy decides as the one it was printed from", [&](std::uint64_t seed) {
        Random random(seed);
        policy::Policy const policy = printable(random_policy(random, Keys::all));
        std::string const printed = policy::to_yaml(policy);
        load::Loaded const loaded = load::load_text("printed.yaml", printed);
        ++count;
        if (!loaded.policy) {
          for (const diag::Finding& finding : loaded.findings.findings())
            if (finding.severity == diag::Severity::error && !is_refused_by_right(finding.code))
              RC_FAIL(printed + diag::render_short(loaded.findings.findings()));
          return;
        }
        ++loaded_count;
        for (int i = 0; i < 300; ++i) {
          TextEvent const event = random_event(random);
          TextDecision const before =
              to_text(decide::decide(policy, to_engine(event), hostname_of(event)));
          TextDecision const after =
              to_text(decide::decide(*loaded.policy, to_engine(event), hostname_of(event)));
          if (before != after)
            RC_FAIL(printed + to_text(event) + "\nbefore: " + before.outcome + " " + before.name +
                    ", after: " + after.outcome + " " + after.name);
        }
      });
  return held && loaded_count * 20 > count;
}

} // namespace nvmf::property
