#include "base/secret.hpp"

#include <cstring>
#include <utility>

namespace nvmf::base {

std::string_view to_string(SecretRef::Kind kind) {
  switch (kind) {
  case SecretRef::Kind::credential:
    return "credential";
  case SecretRef::Kind::keyring:
    return "keyring";
  case SecretRef::Kind::file:
    return "file";
  }
  return "";
}

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.capacity());
  text.clear();
}

// A copy, so that wiping the other leaves nothing.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : text_(other.text_) { wipe(other.text_); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(text_);
    text_ = other.text_;
    wipe(other.text_);
  }
  return *this;
}

Secret::~Secret() { wipe(text_); }

} // namespace nvmf::base
