// NVP403: matches that no event can meet.
#include "analyze/compiled.hpp"
#include "analyze/reachability.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t impossible_match = 403;

// The match with some of its clauses left out.
struct Selection {
  std::vector<const policy::Clause*> all;
  std::vector<const policy::Clause*> none;

  policy::Match match() const {
    policy::Match result;
    for (const policy::Clause* clause : all)
      result.all.push_back(*clause);
    for (const policy::Clause* clause : none)
      result.none.push_back(*clause);
    return result;
  }
  std::size_t size() const { return all.size() + none.size(); }
};

// Names that no target has: it matches nothing today, and that has a finding of its own (311).
bool names_nothing(const policy::Clause& clause) {
  return clause.key == policy::MatchKey::source &&
         std::all_of(clause.values.begin(), clause.values.end(), [](const policy::Pattern& value) {
           const auto* glob = std::get_if<policy::SourceGlob>(&value);
           return glob && glob->names.empty();
         });
}

// The clauses that may be at fault.
Selection judged_clauses(const Decider& decider) {
  Selection selection;
  for (const policy::Clause& clause : decider.match().all)
    if (!names_nothing(clause))
      selection.all.push_back(&clause);
  for (const policy::Clause& clause : decider.match().none)
    selection.none.push_back(&clause);
  return selection;
}

class Conflict {
public:
  Conflict(const Decider& decider, const EventSpace& space, Solver& solver)
      : decider_(decider), space_(space), solver_(solver), selection_(judged_clauses(decider)) {
    shrink(&Selection::none);
    shrink(&Selection::all);
  }

  // The fewest clauses that exclude each other.
  const Selection& clauses() const { return selection_; }

private:
  void shrink(std::vector<const policy::Clause*> Selection::*part) {
    for (std::size_t at = (selection_.*part).size(); at > 0; --at) {
      Selection without = selection_;
      auto& clauses = without.*part;
      clauses.erase(clauses.begin() + static_cast<std::ptrdiff_t>(at) - 1);
      if (is_impossible(without))
        selection_ = std::move(without);
    }
  }

  bool is_impossible(const Selection& selection) {
    Region const region = region_of(selection.match(), decider_.applies_to(), space_);
    return solver_.is_empty(region) == Truth::yes;
  }

  const Decider& decider_;
  const EventSpace& space_;
  Solver& solver_;
  Selection selection_;
};

std::string subject_words(const policy::SubjectSet& subjects) {
  if (subjects.discovery_controllers && subjects.io_subsystems)
    return "event";
  return subjects.discovery_controllers ? "event of a discovery controller"
                                        : "event of an I/O subsystem";
}

std::string key_of(const policy::Clause& clause) {
  std::string const key(policy::to_string(clause.key));
  return clause.udev_property.empty() ? key : fmt::format("{} {}", key, clause.udev_property);
}

std::string words(const Selection& clauses, const Decider& decider) {
  std::vector<std::string> keys;
  for (const policy::Clause* clause : clauses.all)
    keys.push_back(fmt::format("`{}`", key_of(*clause)));
  for (const policy::Clause* clause : clauses.none)
    keys.push_back(fmt::format("`not: {}`", key_of(*clause)));
  if (keys.size() == 1 && clauses.none.size() == 1)
    return fmt::format("{} excludes everything", keys.front());
  if (keys.size() == 1)
    return fmt::format("no {} has such a value of {}", subject_words(decider.applies_to()),
                       keys.front());
  std::string list = keys.front();
  for (std::size_t i = 1; i < keys.size(); ++i)
    list += (i + 1 == keys.size() ? " and " : ", ") + keys[i];
  return list + " never hold together";
}

void report_impossible(const Decider& decider, const policy::Policy& policy,
                       const EventSpace& space, Solver& solver, diag::Sink& sink) {
  Conflict const conflict(decider, space, solver);
  std::vector<const policy::Clause*> clauses = conflict.clauses().all;
  clauses.insert(clauses.end(), conflict.clauses().none.begin(), conflict.clauses().none.end());
  // The place: the last of the clauses, which is the one that the others leave nothing of.
  diag::Finding& finding =
      sink.add(impossible_match,
               fmt::format("{} `{}` can never match: {}", decider.guard ? "guard" : "rule",
                           decider.shown_name(policy), words(conflict.clauses(), decider)),
               clauses.empty() ? decider.match().span : clauses.back()->span, "never holds");
  for (std::size_t i = 0; i + 1 < clauses.size(); ++i)
    finding.spans.push_back({.span = clauses[i]->span, .label = {}, .primary = false});
}

} // namespace

void find_impossible(const policy::Policy& policy, diag::Sink& sink) {
  const policy::Policy* const one[] = {&policy};
  EventSpace const space(one);
  Solver solver(space, {});
  auto const look = [&](const Decider& decider) {
    solver.meter().begin_question();
    Region const region = region_of(judged_clauses(decider).match(), decider.applies_to(), space);
    if (solver.is_empty(region) == Truth::yes)
      report_impossible(decider, policy, space, solver, sink);
  };
  for (const policy::Guard& guard : policy.guards)
    look({.guard = &guard, .rule = nullptr});
  for (const policy::Rule& rule : policy.rules)
    look({.guard = nullptr, .rule = &rule});
}

} // namespace nvmf::analyze
