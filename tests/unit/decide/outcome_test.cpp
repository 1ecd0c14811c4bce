#include "decide/outcome.hpp"

#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace nvmf::decide;

TEST_CASE("every outcome and reason has a word of its own that parses back") {
  std::set<std::string> words;
  for (Outcome outcome : all_outcomes) {
    CAPTURE(std::string(to_string(outcome)));
    CHECK(parse_outcome(to_string(outcome)) == outcome);
    CHECK(words.insert(std::string(to_string(outcome))).second);
  }
  words.clear();
  for (Reason reason : all_reasons) {
    CAPTURE(std::string(to_string(reason)));
    CHECK(parse_reason(to_string(reason)) == reason);
    CHECK(words.insert(std::string(to_string(reason))).second);
  }
  CHECK(words.size() == 23);
  CHECK_FALSE(parse_reason("no_rule_matched"));
  CHECK_FALSE(parse_outcome(""));
}
