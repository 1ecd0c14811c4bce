// How much work an analysis may spend, counted in steps and not in seconds, so that the same policy
// always gives the same answer.
#pragma once

#include <cstdint>

namespace nvmf::analyze {

// A step is about 20 ns on a machine of today: a match is compared with another one in some ten, a
// state of a glob automaton is left by one character in as many as there are unions and states.
// All of them together are below two seconds, whatever the policy; 10,000 rules as they are written
// need a tenth of it.
struct Budget {
  std::uint64_t steps = 80'000'000;     // of one analysis as a whole
  std::uint64_t steps_each = 4'000'000; // of one question ("does this rule ever decide?")
};

// Counts down both. Once one is spent the question asked is given up: no finding, "incomplete".
class Meter {
public:
  explicit Meter(const Budget& budget) : budget_(budget), left_(budget.steps) { begin_question(); }

  void begin_question() {
    question_left_ = budget_.steps_each < left_ ? budget_.steps_each : left_;
  }
  // False once the question's share is spent; it stays so until the next question.
  bool spend(std::uint64_t steps) {
    if (question_left_ < steps) {
      left_ -= question_left_ < left_ ? question_left_ : left_;
      question_left_ = 0;
      incomplete_ = true;
      return false;
    }
    question_left_ -= steps;
    left_ -= steps;
    return true;
  }
  // A question was given up at some time.
  bool incomplete() const { return incomplete_; }

private:
  Budget budget_;
  std::uint64_t left_;
  std::uint64_t question_left_ = 0;
  bool incomplete_ = false;
};

} // namespace nvmf::analyze
