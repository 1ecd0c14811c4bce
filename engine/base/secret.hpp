// Secrets and references to them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nvmf::base {

// The place of a secret; the only form in which policies, plans and states refer to one.
struct SecretRef {
  enum class Kind : std::uint8_t { credential, keyring, file };
  Kind kind = Kind::credential;
  std::string name; // credential name, key description, or absolute path

  bool operator==(const SecretRef&) const = default;
};

// "credential", "keyring", "file".
std::string_view to_string(SecretRef::Kind kind);

// The secret itself. It cannot be printed, copied or compared, and is wiped when it goes.
class Secret {
public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // For the one place that writes it to the kernel.
  const std::string& reveal() const { return text_; }

private:
  std::string text_;
};

// Overwrites the text's memory, then empties it.
void wipe(std::string& text);

} // namespace nvmf::base
