// NQNs and globs on them as a person writes them: a name that the kernel could never take is an
// error, one that no NQN in the field looks like a warning.
#pragma once

#include "base/glob.hpp"
#include "policy/reader.hpp"

#include <optional>

namespace nvmf::policy {

// NVP208: no NQN can match it.
std::optional<base::Glob> read_nqn_glob(Reader& reader, const yaml::Node& node, const Key& key);
// NVP216 for an NQN or a glob on NQNs that cannot begin with `nqn.`, or reads like a regular
// expression.
void report_unusual_nqn(Reader& reader, const yaml::Node& node);
// NVP216 for any glob that reads like a regular expression; false if it does not.
bool report_regular_expression(Reader& reader, const yaml::Node& node);

} // namespace nvmf::policy
