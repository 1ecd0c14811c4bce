// Sets of the values that an event can have for one match key, closed under "and" and "but not".
#pragma once

#include "analyze/fc_set.hpp"
#include "analyze/glob_language.hpp"
#include "analyze/ip_set.hpp"
#include "analyze/number_set.hpp"

#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace nvmf::analyze {

// Some texts, or all but some.
struct LiteralSet {
  bool all_but = false;
  std::set<std::string> texts;

  bool empty() const { return !all_but && texts.empty(); }
  LiteralSet operator&(const LiteralSet& other) const;
  LiteralSet operator-(const LiteralSet& other) const;
};

// Addresses of all transports, and "no address".
struct AddressSet {
  IpSet ip;
  FcSet fc;
  LiteralSet texts; // loop
  bool unset = false;

  bool empty() const { return ip.empty() && fc.empty() && texts.empty() && !unset; }
  bool overlaps(const AddressSet& other) const;
  AddressSet operator&(const AddressSet& other) const;
  AddressSet operator-(const AddressSet& other) const;
};

// Texts that every union of `must` and none of `must_not` matches; and "no text". For the key
// `source`, whose value is a set of names, a union matches a set that has one of its names.
struct TextSet {
  bool unset = false;
  bool text = false;
  // Interned (EventSpace), sorted, so that equal unions are the same pointer.
  std::vector<const GlobUnion*> must;
  std::vector<const GlobUnion*> must_not;

  TextSet operator&(const TextSet& other) const;
  // `*this` but not `other`, in disjoint parts.
  std::vector<TextSet> minus(const TextSet& other) const;
};

using AxisSet = std::variant<NumberSet, AddressSet, TextSet>;
using AxisSetPtr = std::shared_ptr<const AxisSet>;

// Both are sets of the same axis.
AxisSet intersection(const AxisSet& a, const AxisSet& b);
std::vector<AxisSet> difference_parts(const AxisSet& a, const AxisSet& b);

} // namespace nvmf::analyze
