#include "fabrics/secret_source.hpp"

#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace nvmf;
using base::SecretRef;

namespace {

struct Root : test::TemporaryTree {
  void put(const std::string& name, const std::string& content, mode_t mode) {
    write(name, content);
    set_mode(name, mode);
  }
};

std::string outcome(const base::Result<base::Secret>& secret) {
  return secret ? secret->reveal() : "error: " + secret.error().message;
}

} // namespace

TEST_CASE("where a secret may come from") {
  Root root;
  root.put("/creds/nvmf-dhchap", "  DHHC-1:00:abc:\nignored\n", 0400);
  root.put("/creds/.hidden", "DHHC-1:00:hidden:\n", 0400);
  root.put("/creds/empty", "\n", 0400);
  root.put("/etc/key", "DHHC-1:00:file:\n", 0600);
  root.put("/etc/open", "DHHC-1:00:open:\n", 0640);
  base::RealFileSystem files(root.root());
  fabrics::HostSecretSource source(files, "/creds");
  struct Row {
    SecretRef ref;
    std::string expected;
  };
  using enum SecretRef::Kind;
  for (const Row& row :
       {Row{{credential, "nvmf-dhchap"}, "DHHC-1:00:abc:"},
        Row{{credential, "empty"}, "error: credential `empty` is empty"},
        Row{{credential, "absent"}, "error: credential `absent` not found"},
        Row{{credential, "../etc/key"}, "error: `../etc/key` is not a valid credential name"},
        Row{{credential, ".hidden"}, "error: `.hidden` is not a valid credential name"},
        Row{{file, "/etc/key"}, "DHHC-1:00:file:"},
        Row{{file, "/etc/open"}, "error: /etc/open may be read by others (mode 0640), wants 0600"},
        Row{{file, "/etc/absent"}, "error: /etc/absent: No such file or directory"}}) {
    CAPTURE(row.ref.name);
    CHECK(outcome(source.text(row.ref)) == row.expected);
  }
}

TEST_CASE("the fingerprint changes when the secret is replaced") {
  Root root;
  base::RealFileSystem files(root.root());
  fabrics::HostSecretSource source(files, std::nullopt);
  SecretRef const ref{SecretRef::Kind::file, "/etc/key"};
  std::string const none = source.fingerprint(ref);
  root.put("/etc/key", "DHHC-1:00:one:\n", 0600);
  std::string const one = source.fingerprint(ref);
  root.put("/etc/key", "DHHC-1:00:other:\n", 0600);
  std::string const other = source.fingerprint(ref);
  CHECK(none != one);
  CHECK(one != other);
  CHECK(other == source.fingerprint(ref));
  CHECK(other.find("DHHC") == std::string::npos);
}

TEST_CASE("a key is found by type and description in /proc/keys") {
  Root root;
  root.put("/proc/keys",
           "0a1b2c3d I--Q---     1 perm 3f010000     0     0 psk       NVMe0R01 nqn.h nqn.s: 32\n"
           "00000007 I------     1 perm 1f0b0000     0     0 keyring   .nvme: 3\n",
           0444);
  base::RealFileSystem files(root.root());
  fabrics::HostSecretSource source(files, std::nullopt);
  CHECK(source.key_serial("psk", "NVMe0R01 nqn.h nqn.s") == 0x0a1b2c3d);
  CHECK(source.key_serial("keyring", ".nvme") == 7);
  CHECK(source.key_serial("keyring", ".other").error().code == ENOKEY);
}

namespace {

const std::string tls_key =
    "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:"; // of libnvme's own test

// The host's, but for the kernel's keyrings.
class Keyrings final : public fabrics::SecretSource {
public:
  explicit Keyrings(fabrics::SecretSource& host) : host_(host) {}

  base::Result<base::Secret> text(const SecretRef& ref) override { return host_.text(ref); }
  base::Result<std::int32_t> key_serial(const std::string& type,
                                        const std::string& description) override {
    if (type == "keyring" && description == ".nvme")
      return 7;
    if (type == "keyring" && description == "tls")
      return 9;
    return base::failure("no key `" + description + "` of type `" + type + "`", ENOKEY);
  }
  base::Result<std::int32_t> add_psk(const base::TlsPsk& psk, std::int32_t keyring) override {
    added += std::to_string(keyring) + ": " + psk.identity + ", " +
             std::to_string(psk.key.reveal().size()) + " bytes\n";
    return 0x0a1b2c3d;
  }
  std::string fingerprint(const SecretRef& ref) override { return host_.fingerprint(ref); }

  std::string added;

private:
  fabrics::SecretSource& host_;
};

} // namespace

TEST_CASE("a TLS key in interchange format is derived and put into a keyring") {
  Root root;
  root.put("/creds/tls", tls_key + "\n", 0400);
  root.put("/creds/other", "DHHC-1:00:abc:\n", 0400);
  root.put("/etc/tls", tls_key + "\n", 0600);
  base::RealFileSystem files(root.root());
  fabrics::HostSecretSource host(files, "/creds");
  struct Row {
    std::string name;
    SecretRef ref;
    std::string keyring;
    std::string subsystem;
    std::string result; // the serial number, or the error
    std::string added = {};
  };
  using enum SecretRef::Kind;
  const std::string subsystem = "nqn.psk-test-subsys";
  const std::string identity = "NVMe0R01 nqn.psk-test-host nqn.psk-test-subsys, 32 bytes\n";
  const Row rows[] = {
      {"a credential", {credential, "tls"}, "", subsystem, "0x0a1b2c3d", "7: " + identity},
      {"a file", {file, "/etc/tls"}, "", subsystem, "0x0a1b2c3d", "7: " + identity},
      {"a keyring of one's own",
       {file, "/etc/tls"},
       "tls",
       subsystem,
       "0x0a1b2c3d",
       "9: " + identity},
      {"a keyring that is not there",
       {credential, "tls"},
       "none",
       subsystem,
       "keyring: no key `none` of type `keyring`"},
      {"no such credential",
       {credential, "absent"},
       "",
       subsystem,
       "tls-key: credential `absent` not found"},
      {"another secret",
       {credential, "other"},
       "",
       subsystem,
       "tls-key: credential `other`: no TLS key in interchange format: it does not begin with "
       "`NVMeTLSkey-1:`"},
      {"no subsystem",
       {credential, "tls"},
       "",
       "",
       "tls-key: a TLS key is made for a host NQN and a subsystem NQN"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Keyrings source(host);
    plan::Item item;
    item.tid.host_nqn = "nqn.psk-test-host";
    item.tid.subsystem_nqn = row.subsystem;
    item.connect[base::OptionId::tls_key] = {.value = row.ref};
    if (!row.keyring.empty())
      item.connect[base::OptionId::keyring] = {.value = row.keyring};
    const auto resolved = fabrics::resolve_secrets(item, source);
    CHECK((resolved ? resolved->at(base::OptionId::tls_key).reveal() : resolved.error().message) ==
          row.result);
    CHECK(source.added == row.added);
  }
}

TEST_CASE("the secrets of an item are resolved by kind") {
  Root root;
  std::string const key = "DHHC-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:";
  root.put("/creds/host", key + "\n", 0400);
  root.put("/creds/phrase", "correct horse battery staple\n", 0400);
  root.put("/proc/keys", "0a1b2c3d I--Q--- 1 perm 3f010000 0 0 psk NVMe0R01 a: 32\n", 0444);
  base::RealFileSystem files(root.root());
  fabrics::HostSecretSource source(files, "/creds");
  plan::Item item;
  item.connect[base::OptionId::dhchap_secret] = {
      .value = SecretRef{SecretRef::Kind::credential, "host"}};
  item.connect[base::OptionId::tls_key] = {.value =
                                               SecretRef{SecretRef::Kind::keyring, "NVMe0R01 a"}};
  auto const resolved = fabrics::resolve_secrets(item, source);
  REQUIRE(resolved);
  CHECK(resolved->at(base::OptionId::dhchap_secret).reveal() == key);
  CHECK(resolved->at(base::OptionId::tls_key).reveal() == "0x0a1b2c3d");
  item.connect[base::OptionId::dhchap_ctrl_secret] = {
      .value = SecretRef{SecretRef::Kind::credential, "controller"}};
  CHECK(fabrics::resolve_secrets(item, source).error().message ==
        "dhchap-ctrl-secret: credential `controller` not found");
  item.connect[base::OptionId::dhchap_ctrl_secret] = {
      .value = SecretRef{SecretRef::Kind::credential, "phrase"}};
  CHECK(fabrics::resolve_secrets(item, source).error().message ==
        "dhchap-ctrl-secret: its content is not a DH-HMAC-CHAP key (DHHC-1:…:)");
}
