#include "base/glob.hpp"

#include <doctest/doctest.h>
#include <string>

using nvmf::base::Glob;

TEST_CASE("globs are anchored, case-sensitive and know only * and ?") {
  struct {
    const char* pattern;
    const char* text;
    bool matches;
  } const rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything", true},
      {"?", "", false},
      {"?", "a", true},
      {"a*", "a", true},
      {"a*", "ba", false},
      {"*a", "ba", true},
      {"*a", "ab", false},
      {"a*b*c", "aXbYc", true},
      {"a*b*c", "aXcYb", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"**", "x", true},
      {"*?", "", false},
      {"*?", "x", true},
      {"a**b", "ab", true},
      {"ab", "AB", false},
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"a\\*", "a*", false},
      {"nqn.x:vol.1", "nqn.x:vol.10", false},
      {"*abab", "abaabab", true},
      {"*.1", "nqn.x:nvme.11", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(Glob(row.pattern).matches(row.text) == row.matches);
  }
}

TEST_CASE("a pattern made to explode takes no exponential time") {
  std::string pattern;
  for (int i = 0; i < 40; ++i)
    pattern += "a*";
  pattern += "b";
  CHECK_FALSE(Glob(pattern).matches(std::string(4000, 'a')));
}

TEST_CASE("literals are distinct") {
  CHECK(Glob("nqn.a:b").is_literal());
  CHECK_FALSE(Glob("nqn.a:*").is_literal());
  CHECK_FALSE(Glob("nqn.a:?").is_literal());
}
