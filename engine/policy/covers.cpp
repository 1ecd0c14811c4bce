#include "policy/covers.hpp"

#include <algorithm>
#include <optional>

namespace nvmf::policy {

namespace {

struct Bounds {
  base::IpAddress first;
  base::IpAddress last;
};

base::IpAddress last_address(const base::Cidr& cidr) {
  base::IpAddress last = cidr.address;
  for (unsigned i = cidr.length; i < last.width(); ++i)
    last.bytes[i / 8] = static_cast<std::uint8_t>(last.bytes[i / 8] | (0x80U >> (i % 8)));
  return last;
}

// None for a pattern that is not an IP pattern, and for an address that names a scope: it matches
// less than its value says.
std::optional<Bounds> bounds_of(const Pattern& pattern) {
  if (const auto* address = std::get_if<base::IpAddress>(&pattern))
    return address->scope.empty() ? std::optional(Bounds{*address, *address}) : std::nullopt;
  if (const auto* cidr = std::get_if<base::Cidr>(&pattern))
    return Bounds{cidr->address, last_address(*cidr)};
  if (const auto* range = std::get_if<base::IpRange>(&pattern))
    return Bounds{range->first, range->last};
  return std::nullopt;
}

bool covers_addresses(const Bounds& outer, const Bounds& inner) {
  return outer.first.family == inner.first.family && outer.first.compare_value(inner.first) <= 0 &&
         outer.last.compare_value(inner.last) >= 0;
}

bool covers_glob(const base::Glob& outer, const base::Glob& inner) {
  if (outer == inner || (inner.is_literal() && outer.matches(inner.pattern())))
    return true;
  // `prefix*` takes in whatever begins with the prefix.
  const std::string& pattern = outer.pattern();
  std::size_t const wild = pattern.find_first_of("*?");
  if (wild == std::string::npos || pattern[wild] != '*' || wild + 1 != pattern.size())
    return false;
  std::size_t const literal = std::min(inner.pattern().find_first_of("*?"), inner.pattern().size());
  return literal >= wild && inner.pattern().starts_with(pattern.substr(0, wild));
}

bool covers_name(const base::FcNamePattern& outer, const base::FcNamePattern& inner) {
  return outer.digits <= inner.digits && outer.matches(inner.value);
}

template <class Test>
bool all_patterns(const Clause& clause, Test test) {
  return std::all_of(clause.values.begin(), clause.values.end(), test) &&
         std::all_of(clause.sets.begin(), clause.sets.end(), [&](const auto& set) {
           return std::all_of(set->values.begin(), set->values.end(), test);
         });
}

} // namespace

bool covers(const Pattern& outer, const Pattern& inner) {
  if (auto const wide = bounds_of(outer)) {
    auto const narrow = bounds_of(inner);
    return narrow && covers_addresses(*wide, *narrow);
  }
  if (const auto* glob = std::get_if<SourceGlob>(&outer))
    if (const auto* name = std::get_if<std::string>(&inner))
      return std::find(glob->names.begin(), glob->names.end(), *name) != glob->names.end();
  if (outer.index() != inner.index())
    return false;
  if (const auto* wide = std::get_if<NumberRange>(&outer)) {
    const auto& narrow = std::get<NumberRange>(inner);
    return wide->first <= narrow.first && wide->last >= narrow.last;
  }
  if (const auto* wide = std::get_if<base::FcPattern>(&outer)) {
    const auto& narrow = std::get<base::FcPattern>(inner);
    return covers_name(wide->node, narrow.node) && covers_name(wide->port, narrow.port);
  }
  if (const auto* wide = std::get_if<base::Glob>(&outer))
    return covers_glob(*wide, std::get<base::Glob>(inner));
  return outer == inner;
}

bool covers(const Clause& outer, const Clause& inner) {
  if (outer.key != inner.key || outer.udev_property != inner.udev_property)
    return false;
  return all_patterns(inner, [&](const Pattern& narrow) {
    return !all_patterns(outer, [&](const Pattern& wide) { return !covers(wide, narrow); });
  });
}

} // namespace nvmf::policy
