#include "policy/encryption.hpp"

namespace nvmf::policy {

using base::OptionId;

bool is_on(const OptionSetting* setting) {
  const bool* flag = setting != nullptr ? std::get_if<bool>(&setting->value) : nullptr;
  return flag != nullptr && *flag;
}

bool is_secret(const OptionSetting* setting) {
  return setting != nullptr && std::holds_alternative<base::SecretRef>(setting->value);
}

std::optional<Contradiction> contradiction_in(const Levels& levels, base::Transport transport,
                                              OtherSecrets other) {
  const OptionSetting* tls = levels.find(OptionId::tls, transport);
  const OptionSetting* concat = levels.find(OptionId::concat, transport);
  if (!is_on(concat))
    return std::nullopt;
  if (is_on(tls))
    return Contradiction{.message = "`tls` and `concat` exclude each other: both encrypt",
                         .at = concat,
                         .with = tls,
                         .label = "`tls` is on here",
                         .help = {}};
  if (const OptionSetting* key = levels.find(OptionId::tls_key, transport); is_secret(key))
    return Contradiction{.message = "`concat` and `tls-key` exclude each other",
                         .at = concat,
                         .with = key,
                         .label = "set here",
                         .help = "`concat` agrees on a key with DH-HMAC-CHAP; it takes none"};
  if (other == OtherSecrets::dhchap_secret ||
      is_secret(levels.find(OptionId::dhchap_secret, transport)))
    return std::nullopt;
  return Contradiction{.message = "`concat` needs `dhchap-secret`",
                       .at = concat,
                       .with = nullptr,
                       .label = {},
                       .help = "the key is agreed on with DH-HMAC-CHAP"};
}

} // namespace nvmf::policy
