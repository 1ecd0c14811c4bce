// The content of a policy as a number: equal for equal content, whatever its comments, blanks and
// quotes.
#pragma once

#include "yaml/tree.hpp"

#include <string>

namespace nvmf::policy {

// Appends one file's content in a form that only equal content has: maps sorted by key, `x-` keys
// left out, each text with its length.
void append_content(std::string& out, const std::string& file_name, const yaml::Node& root);

// `sha256:` and 64 hex digits.
std::string digest_of(const std::string& content);

} // namespace nvmf::policy
