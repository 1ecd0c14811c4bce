// SHA-256 (FIPS 180-4, from nettle), for policy digests and connection ids. No secret passes here.
#pragma once

#include <string>
#include <string_view>

namespace nvmf::base {

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

} // namespace nvmf::base
