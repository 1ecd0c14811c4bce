#include "base/tls_psk.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <nettle/base64.h>
#include <nettle/hkdf.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>
#include <optional>

namespace nvmf::base {

namespace {

using Hash = ConfiguredPsk::Hash;

constexpr std::string_view prefix = "NVMeTLSkey-1:";
constexpr std::size_t crc_size = 4;
constexpr std::size_t longest_context = 255; // RFC 8446, 7.1, HkdfLabel: `opaque context<0..255>`

std::size_t size_of(Hash hash) {
  return hash == Hash::sha384 ? SHA384_DIGEST_SIZE : SHA256_DIGEST_SIZE;
}

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// A text that is wiped when it goes; it is made as long as it will be.
struct Buffer {
  std::string text;

  explicit Buffer(std::size_t size) : text(size, '\0') {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { wipe(text); }
};

// RFC 1952, 8: the polynomial 0x04C11DB7, bit-reversed.
std::uint32_t crc32(std::string_view data) {
  std::uint32_t crc = ~0U;
  for (const char c : data) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t at = bytes.size(); at-- > 0;)
    number = number << 8U | static_cast<std::uint8_t>(bytes[at]);
  return number;
}

// HKDF-Extract(0, key), then HKDF-Expand-Label(…, label, context, length of the hash): RFC 5869 and
// RFC 8446, 7.1.
Secret derive(Hash hash, std::string_view key, std::string_view label, std::string_view context) {
  const nettle_mac& mac = hash == Hash::sha384 ? nettle_hmac_sha384 : nettle_hmac_sha256;
  const std::size_t size = mac.digest_size;
  Buffer state(mac.context_size);
  Buffer bytes(size); // the salt of zeros, the extracted key, the derived key
  mac.set_key(state.text.data(), bytes_of(std::string_view(bytes.text)));
  hkdf_extract(state.text.data(), mac.update, mac.digest, size, key.size(), bytes_of(key),
               bytes_of(bytes.text));
  mac.set_key(state.text.data(), bytes_of(std::string_view(bytes.text)));
  const std::string info =
      fmt::format("{}{}{}tls13 {}{}{}", '\0', static_cast<char>(size),
                  static_cast<char>(label.size() + std::string_view("tls13 ").size()), label,
                  static_cast<char>(context.size()), context);
  hkdf_expand(state.text.data(), mac.update, mac.digest, size, info.size(), bytes_of(info), size,
              bytes_of(bytes.text));
  return Secret(bytes.text);
}

std::optional<Hash> hash_called(std::string_view digits) {
  if (digits == "00")
    return Hash::none;
  if (digits == "01")
    return Hash::sha256;
  if (digits == "02")
    return Hash::sha384;
  return std::nullopt;
}

bool fits(Hash hash, std::size_t key_size) {
  if (hash == Hash::none)
    return key_size == SHA256_DIGEST_SIZE || key_size == SHA384_DIGEST_SIZE;
  return key_size == size_of(hash);
}

// The hash of the TLS PSK: the key's, or the one that is as long as the key.
Hash identity_hash(const ConfiguredPsk& configured) {
  if (configured.hash != Hash::none)
    return configured.hash;
  return configured.key.reveal().size() == SHA384_DIGEST_SIZE ? Hash::sha384 : Hash::sha256;
}

// Another text may be put in its place, so EINVAL would be wrong: that is never tried again.
tl::unexpected<Error> no_psk(std::string_view why) {
  return failure(fmt::format("no TLS key in interchange format: {}", why), EKEYREJECTED);
}

// The bytes that the text encodes: as many as are returned, at the beginning of `into`.
std::optional<std::size_t> decode_base64(std::string_view text, std::string& into) {
  base64_decode_ctx context;
  base64_decode_init(&context);
  std::size_t size = into.size();
  const bool decoded =
      base64_decode_update(&context, &size, bytes_of(into), text.size(), text.data()) == 1 &&
      base64_decode_final(&context) == 1;
  explicit_bzero(&context, sizeof context);
  return decoded ? std::optional(size) : std::nullopt;
}

} // namespace

Result<ConfiguredPsk> parse_configured_psk(std::string_view interchange) {
  if (!interchange.starts_with(prefix))
    return no_psk(fmt::format("it does not begin with `{}`", prefix));
  interchange.remove_prefix(prefix.size());
  const auto hash = hash_called(interchange.substr(0, 2));
  if (!hash || interchange.size() < 4 || interchange[2] != ':')
    return no_psk("its hash is not one of 00, 01 and 02");
  interchange.remove_prefix(3);
  if (!interchange.ends_with(':'))
    return no_psk("it does not end with `:`");
  interchange.remove_suffix(1);
  Buffer decoded(BASE64_DECODE_LENGTH(interchange.size()));
  const auto size = decode_base64(interchange, decoded.text);
  if (!size)
    return no_psk("it is not in base64");
  if (*size < crc_size || !fits(*hash, *size - crc_size))
    return no_psk("it is not as long as its hash");
  const std::string_view key = std::string_view(decoded.text).substr(0, *size - crc_size);
  if (crc32(key) != little_endian(std::string_view(decoded.text).substr(key.size(), crc_size)))
    return no_psk("its CRC does not agree, so that it was mistyped or cut");
  return ConfiguredPsk{.hash = *hash, .key = Secret(std::string(key))};
}

Secret retained_psk(const ConfiguredPsk& configured, std::string_view host_nqn) {
  if (configured.hash == Hash::none)
    return Secret(configured.key.reveal());
  return derive(configured.hash, configured.key.reveal(), "HostNQN", host_nqn);
}

Result<TlsPsk> tls_psk(const ConfiguredPsk& configured, std::string_view host_nqn,
                       std::string_view subsystem_nqn) {
  if (host_nqn.empty() || subsystem_nqn.empty())
    return failure("a TLS key is made for a host NQN and a subsystem NQN", EINVAL);
  const Hash hash = identity_hash(configured);
  std::string identity =
      fmt::format("NVMe0R{} {} {}", hash == Hash::sha384 ? "02" : "01", host_nqn, subsystem_nqn);
  if (identity.size() > longest_context)
    return failure(fmt::format("the identity of the TLS key is longer than {} bytes: `{}`",
                               longest_context, identity),
                   EINVAL);
  const Secret retained = retained_psk(configured, host_nqn);
  Secret key = derive(hash, retained.reveal(), "nvme-tls-psk", identity);
  return TlsPsk{.identity = std::move(identity), .key = std::move(key)};
}

} // namespace nvmf::base
