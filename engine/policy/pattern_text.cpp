#include "policy/pattern_text.hpp"

#include "yaml/scalar.hpp"

#include <algorithm>
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
};

// May stand without quotes wherever a scalar may stand, in every YAML version.
bool is_plain_text(const std::string& text) {
  auto const is_safe = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '/' || c == '_' || c == '-';
  };
  bool const safe = !text.empty() && std::all_of(text.begin(), text.end(), is_safe) &&
                    text.front() != '-' && text.front() != '.';
  return safe && yaml::scalar_type({.text = text}) == yaml::ScalarType::text;
}

} // namespace

std::string to_text(const Pattern& pattern) { return std::visit(TextOf{}, pattern); }

std::string to_yaml_scalar(const std::string& text) {
  if (is_plain_text(text))
    return text;
  std::string out = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  return out + "\"";
}

} // namespace nvmf::policy
