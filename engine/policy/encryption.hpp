// The mistakes in the encryption options that the levels of a connection add up to.
#pragma once

#include "policy/lookup.hpp"

#include <optional>
#include <string>

namespace nvmf::policy {

// Two settings that exclude each other, or one that lacks another (NVP215).
struct Contradiction {
  std::string message;
  const OptionSetting* at = nullptr;   // the finding's place
  const OptionSetting* with = nullptr; // what it contradicts; null: what is missing
  std::string label;                   // for `with`
  std::string help;
};

enum class OtherSecrets : std::uint8_t { none, dhchap_secret }; // beyond the levels

// `tls` with `concat`, `concat` with `tls-key`, `concat` without a secret. `other` is what a level
// that is not among these may add.
std::optional<Contradiction> contradiction_in(const Levels& levels, base::Transport transport,
                                              OtherSecrets other);

// The flag is set, and to true.
bool is_on(const OptionSetting* setting);
// The setting refers to a secret.
bool is_secret(const OptionSetting* setting);

} // namespace nvmf::policy
