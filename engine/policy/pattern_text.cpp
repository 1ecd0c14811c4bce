#include "policy/pattern_text.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

struct TextOf {
  std::string operator()(base::EventKind kind) const { return std::string(to_string(kind)); }
  std::string operator()(base::Transport transport) const {
    return std::string(to_string(transport));
  }
  std::string operator()(base::SecureChannel treq) const { return std::string(to_string(treq)); }
  std::string operator()(const NumberRange& range) const {
    return range.first == range.last ? std::to_string(range.first)
                                     : fmt::format("{}-{}", range.first, range.last);
  }
  std::string operator()(const base::IpAddress& address) const { return address.to_string(); }
  std::string operator()(const base::Cidr& cidr) const { return cidr.to_string(); }
  std::string operator()(const base::IpRange& range) const { return range.to_string(); }
  std::string operator()(const base::FcPattern& pattern) const { return pattern.to_string(); }
  std::string operator()(const base::Traddr& address) const { return address.to_string(); }
  std::string operator()(const base::Glob& glob) const { return glob.pattern(); }
  std::string operator()(const std::string& name) const { return name; }
  std::string operator()(Flag flag) const { return flag.to_string(); }
  std::string operator()(const SourceGlob& source) const { return source.to_string(); }
};

} // namespace

std::string to_text(const Pattern& pattern) { return std::visit(TextOf{}, pattern); }

} // namespace nvmf::policy
