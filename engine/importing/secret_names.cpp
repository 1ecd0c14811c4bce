#include "importing/secret_names.hpp"

#include "base/digest.hpp"

#include <fmt/format.h>

namespace nvmf::importing {

base::SecretRef SecretNames::name(std::string_view option, std::string_view secret,
                                  const Origin& origin, std::vector<Note>& notes) {
  const std::string digest = base::sha256_hex(secret);
  const auto known = by_digest_.find(digest);
  if (known != by_digest_.end())
    return {base::SecretRef::Kind::credential, known->second};
  const std::string kind = fmt::format("nvmf-{}", option);
  const unsigned number = ++used_[kind];
  const std::string name = number == 1 ? kind : fmt::format("{}-{}", kind, number);
  by_digest_.emplace(digest, name);
  notes.push_back({origin, fmt::format("`{}` is not copied: put the secret into "
                                       "/etc/credstore/{}, readable by root alone",
                                       option, name)});
  return {base::SecretRef::Kind::credential, name};
}

} // namespace nvmf::importing
