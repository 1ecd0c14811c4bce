// The form of a DH-HMAC-CHAP key as it is handed to the kernel.
#pragma once

#include <string_view>

namespace nvmf::fabrics {

// `DHHC-1:NN:BASE64:` with a key of 32, 48 or 64 bytes and its CRC-32 (NVM Express Base
// Specification 2.0, 8.13.5.8 "Secret representation"). The checksum itself is the kernel's to
// check, which says so without naming the key; a text without the form it prints into its log.
bool is_dhchap_key(std::string_view text);

} // namespace nvmf::fabrics
