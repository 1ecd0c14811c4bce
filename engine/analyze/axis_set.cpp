#include "analyze/axis_set.hpp"

#include <algorithm>
#include <iterator>

namespace nvmf::analyze {

namespace {

std::set<std::string> filtered(const std::set<std::string>& texts, const LiteralSet& by,
                               bool wanted) {
  std::set<std::string> result;
  for (const std::string& text : texts)
    if ((by.texts.contains(text) != by.all_but) == wanted)
      result.insert(text);
  return result;
}

std::vector<const GlobUnion*> merged(const std::vector<const GlobUnion*>& a,
                                     const std::vector<const GlobUnion*>& b) {
  std::vector<const GlobUnion*> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::vector<const GlobUnion*> with(const std::vector<const GlobUnion*>& unions,
                                   const GlobUnion* one) {
  return merged(unions, {one});
}

} // namespace

LiteralSet LiteralSet::operator&(const LiteralSet& other) const {
  if (!all_but)
    return {.all_but = false, .texts = filtered(texts, other, true)};
  if (!other.all_but)
    return other & *this;
  LiteralSet both = *this;
  both.texts.insert(other.texts.begin(), other.texts.end());
  return both;
}

LiteralSet LiteralSet::operator-(const LiteralSet& other) const {
  return *this & LiteralSet{.all_but = !other.all_but, .texts = other.texts};
}

bool AddressSet::overlaps(const AddressSet& other) const {
  return (unset && other.unset) || ip.overlaps(other.ip) || fc.overlaps(other.fc) ||
         !(texts & other.texts).empty();
}

AddressSet AddressSet::operator&(const AddressSet& other) const {
  return {.ip = ip & other.ip,
          .fc = fc & other.fc,
          .texts = texts & other.texts,
          .unset = unset && other.unset};
}

AddressSet AddressSet::operator-(const AddressSet& other) const {
  return {.ip = ip - other.ip,
          .fc = fc - other.fc,
          .texts = texts - other.texts,
          .unset = unset && !other.unset};
}

TextSet TextSet::operator&(const TextSet& other) const {
  return {.unset = unset && other.unset,
          .text = text && other.text,
          .must = merged(must, other.must),
          .must_not = merged(must_not, other.must_not)};
}

std::vector<TextSet> TextSet::minus(const TextSet& other) const {
  std::vector<TextSet> parts;
  if (unset && !other.unset)
    parts.push_back({.unset = true});
  if (!text)
    return parts;
  TextSet inside{.text = true, .must = must, .must_not = must_not};
  if (!other.text) {
    parts.push_back(std::move(inside));
    return parts;
  }
  for (const GlobUnion* wanted : other.must) {
    TextSet part = inside;
    part.must_not = with(part.must_not, wanted);
    parts.push_back(std::move(part));
    inside.must = with(inside.must, wanted);
  }
  for (const GlobUnion* unwanted : other.must_not) {
    TextSet part = inside;
    part.must = with(part.must, unwanted);
    parts.push_back(std::move(part));
    inside.must_not = with(inside.must_not, unwanted);
  }
  return parts;
}

AxisSet intersection(const AxisSet& a, const AxisSet& b) {
  return std::visit(
      [&](const auto& left) -> AxisSet { return left & std::get<std::decay_t<decltype(left)>>(b); },
      a);
}

std::vector<AxisSet> difference_parts(const AxisSet& a, const AxisSet& b) {
  std::vector<AxisSet> parts;
  if (const auto* text = std::get_if<TextSet>(&a)) {
    for (TextSet& part : text->minus(std::get<TextSet>(b)))
      parts.emplace_back(std::move(part));
  } else if (const auto* numbers_of_a = std::get_if<NumberSet>(&a)) {
    parts.emplace_back(*numbers_of_a - std::get<NumberSet>(b));
  } else {
    parts.emplace_back(std::get<AddressSet>(a) - std::get<AddressSet>(b));
  }
  return parts;
}

} // namespace nvmf::analyze
