// Where secrets are fetched, at the last moment before they are written to the kernel.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/tls_psk.hpp"
#include "fabrics/option_string.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nvmf::fabrics {

class SecretSource {
public:
  virtual ~SecretSource() = default;

  // The text of the secret: first line, without blanks around it.
  virtual base::Result<base::Secret> text(const base::SecretRef& ref) = 0;
  // The serial number of the key of that type (`psk`, `keyring`) and description.
  virtual base::Result<std::int32_t> key_serial(const std::string& type,
                                                const std::string& description) = 0;
  // Puts a key of type `psk` into the keyring, or a new one in the place of that description's;
  // returns its serial number.
  virtual base::Result<std::int32_t> add_psk(const base::TlsPsk& psk, std::int32_t keyring) = 0;
  // Changes when the secret behind the reference may have changed: where it lies, when it was
  // written, how long it is; never what it is.
  virtual std::string fingerprint(const base::SecretRef& ref) = 0;
};

// The host's: credentials from `credentials_directory` ($CREDENTIALS_DIRECTORY) or systemd's
// stores, files that nobody but their owner may read, keys through the kernel's keyrings
// (keyctl(2), /proc/keys).
class HostSecretSource final : public SecretSource {
public:
  HostSecretSource(const base::FileSystem& files, std::optional<std::string> credentials_directory)
      : files_(files), credentials_(std::move(credentials_directory)) {}

  base::Result<base::Secret> text(const base::SecretRef& ref) override;
  base::Result<std::int32_t> key_serial(const std::string& type,
                                        const std::string& description) override;
  base::Result<std::int32_t> add_psk(const base::TlsPsk& psk, std::int32_t keyring) override;
  std::string fingerprint(const base::SecretRef& ref) override;

private:
  base::Result<base::Secret> credential(const std::string& name);

  const base::FileSystem& files_;
  std::optional<std::string> credentials_;
};

// Everything that the item's option string needs. A TLS key that a credential or file holds, in
// interchange format, is derived for the item's NQNs and put into the item's keyring, else the
// kernel's `.nvme`. The error names option and reference, never a value.
base::Result<ResolvedSecrets> resolve_secrets(const plan::Item& item, SecretSource& source);

// The fingerprints of all of them; empty if the item needs none.
std::string secret_fingerprint(const plan::Item& item, SecretSource& source);

} // namespace nvmf::fabrics
