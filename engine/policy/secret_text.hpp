// Secrets in a policy's text, where they must not be: found by their form, or by the key before
// them, so that no view of the text shows them.
#pragma once

#include "diag/finding.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

// Whether the text contains a DH-HMAC-CHAP secret or a TLS key in interchange form.
bool holds_secret(std::string_view text);

// The text with every secret of these forms replaced by asterisks, byte for byte.
std::string with_secrets_masked(std::string text);

struct MaskedText {
  std::string text;
  std::vector<std::string> secrets; // taken out, for callers that repeat a part of the text
};

// The same for a text that has mistakes: masks the value of each key that is spelt like a secret
// option, but for references such as `{credential: NAME}`. It need not be YAML.
MaskedText with_secret_values_masked(std::string text);

// Masks what the findings show, in both ways: the texts that they point into, their messages, helps
// and notes. A replacement that holds a secret is dropped.
void hide_secrets(std::vector<diag::Finding>& findings);

} // namespace nvmf::policy
