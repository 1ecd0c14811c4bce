// The pre-shared key of NVMe/TCP over TLS, from the form in which administrators get it to what the
// kernel's keyring holds (NVMe TCP transport specification 1.1, 3.6.1.2 to 3.6.1.5).
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace nvmf::base {

// A configured PSK as it is handed over: `NVMeTLSkey-1:HH:BASE64:`.
struct ConfiguredPsk {
  enum class Hash : std::uint8_t { none, sha256, sha384 }; // HH: what makes the retained PSK of it
  Hash hash = Hash::none;
  Secret key; // 32 or 48 bytes: as long as the hash
};

// Fails with EKEYREJECTED, without a word of the key, on another form, a length that is not the
// hash's, and a CRC-32 that does not agree.
Result<ConfiguredPsk> parse_configured_psk(std::string_view interchange);

// The part of the configured PSK that a host keeps, so that another host cannot use it; the
// configured PSK itself where its hash is `none`.
Secret retained_psk(const ConfiguredPsk& configured, std::string_view host_nqn);

// The parts of the key of type `psk` in the kernel's keyring.
struct TlsPsk {
  std::string identity; // its description: `NVMe0R01 HOSTNQN SUBNQN`
  Secret key;
};

// Fails if an NQN is missing, or both are longer than an identity may be.
Result<TlsPsk> tls_psk(const ConfiguredPsk& configured, std::string_view host_nqn,
                       std::string_view subsystem_nqn);

} // namespace nvmf::base
