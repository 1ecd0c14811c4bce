// Single values: each function gives the value, or reports why there is none.
#pragma once

#include "base/duration.hpp"
#include "policy/key_table.hpp"
#include "policy/policy.hpp"
#include "policy/reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::policy {

// A use of a name that is defined elsewhere.
struct NameUse {
  std::string name;
  diag::Span span;
};

// A scalar that is text (quoted, or plain and nothing else), not empty.
std::optional<std::string> read_text(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<bool> read_boolean(Reader& reader, const yaml::Node& node, const Key& key);
// Within the key's minimum and maximum.
std::optional<std::int64_t> read_count(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<double> read_factor(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<unsigned> read_percent(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<RetrySettings::Attempts> read_attempts(Reader& reader, const yaml::Node& node,
                                                     const Key& key);
// `duration` and `seconds`; within minimum and maximum (milliseconds), or `infinity` where taken.
std::optional<base::Duration> read_duration(Reader& reader, const yaml::Node& node, const Key& key);
// A duration, or `never` as infinite_duration.
std::optional<base::Duration> read_poll(Reader& reader, const yaml::Node& node, const Key& key);
// One of the key's words, as its index in them.
std::optional<std::size_t> read_word(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<Persistent> read_persistence(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<std::string> read_nqn(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<std::string> read_interface(Reader& reader, const yaml::Node& node, const Key& key);
// An absolute path without control characters.
std::optional<std::string> read_path(Reader& reader, const yaml::Node& node, const Key& key);
// `text` is checked as an NQN (`nqn_or_file`) or UUID (`uuid_or_file`).
std::optional<TextOrFile> read_text_or_file(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<base::SecretRef> read_secret(Reader& reader, const yaml::Node& node, const Key& key);

// A name that is defined here: reports characters that a full name cannot have (206), and a name
// that is not kebab-case (801).
std::optional<NameUse> read_new_name(Reader& reader, const yaml::Node& node, const Key& key);
// The same for a key that names the map below it; `key` is that of the map. A name that was
// reported is given all the same, so that its uses are not reported, too.
std::optional<NameUse> read_definition_name(Reader& reader, const yaml::Node& node, const Key& key);
// A name that is used here.
std::optional<NameUse> read_name_use(Reader& reader, const yaml::Node& node, const Key& key);
std::vector<NameUse> read_name_uses(Reader& reader, const yaml::Node& node, const Key& key);

// Calls `each` for the scalar, or for every entry of the list; an empty list is 214.
void for_each_value(Reader& reader, const yaml::Node& node, const Key& key,
                    const std::function<void(const yaml::Node&)>& each);

} // namespace nvmf::policy
