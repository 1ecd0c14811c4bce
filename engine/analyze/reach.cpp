#include "analyze/reach.hpp"

#include <algorithm>
#include <iterator>

namespace nvmf::analyze {

namespace {

base::TransportSet all_but(base::TransportSet transports) {
  base::TransportSet others = base::TransportSet::all();
  for (base::Transport const each : base::all_transports)
    if (transports.contains(each))
      others.erase(each);
  return others;
}

class Question {
public:
  Question(std::size_t index, const CompiledPolicy& policy, Solver& solver)
      : index_(index), policy_(policy), solver_(solver), region_(policy.region(index)),
        earlier_(policy.directory().candidates(index, index)), clear_(policy.clear(earlier_)) {
    // A guard that may let an event pass in the end, or that is held for another rule's events
    // alone, covers nothing.
    std::erase_if(clear_, [&](std::size_t candidate) {
      const Decider& decider = policy_.decider(candidate);
      const policy::Rule& rule = *policy_.decider(index_).rule;
      return decider.guard != nullptr &&
             ((decider.before && decider.before != &rule) || !policy_.is_certain(candidate, rule));
    });
  }

  RuleReach answer() {
    result_.rule = policy_.decider(index_).rule;
    solver_.meter().begin_question();
    Truth const impossible = solver_.is_empty(region_);
    if (impossible == Truth::yes)
      result_.reach = Reach::impossible;
    if (impossible != Truth::no)
      return result_;
    Remainder const rest = solver_.subtract(region_, regions(clear_));
    if (rest.empty == Truth::no)
      decides(rest.cell);
    else if (rest.empty == Truth::yes)
      never_decides(covering(rest, clear_));
    return result_;
  }

private:
  std::vector<const Region*> regions(const std::vector<std::size_t>& indices) const {
    std::vector<const Region*> result;
    for (std::size_t const index : indices)
      result.push_back(&policy_.region(index));
    return result;
  }

  static std::vector<std::size_t> covering(const Remainder& rest,
                                           const std::vector<std::size_t>& among) {
    std::vector<std::size_t> result;
    for (std::size_t const position : rest.covering)
      result.push_back(among[position]);
    return result;
  }

  // Earlier opaque ones may take the example; then another one is looked for.
  void decides(const Cell& cell) {
    result_.example = confirmed_among(cell, solver_, policy_, index_, earlier_);
    if (!result_.example && clear_.size() != earlier_.size()) {
      Remainder const rest = solver_.subtract(region_, regions(earlier_));
      if (rest.empty == Truth::no)
        result_.example = confirmed_among(rest.cell, solver_, policy_, index_, earlier_);
    }
    if (result_.example)
      result_.reach = Reach::decides;
  }

  // Guards alone: always denied. Rules alone: what they decide counts, and guards deny the same
  // with and without the rule. Else both together.
  void never_decides(const std::vector<std::size_t>& cover) {
    std::vector<std::size_t> guards;
    std::vector<std::size_t> rules;
    for (std::size_t const candidate : clear_)
      (policy_.decider(candidate).guard ? guards : rules).push_back(candidate);
    Remainder const denied = solver_.subtract(region_, regions(guards));
    Remainder const ruled = solver_.subtract(region_, regions(rules));
    if (denied.empty == Truth::unknown)
      return;
    // A guard that is held against what the rule would use denies none of what earlier rules take.
    auto const refused =
        denied.empty == Truth::yes ? first_decided(guards, Alike::no) : std::optional<Decided>();
    if (refused)
      report(Reach::always_denied, refused, minimal(covering(denied, guards), std::nullopt));
    else if (ruled.empty == Truth::yes)
      taken_by_rules(rules, covering(ruled, rules));
    else if (ruled.empty == Truth::no)
      shadowed_by(first_decided_or_denied(clear_), cover);
  }

  void taken_by_rules(const std::vector<std::size_t>& rules,
                      const std::vector<std::size_t>& cover) {
    auto otherwise = alone_and_otherwise(rules);
    if (!otherwise)
      otherwise = first_decided_or_denied(rules);
    if (otherwise)
      shadowed_by(otherwise, cover);
    else if (!first_decided(opaque(), Alike::no) && !unsettled_)
      report(Reach::redundant, first_decided(rules, Alike::yes), minimal(cover, std::nullopt));
  }

  struct Decided {
    std::size_t decider;
    Example example;
  };

  // The events of the rule that the decider at `other` takes on these transports, as one event.
  std::optional<Decided> taken_by(std::size_t other, base::TransportSet transports) {
    Region both = intersection(region_, policy_.region(other));
    both.shapes &= shapes_of(transports);
    auto const before = policy_.directory().candidates(other, other);
    Remainder const rest = solver_.subtract(both, regions(before));
    unsettled_ = unsettled_ || rest.empty == Truth::unknown;
    if (rest.empty != Truth::no)
      return std::nullopt;
    auto example = confirmed(rest.cell, solver_, policy_, other);
    unsettled_ = unsettled_ || !example;
    return example ? std::optional(Decided{other, std::move(*example)}) : std::nullopt;
  }

  // One that does it all by itself makes the clearest finding.
  std::optional<Decided> alone_and_otherwise(const std::vector<std::size_t>& rules) {
    for (std::size_t const other : rules) {
      base::TransportSet const differing = policy_.differing_on(index_, other);
      if (!differing.empty() && solver_.contains(policy_.region(other), region_) == Truth::yes)
        if (auto decided = taken_by(other, differing))
          return decided;
    }
    return std::nullopt;
  }

  // Those that are never said to cover, but may decide otherwise all the same.
  std::vector<std::size_t> opaque() const {
    std::vector<std::size_t> result;
    std::set_difference(earlier_.begin(), earlier_.end(), clear_.begin(), clear_.end(),
                        std::back_inserter(result));
    std::erase_if(result,
                  [&](std::size_t index) { return policy_.decider(index).guard != nullptr; });
    return result;
  }

  // Held against what another rule would use: with that they deny what it takes.
  std::vector<std::size_t> guards_of_others() const {
    std::vector<std::size_t> result;
    std::copy_if(earlier_.begin(), earlier_.end(), std::back_inserter(result),
                 [&](std::size_t index) {
                   const Decider& decider = policy_.decider(index);
                   return decider.guard != nullptr && decider.before != nullptr &&
                          decider.before != policy_.decider(index_).rule;
                 });
    return result;
  }

  enum class Alike : std::uint8_t { no, yes };

  // The first of these that takes one of the rule's events, and decides like the rule or not.
  std::optional<Decided> first_decided(const std::vector<std::size_t>& others, Alike alike) {
    for (std::size_t const other : others) {
      base::TransportSet transports = policy_.differing_on(index_, other);
      if (alike == Alike::yes)
        transports = all_but(transports);
      if (!transports.empty())
        if (auto decided = taken_by(other, transports))
          return decided;
    }
    return std::nullopt;
  }

  // The first event that one of these decides otherwise; where all that they take is denied, that.
  std::optional<Decided> first_decided_or_denied(const std::vector<std::size_t>& others) {
    auto decided = first_decided(others, Alike::no);
    return decided ? decided : first_decided(guards_of_others(), Alike::no);
  }

  // A guard that is held against another rule's values covers nothing of this one.
  void shadowed_by(const std::optional<Decided>& decided, const std::vector<std::size_t>& cover) {
    if (!decided)
      return;
    bool const covers = std::binary_search(clear_.begin(), clear_.end(), decided->decider);
    report(Reach::shadowed, decided,
           minimal(cover, covers ? std::optional(decided->decider) : std::nullopt));
  }

  // Leaves out what is not needed to cover the rule; `kept` stays, in front.
  std::vector<Coverer> minimal(std::vector<std::size_t> cover, std::optional<std::size_t> kept) {
    constexpr std::size_t tried = 64;
    if (kept && solver_.contains(policy_.region(*kept), region_) == Truth::yes)
      cover.clear();
    if (kept) {
      std::erase(cover, *kept);
      cover.insert(cover.begin(), *kept);
    }
    for (std::size_t at = cover.size(); at > (kept ? 1U : 0U) && cover.size() <= tried; --at) {
      auto without = cover;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(at) - 1);
      if (solver_.subtract(region_, regions(without)).empty == Truth::yes)
        cover = std::move(without);
    }
    std::vector<Coverer> result;
    for (std::size_t const index : cover)
      result.push_back({policy_.decider(index).guard, policy_.decider(index).rule});
    return result;
  }

  // Without an example that the matcher confirmed there is nothing to report.
  void report(Reach reach, std::optional<Decided> decided, std::vector<Coverer> cover) {
    if (!decided)
      return;
    result_.reach = reach;
    result_.example = std::move(decided->example);
    result_.covered_by = std::move(cover);
  }

  std::size_t index_;
  const CompiledPolicy& policy_;
  Solver& solver_;
  const Region& region_;
  std::vector<std::size_t> earlier_;
  std::vector<std::size_t> clear_; // of those, the ones that may be said to cover
  RuleReach result_;
  bool unsettled_ = false; // some question about who decides instead was left open
};

} // namespace

RuleReach reach_of(std::size_t index, const CompiledPolicy& policy, Solver& solver) {
  return Question(index, policy, solver).answer();
}

} // namespace nvmf::analyze
