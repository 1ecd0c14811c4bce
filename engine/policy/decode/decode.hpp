// From a tree to the policy's structures, part by part. Each function reports everything that is
// wrong with its part and gives what could be understood.
#pragma once

#include "policy/decode/decoded.hpp"
#include "policy/map_view.hpp"
#include "policy/reader.hpp"

#include <optional>
#include <vector>

namespace nvmf::policy {

// `path`, `name` and `is_main` of `file` are set.
DecodedFile decode_file(Reader& reader, const yaml::Node& root, File file);

DecodedMatch decode_match(Reader& reader, const yaml::Node& node, const Key& key);

// The values of one condition; `free_text` also takes loop's addresses.
struct PatternContext {
  const Key& key;
  MatchKey kind;
  bool loop_text = false;
};
DecodedClause decode_clause(Reader& reader, const yaml::Node& node, const PatternContext& context);

OptionSettings decode_options(Reader& reader, const yaml::Node& node, const Key& key);
RetrySettings decode_retry(Reader& reader, const yaml::Node& node, const Key& key);

DecodedRule decode_rule(Reader& reader, const yaml::Node& node, const Key& key);
DecodedGuard decode_guard(Reader& reader, const yaml::Node& node, const Key& key);
DecodedTarget decode_target(Reader& reader, const yaml::Node& node, const Key& key);
std::optional<Identity> decode_identity(Reader& reader, const yaml::Entry& entry, const Key& key);
std::shared_ptr<Set> decode_set(Reader& reader, const yaml::Entry& entry, const Key& key);

} // namespace nvmf::policy
