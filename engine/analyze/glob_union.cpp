#include "analyze/glob_language.hpp"
#include "base/glob.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

constexpr std::string_view glob_wildcards = "*?";

// `PREFIX*`: matches whatever begins so.
bool is_open_prefix(const std::string& pattern, const std::string& prefix) {
  return pattern.size() == prefix.size() + 1 && pattern.back() == '*';
}

bool meets(std::string_view a, std::string_view b) { return a.starts_with(b) || b.starts_with(a); }

} // namespace

GlobUnion::GlobUnion(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {
  states_.emplace_back();
  for (const std::string& pattern : patterns_) {
    auto const wildcard = pattern.find_first_of(glob_wildcards);
    if (wildcard == std::string::npos) {
      literals_.insert(pattern);
    } else {
      literals_only_ = false;
      wild_.push_back(pattern);
      prefixes_.push_back(pattern.substr(0, wildcard));
    }
    add(pattern);
  }
}

std::uint32_t GlobUnion::step(std::uint32_t from, char symbol) {
  auto const fresh = static_cast<std::uint32_t>(states_.size());
  State& state = states_[from];
  std::uint32_t to = 0;
  if (symbol == '*') {
    if (state.runs)
      return from; // `**` is `*`
    to = state.run_next != 0 ? state.run_next : (state.run_next = fresh);
  } else if (symbol == '?') {
    to = state.any_next != 0 ? state.any_next : (state.any_next = fresh);
  } else {
    auto const known = std::find_if(state.next.begin(), state.next.end(),
                                    [&](const auto& edge) { return edge.first == symbol; });
    to = known != state.next.end() ? known->second : state.next.emplace_back(symbol, fresh).second;
  }
  if (to == fresh)
    states_.push_back({.runs = symbol == '*'});
  return to;
}

void GlobUnion::add(std::string_view pattern) {
  std::uint32_t at = 0;
  for (char const symbol : pattern)
    at = step(at, symbol);
  states_[at].accepts = true;
}

bool GlobUnion::matches(std::string_view text) const {
  if (!literals_.empty() && literals_.contains(std::string(text)))
    return true;
  for (std::size_t i = 0; i < wild_.size(); ++i)
    if (text.starts_with(prefixes_[i]) && base::Glob(wild_[i]).matches(text))
      return true;
  return false;
}

bool GlobUnion::plainly_contains(const GlobUnion& other) const {
  if (this == &other)
    return true;
  if (other.wild_.size() * wild_.size() > 4096)
    return false;
  auto const open_over = [&](std::string_view prefix) {
    for (std::size_t i = 0; i < wild_.size(); ++i)
      if (is_open_prefix(wild_[i], prefixes_[i]) && prefix.starts_with(prefixes_[i]))
        return true;
    return false;
  };
  for (std::size_t i = 0; i < other.wild_.size(); ++i)
    if (!open_over(other.prefixes_[i]) &&
        std::find(wild_.begin(), wild_.end(), other.wild_[i]) == wild_.end())
      return false;
  return std::all_of(other.literals_.begin(), other.literals_.end(),
                     [&](const std::string& text) { return matches(text); });
}

bool GlobUnion::plainly_misses(const GlobUnion& other) const {
  if (wild_.size() * other.wild_.size() > 4096)
    return false;
  for (const std::string& mine : prefixes_)
    for (const std::string& theirs : other.prefixes_)
      if (meets(mine, theirs))
        return false;
  auto const none_in = [](const auto& literals, const GlobUnion& globs) {
    return std::none_of(literals.begin(), literals.end(),
                        [&](const std::string& text) { return globs.matches(text); });
  };
  return none_in(literals_, other) && none_in(other.literals_, *this);
}

} // namespace nvmf::analyze
