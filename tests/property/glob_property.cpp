#include "analyze/glob_language.hpp"
#include "base/glob.hpp"
#include "property/properties.hpp"
#include "property/random_policy.hpp"

#include <algorithm>
#include <memory>
#include <rapidcheck.h>

namespace nvmf::property {

namespace {

// `c` represents all characters that no pattern names.
std::vector<std::string> all_texts(std::size_t longest) {
  std::vector<std::string> texts{""};
  for (std::size_t at = 0; at < texts.size(); ++at)
    if (texts[at].size() < longest)
      for (char const symbol : {'a', 'b', 'c'})
        texts.push_back(texts[at] + symbol);
  texts.erase(texts.begin());
  return texts;
}

std::vector<std::string> random_patterns(Random& random) {
  std::vector<std::string> patterns(1 + random.below(3));
  for (std::string& pattern : patterns)
    for (std::size_t length = 1 + random.below(5); length > 0; --length)
      pattern += "aabb*?"[random.below(6)];
  return patterns;
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return base::Glob(pattern).matches(text); });
}

using Unions = std::vector<std::vector<std::string>>;

bool fits(const Unions& must, const Unions& must_not, const std::string& text) {
  auto const matches = [&](const auto& patterns) { return any_matches(patterns, text); };
  return std::all_of(must.begin(), must.end(), matches) &&
         std::none_of(must_not.begin(), must_not.end(), matches);
}

std::string shown(const Unions& must, const Unions& must_not) {
  std::string text;
  for (const auto* unions : {&must, &must_not}) {
    for (const auto& patterns : *unions) {
      text += "{";
      for (const std::string& pattern : patterns)
        text += " " + pattern;
      text += " }";
    }
    text += unions == &must ? " but not " : "";
  }
  return text;
}

} // namespace

bool globs_agree_with_enumeration() {
  return rc::check("a text is found if and only if there is one", [](std::uint64_t seed) {
    static const auto texts = all_texts(7);
    Random random(seed);
    for (int round = 0; round < 40; ++round) {
      Unions must(random.below(3));
      Unions must_not(random.below(4));
      std::vector<std::unique_ptr<analyze::GlobUnion>> compiled;
      std::vector<const analyze::GlobUnion*> wanted;
      std::vector<const analyze::GlobUnion*> unwanted;
      for (auto& patterns : must) {
        patterns = random_patterns(random);
        wanted.push_back(
            compiled.emplace_back(std::make_unique<analyze::GlobUnion>(patterns)).get());
      }
      for (auto& patterns : must_not) {
        patterns = random_patterns(random);
        unwanted.push_back(
            compiled.emplace_back(std::make_unique<analyze::GlobUnion>(patterns)).get());
      }
      analyze::Meter meter({});
      auto const word = find_word(wanted, unwanted, analyze::property_texts(), meter);
      RC_ASSERT(word.known);
      if (word.text && !fits(must, must_not, *word.text))
        RC_FAIL(shown(must, must_not) + " does not hold `" + *word.text + "`");
      auto const example = std::find_if(texts.begin(), texts.end(), [&](const std::string& text) {
        return fits(must, must_not, text);
      });
      if (!word.text && example != texts.end())
        RC_FAIL(shown(must, must_not) + " holds `" + *example + "`");
    }
  });
}

} // namespace nvmf::property
