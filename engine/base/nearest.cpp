#include "base/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <vector>

namespace nvmf::base {

namespace {

constexpr std::size_t longest_word = 64; // beyond it nobody mistyped a key

std::string folded(std::string_view word) {
  std::string result(word);
  for (char& c : result)
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Optimal string alignment distance.
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

} // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > longest_word)
    return std::nullopt;
  std::string const typed = folded(word);
  std::size_t best_edits = std::max<std::size_t>(1, typed.size() / 3) + 1;
  std::optional<std::string> best;
  for (const std::string& candidate : candidates) {
    std::size_t const longer = candidate.size() > typed.size() ? candidate.size() - typed.size()
                                                               : typed.size() - candidate.size();
    if (candidate.size() > longest_word || longer >= best_edits) // each of them is an edit
      continue;
    std::size_t const distance = edits(typed, folded(candidate));
    if (distance < best_edits && distance < typed.size()) { // a letter changed is another word
      best_edits = distance;
      best = candidate;
    }
  }
  if (best)
    return best;
  // `deny` for `denied`, `no-rule` for `no-rule-matched`: all but its last letter begins one alone.
  constexpr std::size_t shortest_stem = 3;
  std::string_view const stem = std::string_view(typed).substr(0, typed.size() - 1);
  for (const std::string& candidate : candidates) {
    if (stem.size() < shortest_stem || !folded(candidate).starts_with(stem))
      continue;
    if (best)
      return std::nullopt;
    best = candidate;
  }
  return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
  auto const near = nearest(word, candidates);
  return near ? fmt::format("did you mean `{}`?", *near) : std::string();
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  return suggestion(word, std::vector<std::string>(candidates.begin(), candidates.end()));
}

} // namespace nvmf::base
