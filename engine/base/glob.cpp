#include "base/glob.hpp"

namespace nvmf::base {

Glob::Glob(std::string pattern)
    : pattern_(std::move(pattern)), literal_(pattern_.find_first_of("*?") == std::string::npos) {}

bool Glob::matches(std::string_view text) const {
  if (literal_)
    return text == pattern_;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string::npos; // the last `*` seen, and where its run ends for now
  std::size_t run_end = 0;
  while (t < text.size()) {
    if (p < pattern_.size() && pattern_[p] == '*') {
      star = p++;
      run_end = t;
    } else if (p < pattern_.size() && (pattern_[p] == '?' || pattern_[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++run_end;
    } else {
      return false;
    }
  }
  while (p < pattern_.size() && pattern_[p] == '*')
    ++p;
  return p == pattern_.size();
}

} // namespace nvmf::base
