#include "analyze/directory.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace nvmf::analyze {

namespace {

// What every match of the pattern begins with.
std::string_view beginning(std::string_view pattern) {
  return pattern.substr(0, pattern.find_first_of("*?"));
}

const TextSet* names_of(const Region& region) {
  const AxisSet* bound = region.bound_on(Axis::subsystem_nqn);
  return bound ? std::get_if<TextSet>(bound) : nullptr;
}

// The addresses of a region that speaks of IP addresses only.
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

std::vector<std::string_view> all_beginnings(const std::vector<const Region*>& regions) {
  std::vector<std::string_view> beginnings;
  for (const Region* region : regions)
    if (const TextSet* names = names_of(*region))
      for (const GlobUnion* globs : names->must)
        for (const std::string& pattern : globs->patterns())
          beginnings.push_back(beginning(pattern));
  sort_unique(beginnings);
  return beginnings;
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

// The ranks of all beginnings that begin like `text`, which is one of them: they are neighbours.
std::uint32_t last_rank_below(const std::vector<std::string_view>& sorted, std::string_view text) {
  auto const end = std::partition_point(sorted.begin(), sorted.end(), [&](std::string_view other) {
    return other < text || other.starts_with(text);
  });
  return static_cast<std::uint32_t>(end - sorted.begin()) - 1;
}

} // namespace

Directory::Directory(std::vector<const Region*> regions) {
  auto const beginnings = all_beginnings(regions);
  auto const ends = all_ends(regions);
  for (const Region* region : regions) {
    Summary& summary = summaries_.emplace_back(Summary{.shapes = region->shapes});
    if (const IpSet* addresses = addresses_of(*region))
      summary.addresses = {rank(ends, addresses->intervals().front().first),
                           rank(ends, addresses->intervals().back().last)};
    const TextSet* names = names_of(*region);
    if (!names || names->must.empty())
      continue;
    Span span{0xffffffffU, 0};
    for (const std::string& pattern : names->must.front()->patterns()) {
      std::string_view const start = beginning(pattern);
      std::uint32_t const own = rank(beginnings, start);
      bool const literal = start.size() == pattern.size();
      span.first = std::min(span.first, own);
      span.last = std::max(span.last, literal ? own : last_rank_below(beginnings, start));
    }
    summary.names = span;
  }
}

std::vector<std::size_t> Directory::candidates(std::size_t index, std::size_t end) const {
  std::vector<std::size_t> found;
  const Summary& own = summaries_[index];
  for (std::size_t i = 0; i < end; ++i) {
    const Summary& other = summaries_[i];
    if ((own.shapes & other.shapes) != 0 && own.names.meets(other.names) &&
        own.addresses.meets(other.addresses) && i != index)
      found.push_back(i);
  }
  return found;
}

} // namespace nvmf::analyze
