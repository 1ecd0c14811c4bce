// A map of a test file, checked against the table of keys.
#pragma once

#include "policy/reader.hpp"
#include "testing/keys.hpp"
#include "testing/suite.hpp"
#include "yaml/checked_map.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::testing {

class MapReader : public yaml::CheckedMap {
public:
  MapReader(policy::Reader& reader, const yaml::Node& node, Section section);

  // The value of a key, or nothing: it is not there, or wrong, which was reported.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::size_t> count(std::string_view name) const;

  // The fields of the section that say something of an item, in the order of the table. Names of
  // options, outcomes and reasons that nobody knows are reported (901).
  std::vector<ExpectedField> fields() const;

private:
  void add_field(const Key& key, const yaml::Node& value, std::vector<ExpectedField>& fields) const;
  void add_options(const Key& key, const yaml::Node& value,
                   std::vector<ExpectedField>& fields) const;

  policy::Reader& reader_;
  Section section_;
};

// A name that is not among `names`: 901, with the nearest.
void report_unknown(policy::Reader& reader, const yaml::Node& node, std::string_view what,
                    std::span<const std::string_view> names);

} // namespace nvmf::testing
