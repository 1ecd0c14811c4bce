#include "analyze/directory.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace nvmf::analyze {

namespace {

constexpr std::string_view wildcards = "*?";

bool is_literal(std::string_view pattern) {
  return pattern.find_first_of(wildcards) == std::string_view::npos;
}

// The text with which every match of the pattern begins.
std::string beginning(std::string_view pattern) {
  return std::string(pattern.substr(0, pattern.find_first_of(wildcards)));
}

// The text with which every match of it ends, from the end.
std::string reversed_end(std::string_view pattern) {
  auto const wildcard = pattern.find_last_of(wildcards);
  std::string end(wildcard == std::string_view::npos ? pattern : pattern.substr(wildcard + 1));
  std::reverse(end.begin(), end.end());
  return end;
}

const TextSet* names_of(const Region& region) {
  const AxisSet* bound = region.bound_on(Axis::subsystem_nqn);
  return bound ? std::get_if<TextSet>(bound) : nullptr;
}

// The addresses of a region that has IP addresses only.
const IpSet* addresses_of(const Region& region) {
  const AxisSet* bound = region.bound_on(Axis::traddr);
  if (!bound)
    return nullptr;
  const auto& set = std::get<AddressSet>(*bound);
  bool const only_ip = set.fc.empty() && set.texts.empty() && !set.unset && !set.ip.empty();
  return only_ip ? &set.ip : nullptr;
}

template <class Value>
void sort_unique(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// The patterns of the union that each region's names must match; it may have more, they only
// narrow.
const std::vector<std::string>* patterns_of(const Region& region) {
  const TextSet* names = names_of(region);
  return names && !names->must.empty() ? &names->must.front()->patterns() : nullptr;
}

std::vector<std::string> all_of(const std::vector<const Region*>& regions,
                                std::string (*part)(std::string_view)) {
  std::vector<std::string> parts;
  for (const Region* region : regions)
    if (const auto* patterns = patterns_of(*region))
      for (const std::string& pattern : *patterns)
        parts.push_back(part(pattern));
  sort_unique(parts);
  return parts;
}

std::vector<IpPoint> all_ends(const std::vector<const Region*>& regions) {
  std::vector<IpPoint> ends;
  for (const Region* region : regions)
    if (const IpSet* addresses = addresses_of(*region)) {
      ends.push_back(addresses->intervals().front().first);
      ends.push_back(addresses->intervals().back().last);
    }
  sort_unique(ends);
  return ends;
}

template <class Value>
std::uint32_t rank(const std::vector<Value>& sorted, const Value& value) {
  return static_cast<std::uint32_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
}

// The last rank of those that begin like `text`, which is one of them: they are neighbours.
std::uint32_t last_rank_like(const std::vector<std::string>& sorted, const std::string& text) {
  auto const end =
      std::partition_point(sorted.begin(), sorted.end(), [&](const std::string& other) {
        return other < text || other.starts_with(text);
      });
  return static_cast<std::uint32_t>(end - sorted.begin()) - 1;
}

// From the first to the last rank of what can begin like the part of any of these patterns.
std::pair<std::uint32_t, std::uint32_t> ranks(const std::vector<std::string>& patterns,
                                              std::string (*part)(std::string_view),
                                              const std::vector<std::string>& sorted) {
  std::pair<std::uint32_t, std::uint32_t> result{0xffffffffU, 0};
  for (const std::string& pattern : patterns) {
    std::string const own = part(pattern);
    std::uint32_t const first = rank(sorted, own);
    result.first = std::min(result.first, first);
    result.second =
        std::max(result.second, is_literal(pattern) ? first : last_rank_like(sorted, own));
  }
  return result;
}

} // namespace

Directory::Directory(const std::vector<const Region*>& regions) {
  auto const beginnings = all_of(regions, beginning);
  auto const name_ends = all_of(regions, reversed_end);
  auto const ends = all_ends(regions);
  for (const Region* region : regions) {
    Summary& summary = summaries_.emplace_back(Summary{.shapes = region->shapes});
    if (const IpSet* addresses = addresses_of(*region))
      summary.addresses = {rank(ends, addresses->intervals().front().first),
                           rank(ends, addresses->intervals().back().last)};
    if (const auto* patterns = patterns_of(*region)) {
      auto const [first, last] = ranks(*patterns, beginning, beginnings);
      summary.beginnings = {first, last};
      auto const [first_end, last_end] = ranks(*patterns, reversed_end, name_ends);
      summary.ends = {first_end, last_end};
    }
  }
}

std::vector<std::size_t> Directory::candidates(std::size_t index, std::size_t end) const {
  std::vector<std::size_t> found;
  const Summary& own = summaries_[index];
  for (std::size_t i = 0; i < end; ++i) {
    const Summary& other = summaries_[i];
    if ((own.shapes & other.shapes) != 0 && own.beginnings.meets(other.beginnings) &&
        own.ends.meets(other.ends) && own.addresses.meets(other.addresses) && i != index)
      found.push_back(i);
  }
  return found;
}

} // namespace nvmf::analyze
