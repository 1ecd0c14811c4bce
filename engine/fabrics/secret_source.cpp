#include "fabrics/secret_source.hpp"

#include "base/connect_option.hpp"
#include "base/credential_name.hpp"
#include "fabrics/dhchap_key.hpp"
#include "host/secrets.hpp"

#include <cerrno>
#include <charconv>
#include <fmt/format.h>
#include <keyutils.h>
#include <optional>
#include <sstream>

namespace nvmf::fabrics {

namespace {

using base::OptionId;

constexpr std::size_t secret_limit = 4096;
constexpr std::size_t proc_keys_limit = std::size_t{4} * 1024 * 1024;

base::Secret first_line(std::string content) {
  std::string line = content.substr(0, content.find_first_of("\r\n"));
  base::wipe(content);
  auto const begin = line.find_first_not_of(" \t");
  auto const end = line.find_last_not_of(" \t");
  std::string text = begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
  base::wipe(line);
  base::Secret secret(text);
  base::wipe(text);
  return secret;
}

base::Result<base::Secret> non_empty(base::Secret secret, std::string_view what) {
  if (secret.reveal().empty())
    return base::failure(fmt::format("{} is empty", what), ENOKEY);
  return secret;
}

base::Result<base::Secret> read_secret_file(const base::FileSystem& files,
                                            const std::string& path) {
  auto const status = files.status(path);
  if (!status)
    return tl::unexpected(status.error());
  if ((status->mode & 077U) != 0)
    return base::failure(
        fmt::format("{} may be read by others (mode {:04o}), wants 0600", path, status->mode),
        EACCES);
  auto content = files.read(path, secret_limit);
  if (!content)
    return tl::unexpected(content.error());
  return non_empty(first_line(std::move(*content)), path);
}

// /proc/keys shows keys of other keyrings too (the kernel's `.nvme`): serial flags usage timeout
// permissions uid gid type description.
std::optional<std::int32_t> serial_in_proc_keys(const std::string& text, const std::string& type,
                                                const std::string& description) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string serial, flags, usage, timeout, permissions, uid, gid, kind, name;
    words >> serial >> flags >> usage >> timeout >> permissions >> uid >> gid >> kind;
    std::getline(words >> std::ws, name);
    // `NAME: summary`; a summary holds no `: `.
    name = name.substr(0, name.rfind(": "));
    std::uint32_t number = 0;
    auto const end = serial.data() + serial.size();
    if (kind == type && name == description &&
        std::from_chars(serial.data(), end, number, 16).ptr == end)
      return static_cast<std::int32_t>(number);
  }
  return std::nullopt;
}

base::Result<base::Secret> payload(std::int32_t serial, const std::string& description) {
  std::string buffer(secret_limit, '\0');
  long const length = ::keyctl_read(serial, buffer.data(), buffer.size());
  if (length < 0)
    return base::errno_failure(fmt::format("key `{}`", description), errno);
  if (static_cast<std::size_t>(length) > buffer.size())
    return base::failure(fmt::format("key `{}` is longer than {} bytes", description, secret_limit),
                         EFBIG);
  buffer.resize(static_cast<std::size_t>(length));
  return non_empty(first_line(std::move(buffer)), fmt::format("key `{}`", description));
}

} // namespace

base::Result<base::Secret> HostSecretSource::text(const base::SecretRef& ref) {
  switch (ref.kind) {
  case base::SecretRef::Kind::credential:
    return credential(ref.name);
  case base::SecretRef::Kind::keyring: {
    auto const serial = key_serial("user", ref.name);
    if (!serial)
      return tl::unexpected(serial.error());
    return payload(*serial, ref.name);
  }
  case base::SecretRef::Kind::file:
    return read_secret_file(files_, ref.name);
  }
  return base::failure("unknown kind of reference", EINVAL);
}

base::Result<base::Secret> HostSecretSource::credential(const std::string& name) {
  if (!base::is_credential_name(name))
    return base::failure(fmt::format("`{}` is not a valid credential name", name), EINVAL);
  for (const std::string& path : host::credential_paths(credentials_, name)) {
    auto content = files_.read(path, secret_limit);
    if (content)
      return non_empty(first_line(std::move(*content)), fmt::format("credential `{}`", name));
    if (content.error().code != ENOENT)
      return base::with_context(fmt::format("credential `{}`", name), content.error());
  }
  return base::failure(fmt::format("credential `{}` not found", name), ENOENT);
}

std::string HostSecretSource::fingerprint(const base::SecretRef& ref) {
  std::vector<std::string> paths;
  if (ref.kind == base::SecretRef::Kind::keyring) {
    auto serial = key_serial("user", ref.name);
    if (!serial)
      serial = key_serial("psk", ref.name);
    return serial ? std::to_string(*serial) : std::string("none");
  }
  if (ref.kind == base::SecretRef::Kind::file)
    paths.push_back(ref.name);
  else
    paths = host::credential_paths(credentials_, ref.name);
  for (const std::string& path : paths)
    if (auto status = files_.status(path))
      return fmt::format("{} {} {:o} {}", path, status->size, status->mode,
                         status->modified.time_since_epoch().count());
  return "none";
}

base::Result<std::int32_t> HostSecretSource::key_serial(const std::string& type,
                                                        const std::string& description) {
  // The keys that this process's own keyrings lead to.
  if (auto const serial = ::request_key(type.c_str(), description.c_str(), nullptr, 0); serial >= 0)
    return serial;
  auto const keys = files_.read("/proc/keys", proc_keys_limit);
  if (keys)
    if (auto serial = serial_in_proc_keys(*keys, type, description))
      return *serial;
  return base::failure(fmt::format("no key `{}` of type `{}`", description, type), ENOKEY);
}

// A key may be replaced only by who possesses it, that is, whose own keyrings lead to it; the
// kernel's keyring is in none of them.
base::Result<std::int32_t> HostSecretSource::add_psk(const base::TlsPsk& psk,
                                                     std::int32_t keyring) {
  if (::keyctl_link(keyring, KEY_SPEC_THREAD_KEYRING) < 0)
    return base::errno_failure("the keyring cannot be used", errno);
  const std::string& key = psk.key.reveal();
  auto const serial = ::add_key("psk", psk.identity.c_str(), key.data(), key.size(), keyring);
  int const error = errno;
  ::keyctl_unlink(keyring, KEY_SPEC_THREAD_KEYRING);
  if (serial < 0)
    return base::errno_failure(fmt::format("key `{}`", psk.identity), error);
  return serial;
}

namespace {

constexpr const char* kernel_keyring = ".nvme"; // drivers/nvme/common/keyring.c

// The keyring that the item names, else the kernel's.
std::string keyring_of(const std::map<OptionId, base::SecretRef>& wanted) {
  auto const named = wanted.find(OptionId::keyring);
  return named == wanted.end() ? kernel_keyring : named->second.name;
}

base::Result<std::int32_t> derived_key(const plan::Tid& tid, const base::SecretRef& ref,
                                       const std::string& keyring, SecretSource& source) {
  auto const text = source.text(ref);
  if (!text)
    return tl::unexpected(text.error());
  auto const configured = base::parse_configured_psk(text->reveal());
  if (!configured)
    return base::with_context(fmt::format("{} `{}`", to_string(ref.kind), ref.name),
                              configured.error());
  auto const psk = base::tls_psk(*configured, tid.host_nqn, tid.subsystem_nqn);
  if (!psk)
    return tl::unexpected(psk.error());
  auto const serial = source.key_serial("keyring", keyring);
  return serial ? source.add_psk(*psk, *serial) : serial;
}

} // namespace

base::Result<ResolvedSecrets> resolve_secrets(const plan::Item& item, SecretSource& source) {
  ResolvedSecrets resolved;
  auto const wanted = references(item);
  for (const auto& [option, ref] : wanted) {
    std::string_view const name = base::connect_option(option).name;
    bool const is_keyring = option == OptionId::keyring;
    if (is_keyring || option == OptionId::tls_key) {
      auto const serial = ref.kind == base::SecretRef::Kind::keyring
                              ? source.key_serial(is_keyring ? "keyring" : "psk", ref.name)
                              : derived_key(item.tid, ref, keyring_of(wanted), source);
      if (!serial)
        return base::with_context(name, serial.error());
      resolved.emplace(option, base::Secret(fmt::format("{:#010x}", *serial)));
      continue;
    }
    auto text = source.text(ref);
    if (!text)
      return base::with_context(name, text.error());
    // The kernel would print what it cannot use.
    if (!is_dhchap_key(text->reveal()))
      return base::failure(
          fmt::format("{}: its content is not a DH-HMAC-CHAP key (DHHC-1:…:)", name), ENOKEY);
    resolved.emplace(option, std::move(*text));
  }
  return resolved;
}

std::string secret_fingerprint(const plan::Item& item, SecretSource& source) {
  std::string text;
  for (const auto& [option, ref] : references(item))
    text += fmt::format("{} {}\n", base::connect_option(option).name, source.fingerprint(ref));
  return text;
}

} // namespace nvmf::fabrics
