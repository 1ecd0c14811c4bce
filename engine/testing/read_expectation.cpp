#include "testing/read_expectation.hpp"

#include "policy/read_values.hpp"
#include "testing/map_reader.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::testing {

namespace {

using yaml::Entry;
using yaml::Node;

ExpectedItem read_item(const MapReader& map) {
  ExpectedItem item{.fields = map.fields()};
  if (const ExpectedField* outcome = item.find("outcome"))
    item.outcome = *decide::parse_outcome(outcome->text);
  return item;
}

// `outcomes: {connect: 4}` or `reasons: {self-entry: 4}`.
void read_counts(policy::Reader& reader, const MapReader& map, const Key& key,
                 std::vector<ExpectedCount>& counts) {
  const Node* node = map.find(key.key.name);
  if (node == nullptr)
    return;
  if (!node->is_map())
    return policy::report_mismatch(reader, *node, key.key);
  for (const Entry& entry : node->entries) {
    ExpectedCount count{.name = fmt::format("{}.{}", key.key.name, entry.key.text),
                        .span = reader.span(entry.value)};
    const bool of_outcomes = key.form == Form::outcome_counts;
    if (of_outcomes)
      count.outcome = decide::parse_outcome(entry.key.text);
    else
      count.reason = decide::parse_reason(entry.key.text);
    if (!count.outcome && !count.reason)
      report_unknown(reader, entry.key, of_outcomes ? "outcome" : "reason",
                     of_outcomes ? outcome_words() : reason_words());
    else if (const auto number = policy::read_count(reader, entry.value, key.key)) {
      count.count = static_cast<std::size_t>(*number);
      counts.push_back(std::move(count));
    }
  }
}

ExpectedEntry read_entry(policy::Reader& reader, const Node& node) {
  const MapReader map(reader, node, Section::entry);
  ExpectedEntry entry{.span = reader.span(node)};
  if (!map.is_map())
    return entry;
  entry.item = read_item(map);
  entry.paths = map.count("paths");
  if (const Node* selector = map.find("entry"))
    entry.selector = MapReader(reader, *selector, Section::selector).fields();
  return entry;
}

} // namespace

const ExpectedField* ExpectedItem::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const ExpectedField& one) { return one.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

Expectation read_expectation(policy::Reader& reader, const Node& node) {
  const MapReader map(reader, node, Section::expect);
  Expectation expect{.span = reader.span(node)};
  if (!map.is_map())
    return expect;
  expect.event = read_item(map);
  if (const auto connects = map.count("connects"))
    expect.counts.push_back({.name = "connects",
                             .outcome = decide::Outcome::connect,
                             .count = *connects,
                             .span = reader.span(*map.find("connects"))});
  read_counts(reader, map, *find_key(Section::expect, "outcomes"), expect.counts);
  read_counts(reader, map, *find_key(Section::expect, "reasons"), expect.counts);
  if (const Node* entries = map.find("entries")) {
    if (!entries->is_list())
      policy::report_mismatch(reader, *entries, find_key(Section::expect, "entries")->key);
    for (const Node& entry : entries->items)
      expect.entries.push_back(read_entry(reader, entry));
  }
  return expect;
}

} // namespace nvmf::testing
