#include "analyze/clause_values.hpp"

#include "analyze/glob_language.hpp"

#include <algorithm>
#include <cctype>

namespace nvmf::analyze {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string glob_text(policy::MatchKey key, const std::string& pattern) {
  switch (key) {
  case policy::MatchKey::hostname:
    return lower(pattern);
  case policy::MatchKey::owner:
    return owner_pattern(pattern);
  default:
    return pattern;
  }
}

} // namespace

NumberSet numbers_in(const policy::Clause& clause) {
  std::vector<Interval<Number>> intervals;
  for_each_pattern(clause, [&](const policy::Pattern& pattern) {
    if (const auto* range = std::get_if<policy::NumberRange>(&pattern);
        range && range->first <= 0xffff)
      intervals.push_back({{range->first}, {std::min(range->last, std::uint32_t{0xffff})}});
    if (const auto* treq = std::get_if<base::SecureChannel>(&pattern))
      intervals.push_back(
          {{static_cast<std::uint32_t>(*treq)}, {static_cast<std::uint32_t>(*treq)}});
    if (const auto* flag = std::get_if<policy::Flag>(&pattern))
      intervals.push_back({{flag->value ? 1U : 0U}, {flag->value ? 1U : 0U}});
  });
  return NumberSet(std::move(intervals));
}

AddressSet addresses_in(const policy::Clause& clause, const Scopes& scopes) {
  AddressSet set;
  std::vector<Interval<IpPoint>> intervals;
  auto const add = [&](const IpSet& ip) {
    intervals.insert(intervals.end(), ip.intervals().begin(), ip.intervals().end());
  };
  for_each_pattern(clause, [&](const policy::Pattern& pattern) {
    if (const auto* address = std::get_if<base::IpAddress>(&pattern))
      add(scopes.of(*address));
    else if (const auto* prefix = std::get_if<base::Cidr>(&pattern))
      add(scopes.of(*prefix));
    else if (const auto* range = std::get_if<base::IpRange>(&pattern))
      add(scopes.of(*range));
    else if (const auto* names = std::get_if<base::FcPattern>(&pattern))
      set.fc.add(FcSet::of(*names));
    else if (const auto* other = std::get_if<base::Traddr>(&pattern); other && other->text())
      set.texts.texts.insert(*other->text());
  });
  set.ip = IpSet(std::move(intervals));
  return set;
}

std::vector<std::string> texts_in(const policy::Clause& clause) {
  std::vector<std::string> texts;
  for_each_pattern(clause, [&](const policy::Pattern& pattern) {
    if (const auto* glob = std::get_if<base::Glob>(&pattern))
      texts.push_back(glob_text(clause.key, glob->pattern()));
    else if (const auto* source = std::get_if<policy::SourceGlob>(&pattern))
      texts.insert(texts.end(), source->names.begin(), source->names.end());
    else if (const auto* name = std::get_if<std::string>(&pattern))
      texts.push_back(*name);
  });
  return texts;
}

} // namespace nvmf::analyze
