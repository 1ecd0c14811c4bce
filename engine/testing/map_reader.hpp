// A map of a test file, checked against the table of keys.
#pragma once

#include "policy/reader.hpp"
#include "testing/keys.hpp"
#include "testing/suite.hpp"
#include "yaml/tree.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::testing {

class MapReader {
public:
  // Reports what is no map (204), unknown keys (203, with a suggestion) and required ones that are
  // missing (205).
  MapReader(policy::Reader& reader, const yaml::Node& node, Section section);

  bool is_map() const { return node_.is_map(); }
  const yaml::Node& node() const { return node_; }
  diag::Span span() const { return reader_.span(node_); }

  // The value of a key; null if it is not there.
  const yaml::Node* find(std::string_view name) const;
  // It is there under another spelling, which was reported.
  bool is_misspelt(std::string_view name) const;

  // The value of a key, or nothing: it is not there, or wrong, which was reported.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::size_t> count(std::string_view name) const;

  // The fields of the section that say something of an item, in the order of the table. Names of
  // options, outcomes and reasons that nobody knows are reported (901).
  std::vector<ExpectedField> fields() const;

private:
  void check_keys() const;
  void add_field(const Key& key, const yaml::Node& value, std::vector<ExpectedField>& fields) const;
  void add_options(const Key& key, const yaml::Node& value,
                   std::vector<ExpectedField>& fields) const;

  policy::Reader& reader_;
  const yaml::Node& node_;
  Section section_;
};

// A name that is none of `names`: 901, with the nearest.
void report_unknown(policy::Reader& reader, const yaml::Node& node, std::string_view what,
                    std::span<const std::string_view> names);

} // namespace nvmf::testing
