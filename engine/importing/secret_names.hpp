// Names for secrets in the old files: the same secret gets the same name, and nothing but the name
// goes on.
#pragma once

#include "base/secret.hpp"
#include "importing/model.hpp"

#include <map>
#include <string>
#include <string_view>

namespace nvmf::importing {

class SecretNames {
public:
  // A reference to a credential for `secret`, which was found as `option` (`dhchap-secret`). The
  // first use of a secret notes how to store it.
  base::SecretRef name(std::string_view option, std::string_view secret, const Origin& origin,
                       std::vector<Note>& notes);

private:
  std::map<std::string, std::string> by_digest_; // SHA-256 of the secret → name
  std::map<std::string, unsigned> used_;         // how many names of each kind
};

} // namespace nvmf::importing
