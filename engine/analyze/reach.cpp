#include "analyze/reach.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

class Question {
public:
  Question(std::size_t index, const CompiledPolicy& policy, Solver& solver)
      : index_(index), policy_(policy), solver_(solver), region_(policy.region(index)),
        earlier_(policy.directory().candidates(index, index)), clear_(policy.clear(earlier_)) {}

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
      never_decides(covering(rest));
    return result_;
  }

private:
  std::vector<const Region*> regions(const std::vector<std::size_t>& indices) const {
    std::vector<const Region*> result;
    for (std::size_t const index : indices)
      result.push_back(&policy_.region(index));
    return result;
  }

  std::vector<std::size_t> covering(const Remainder& rest) const {
    std::vector<std::size_t> result;
    for (std::size_t const position : rest.covering)
      result.push_back(clear_[position]);
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

  void never_decides(std::vector<std::size_t> cover) {
    auto const guards_end = std::find_if(clear_.begin(), clear_.end(), [&](std::size_t candidate) {
      return candidate >= policy_.guards();
    });
    std::vector<std::size_t> const guards(clear_.begin(), guards_end);
    Remainder const denied = solver_.subtract(region_, regions(guards));
    if (denied.empty == Truth::yes) {
      cover.clear();
      for (std::size_t const position : denied.covering)
        cover.push_back(guards[position]);
      report(Reach::always_denied, first_decided_otherwise(), minimal(cover, std::nullopt));
      return;
    }
    if (denied.empty == Truth::unknown)
      return;
    auto otherwise = alone_and_otherwise();
    if (!otherwise)
      otherwise = first_decided_otherwise();
    if (otherwise)
      report(Reach::shadowed, otherwise, minimal(cover, otherwise->decider));
    else if (!unsettled_)
      report(Reach::redundant, first_decided_alike(), minimal(cover, std::nullopt));
  }

  struct Decided {
    std::size_t decider;
    Example example;
  };

  // What the decider at `other` takes of the rule's events, as an event.
  std::optional<Decided> taken_by(std::size_t other) {
    Region const both = intersection(region_, policy_.region(other));
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
  std::optional<Decided> alone_and_otherwise() {
    for (std::size_t const other : clear_)
      if (!policy_.decide_alike(index_, other) &&
          solver_.contains(policy_.region(other), region_) == Truth::yes)
        if (auto decided = taken_by(other))
          return decided;
    return std::nullopt;
  }

  std::optional<Decided> first_decided_otherwise() {
    for (std::size_t const other : earlier_)
      if (!policy_.decide_alike(index_, other))
        if (auto decided = taken_by(other))
          return decided;
    return std::nullopt;
  }

  std::optional<Decided> first_decided_alike() {
    for (std::size_t const other : earlier_)
      if (policy_.decide_alike(index_, other))
        if (auto decided = taken_by(other))
          return decided;
    return std::nullopt;
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
