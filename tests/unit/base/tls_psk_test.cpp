#include "base/tls_psk.hpp"

#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>

using namespace nvmf;

namespace {

// The keys and NQNs of libnvme's own test (test/psk.c).
const std::string key_256 = "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:";
const std::string key_384 = "NVMeTLSkey-1:02:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/"
                            "w0S89ELi3W2LxIcLXVsDn8kXZQ==:";
const std::string host = "nqn.psk-test-host";
const std::string subsystem = "nqn.psk-test-subsys";
const std::string bytes_256 = "5512dbb6737d0106f65975b773dfb011ffc344bcf442e2dd6d8bc4870b5d5b03";
const std::string bytes_384 = bytes_256 + "ffc344bcf442e2dd6d8bc4870b5d5b03";

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

const std::uint8_t* bytes_of(const std::string& text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// The digest at the end of a version 1 identity: HMAC of the NQNs with the retained PSK.
std::string digest_of(const base::Secret& retained) {
  const std::string data = host + ' ' + subsystem + " NVMe-over-Fabrics";
  std::array<std::uint8_t, SHA384_DIGEST_SIZE> digest{};
  const std::size_t size = retained.reveal().size();
  if (size == SHA384_DIGEST_SIZE) {
    hmac_sha384_ctx context;
    hmac_sha384_set_key(&context, size, bytes_of(retained.reveal()));
    hmac_sha384_update(&context, data.size(), bytes_of(data));
    hmac_sha384_digest(&context, size, digest.data());
  } else {
    hmac_sha256_ctx context;
    hmac_sha256_set_key(&context, size, bytes_of(retained.reveal()));
    hmac_sha256_update(&context, data.size(), bytes_of(data));
    hmac_sha256_digest(&context, size, digest.data());
  }
  std::string text(BASE64_ENCODE_RAW_LENGTH(size), '\0');
  base64_encode_raw(text.data(), size, digest.data());
  return text;
}

std::string key_or_error(const std::string& interchange) {
  const auto configured = base::parse_configured_psk(interchange);
  return configured ? hex(configured->key.reveal()) : configured.error().message;
}

} // namespace

TEST_CASE("parse_configured_psk: the interchange format") {
  struct Row {
    std::string name;
    std::string text;
    std::string expected;
  };
  const std::string no = "no TLS key in interchange format: ";
  const auto with_hash = [](std::string key, const char* hash) { return key.replace(13, 2, hash); };
  const Row rows[] = {
      {"SHA-256", key_256, bytes_256},
      {"SHA-384", key_384, bytes_384},
      {"no hash, 32 bytes", with_hash(key_256, "00"), bytes_256},
      {"no hash, 48 bytes", with_hash(key_384, "00"), bytes_384},
      {"the secret of another protocol",
       "DHHC-1:00:abc:", no + "it does not begin with `NVMeTLSkey-1:`"},
      {"nothing", "", no + "it does not begin with `NVMeTLSkey-1:`"},
      {"another hash", with_hash(key_256, "03"), no + "its hash is not one of 00, 01 and 02"},
      {"no hash", "NVMeTLSkey-1:", no + "its hash is not one of 00, 01 and 02"},
      {"nothing behind the hash", "NVMeTLSkey-1:01", no + "its hash is not one of 00, 01 and 02"},
      {"a colon alone", "NVMeTLSkey-1:01:", no + "its hash is not one of 00, 01 and 02"},
      {"no key", "NVMeTLSkey-1:01::", no + "it is not as long as its hash"},
      {"the end is missing", key_256.substr(0, key_256.size() - 1),
       no + "it does not end with `:`"},
      {"no base64", "NVMeTLSkey-1:01:!!!!:", no + "it is not in base64"},
      {"a key of another hash", with_hash(key_256, "02"), no + "it is not as long as its hash"},
      {"too short", "NVMeTLSkey-1:01:AAAA:", no + "it is not as long as its hash"},
      {"a letter is another", with_hash(key_256, "01").replace(20, 1, "X"),
       no + "its CRC does not agree, so that it was mistyped or cut"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(key_or_error(row.text) == row.expected);
  }
}

// libnvme publishes the version 1 identities of these keys, whose digests are made with the
// retained PSK.
TEST_CASE("retained_psk: as libnvme derives it") {
  struct Row {
    std::string key;
    std::string digest;
  };
  for (const Row& row :
       {Row{key_256, "iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU="},
        Row{key_384, "QhW2+Rp6RzHlNtCslyRxMnwJ11tKKhz8JCAQpQ+XUD8f9td1VeH5h53yz2wKJG1a"}}) {
    CAPTURE(row.key);
    const auto configured = base::parse_configured_psk(row.key);
    REQUIRE(configured);
    CHECK(digest_of(base::retained_psk(*configured, host)) == row.digest);
  }
  const auto as_it_is = base::parse_configured_psk("NVMeTLSkey-1:00" + key_256.substr(15));
  REQUIRE(as_it_is);
  CHECK(hex(base::retained_psk(*as_it_is, host).reveal()) == bytes_256);
}

// Computed from the specification's formulas with Python's hmac module.
TEST_CASE("tls_psk: identity and key") {
  struct Row {
    std::string key;
    std::string identity;
    std::string expected;
  };
  for (const Row& row :
       {Row{key_256, "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys",
            "05c6503551ad136e6ee32e6eeb3f6d500b69701d84ec71e328f65c7f51566f68"},
        Row{key_384, "NVMe0R02 nqn.psk-test-host nqn.psk-test-subsys",
            "f42ba63824cdfe421914c582921f85b5b5b7e2d4df084caeedc9be20b212e8bb0fe8a23e9d59a1c8fc6449"
            "da4970a78d"},
        Row{"NVMeTLSkey-1:00" + key_256.substr(15),
            "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys",
            "ec85300ba827726bd3bc4fc07f3a34aec5fe7c8ccac05fefc2f021c74e0df9ef"},
        Row{"NVMeTLSkey-1:00" + key_384.substr(15),
            "NVMe0R02 nqn.psk-test-host nqn.psk-test-subsys",
            "b5dd464067a9378ba2226d71f005d7ac90ed8696e4b2142084384365597201d33ba26f8aeeb529574d4267"
            "bd294a828e"}}) {
    CAPTURE(row.key);
    const auto configured = base::parse_configured_psk(row.key);
    REQUIRE(configured);
    const auto psk = base::tls_psk(*configured, host, subsystem);
    REQUIRE(psk);
    CHECK(psk->identity == row.identity);
    CHECK(hex(psk->key.reveal()) == row.expected);
  }
}

TEST_CASE("tls_psk: names that make no identity") {
  const auto configured = base::parse_configured_psk(key_256);
  REQUIRE(configured);
  CHECK(base::tls_psk(*configured, "", subsystem).error().message ==
        "a TLS key is made for a host NQN and a subsystem NQN");
  // `NVMe0R01 `, a blank between them: 10 bytes.
  const std::string rest(255 - 10 - host.size(), 'x');
  CHECK(base::tls_psk(*configured, host, rest));
  CHECK(base::tls_psk(*configured, host, rest + 'x').error().message ==
        "the identity of the TLS key is longer than 255 bytes: `NVMe0R01 nqn.psk-test-host " +
            rest + "x`");
}
