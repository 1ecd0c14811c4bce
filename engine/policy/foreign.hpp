// Spellings that people bring from elsewhere: nvme-cli, sysfs, nvme-stas, the kernel's option
// string. They are errors here, with help of their own.
#pragma once

#include "diag/finding.hpp"
#include "policy/key_table.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::policy {

// The text with hyphens for the dashes of word processors (U+2010 to U+2015, U+2212); nothing where
// it has none.
std::optional<std::string> with_hyphens(std::string_view text);

struct ForeignKey {
  std::string help;        // empty: not known to be foreign
  std::string_view meant;  // the key that is meant, where there is one
  bool is_renamed = false; // it is called so here, with the same value
};
ForeignKey foreign_key(Section section, std::string_view word);

// Help for a value that the key does not take; empty if there is none to give.
diag::Advice foreign_value_help(const Key& key, std::string_view value);

} // namespace nvmf::policy
