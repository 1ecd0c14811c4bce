// `*` (any run of characters, also none) and `?` (exactly one), anchored at both ends; nothing else
// is special.
#pragma once

#include <string>
#include <string_view>

namespace nvmf::base {

class Glob {
public:
  Glob() = default;
  explicit Glob(std::string pattern);

  // Linear in text times pattern at worst, no recursion. Byte-wise and case-sensitive.
  bool matches(std::string_view text) const;
  const std::string& pattern() const { return pattern_; }
  // No `*` and no `?`: matches one text only.
  bool is_literal() const { return literal_; }
  bool operator==(const Glob& other) const { return pattern_ == other.pattern_; }

private:
  std::string pattern_;
  bool literal_ = true;
};

} // namespace nvmf::base
