// Is there a text that all of these globs match and none of those?
#include "analyze/glob_language.hpp"

#include <doctest/doctest.h>
#include <memory>

using namespace nvmf::analyze;

namespace {

using Patterns = std::vector<std::string>;

Word word(const std::vector<Patterns>& must, const std::vector<Patterns>& must_not,
          const TextKind& kind, const Budget& budget = {}) {
  std::vector<std::unique_ptr<GlobUnion>> unions;
  auto const compiled = [&](const std::vector<Patterns>& all) {
    std::vector<const GlobUnion*> result;
    for (const Patterns& patterns : all)
      result.push_back(unions.emplace_back(std::make_unique<GlobUnion>(patterns)).get());
    return result;
  };
  auto const wanted = compiled(must);
  auto const unwanted = compiled(must_not);
  Meter meter(budget);
  return find_word(wanted, unwanted, kind, meter);
}

} // namespace

TEST_CASE("texts that some globs match and others do not") {
  struct Row {
    const char* name;
    std::vector<Patterns> must;
    std::vector<Patterns> must_not;
    std::string expected; // empty: there is none
  };
  Row const rows[] = {
      {"a literal", {{"nqn.a:x"}}, {}, "nqn.a:x"},
      {"a literal inside a glob", {{"nqn.a:x"}}, {{"nqn.a:*"}}, ""},
      {"a literal beside a glob", {{"nqn.b:x"}}, {{"nqn.a:*"}}, "nqn.b:x"},
      {"a prefix inside a shorter one", {{"nqn.a:prod.*"}}, {{"nqn.a:*"}}, ""},
      {"a prefix without a longer one", {{"nqn.a:*"}}, {{"nqn.a:vol*"}}, "nqn.a:1"},
      {"the prefix itself", {{"nqn.a:*"}}, {{"nqn.a:?*"}}, "nqn.a:"},
      {"one character or none or more",
       {{"nqn.a:*"}},
       {{"nqn.a:"}, {"nqn.a:?"}, {"nqn.a:??*"}},
       ""},
      {"a beginning and an end", {{"nqn.a*"}, {"*:z"}}, {}, "nqn.a:z"},
      {"two ends that exclude each other", {{"*:z"}, {"*:y"}}, {}, ""},
      {"an infix covers its neighbours", {{"*xy*"}}, {{"*x*"}}, ""},
      {"one of several", {{"nqn.a:x", "nqn.b:*"}}, {{"nqn.a:*"}}, "nqn.b:vol1"},
      {"all of several covered by several",
       {{"nqn.a:*", "nqn.b:x"}},
       {{"nqn.b:?"}, {"nqn.a*"}},
       ""},
      {"two halves together cover a literal length",
       {{"nqn.??"}},
       {{"nqn.?a"}, {"nqn.?1"}},
       "nqn.ab"},
      {"forbidden characters are in no name", {{"nqn.a,b*"}}, {}, ""},
      {"too long for a name", {{std::string(224, 'n')}}, {}, ""},
      {"not under any", {}, {{"*"}}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Word const found = word(row.must, row.must_not, nqn_texts());
    CHECK(found.known);
    CHECK(found.text.value_or("") == row.expected);
  }
}

TEST_CASE("examples are readable where anything goes") {
  CHECK(word({}, {}, nqn_texts()).text == "nqn.2024-01.com.example:vol1");
  CHECK(word({}, {{"nqn.2024-01.com.example:*"}}, nqn_texts()).text ==
        "nqn.2024-02.org.example:other");
  CHECK(word({{"nqn.2014-08.com.example:prod.*"}}, {}, nqn_texts()).text ==
        "nqn.2014-08.com.example:prod.vol1");
  CHECK(word({}, {}, interface_texts()).text == "eth0");
}

TEST_CASE("examples begin like an NQN if one can") {
  CHECK(word({}, {{"*1"}, {"*r"}}, nqn_texts()).text == "nqn.");
  // Names from the wire need not.
  CHECK(word({}, {{"nqn.*"}}, nqn_texts()).text == "a");
}

TEST_CASE("host names are in lower case") {
  CHECK_FALSE(word({{"WEB"}}, {}, hostname_texts()).text);
  CHECK(word({{"web-?"}}, {{"web-1"}}, hostname_texts()).text == "web-a");
}

TEST_CASE("a budget that is too small leaves the question open") {
  // Every position of the last ten characters has to be remembered: 2^10 states.
  std::vector<Patterns> const must{{"*a?????????"}, {"*b?a?b?????"}};
  std::vector<Patterns> const must_not{{"*a*"}};
  CHECK(word(must, must_not, nqn_texts()).known);
  Word const open = word(must, must_not, nqn_texts(), {.steps = 3, .steps_each = 3});
  CHECK_FALSE(open.known);
  CHECK_FALSE(open.text);
}

TEST_CASE("a walk costs what it looks at: each character that is tried, in each automaton") {
  std::vector<Patterns> const must{{"*a?????????"}, {"*b?a?b?????"}};
  std::vector<Patterns> const must_not{{"*a*b*", "*b*a*"}};
  CHECK_FALSE(word(must, must_not, nqn_texts(), {.steps = 60'000, .steps_each = 60'000}).known);
  CHECK(word(must, must_not, nqn_texts(), {.steps = 200'000, .steps_each = 200'000}).known);
}

TEST_CASE("results without a search") {
  GlobUnion const wide({"nqn.a:*", "nqn.b:x"});
  CHECK(wide.plainly_contains(GlobUnion({"nqn.a:prod.*"})));
  CHECK(wide.plainly_contains(GlobUnion({"nqn.a:x", "nqn.b:x"})));
  CHECK_FALSE(wide.plainly_contains(GlobUnion({"nqn.b:*"})));
  CHECK(wide.plainly_misses(GlobUnion({"nqn.c:*", "nqn.b:y"})));
  CHECK_FALSE(wide.plainly_misses(GlobUnion({"nqn.b:*"})));
  CHECK(wide.matches("nqn.a:"));
  CHECK_FALSE(wide.matches("nqn.b:xx"));
}
