// Secrets that stand in a policy's text, where they must not be: found by their form, or by the key
// before them, so that nothing which shows the text shows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

// A DH-HMAC-CHAP secret or a TLS key in interchange form stands in it.
bool holds_secret(std::string_view text);

// The text with every secret of these forms replaced by asterisks, byte for byte.
std::string with_secrets_masked(std::string text);

struct MaskedText {
  std::string text;
  std::vector<std::string> secrets; // what was taken out, for whoever repeats a part of the text
};

// The same for a text that has mistakes: whatever is written as the value of a key that is spelt
// like a secret option, but is no reference such as `{credential: NAME}`. It need not be YAML.
MaskedText with_secret_values_masked(std::string text);

} // namespace nvmf::policy
