#include "host/secrets.hpp"

#include "base/credential_name.hpp"

#include <fmt/format.h>

namespace nvmf::host {

namespace {

// Where systemd itself looks, systemd.exec(5), LoadCredential=. A unit that names them would have
// them copied at every start, wanted or not.
constexpr const char* credential_stores[] = {"/etc/credstore", "/run/credstore",
                                             "/usr/local/lib/credstore", "/usr/lib/credstore"};

constexpr mode_t others_may_read = 0077; // group and world, whatever they may

void collect(std::vector<base::SecretRef>& references, const policy::OptionSettings& settings) {
  for (auto const& [id, setting] : settings)
    if (const auto* reference = std::get_if<base::SecretRef>(&setting.value))
      references.push_back(*reference);
}

std::vector<base::SecretRef> references_in(const policy::Policy& policy) {
  std::vector<base::SecretRef> references;
  for (auto const& [name, identity] : policy.identities)
    collect(references, identity.secrets);
  for (const auto& file : policy.files) {
    collect(references, file.connect_defaults);
    collect(references, file.discover_defaults);
  }
  for (const auto& profile : policy.profiles)
    collect(references, profile->connect);
  for (const auto& rule : policy.rules)
    collect(references, rule.connect);
  for (const auto& target : policy.targets)
    collect(references, target.connect);
  return references;
}

std::optional<std::string> why_file_unavailable(const base::FileSystem& files,
                                                const std::string& path) {
  auto const status = files.status(path);
  if (!status)
    return status.error().message;
  if (status->type != base::FileType::regular)
    return fmt::format("{}: not a file", path);
  if ((status->mode & others_may_read) != 0)
    return fmt::format("{}: others may read it (mode {:04o})", path, status->mode);
  return std::nullopt;
}

} // namespace

std::vector<std::string> credential_paths(const std::optional<std::string>& credentials_directory,
                                          const std::string& name) {
  std::vector<std::string> paths;
  if (!base::is_credential_name(name))
    return paths;
  if (credentials_directory)
    paths.push_back(fmt::format("{}/{}", *credentials_directory, name));
  for (const char* store : credential_stores)
    paths.push_back(fmt::format("{}/{}", store, name));
  return paths;
}

std::string secret_key(const base::SecretRef& reference) {
  return fmt::format("{}:{}", base::to_string(reference.kind), reference.name);
}

std::optional<std::string> why_unavailable(const base::FileSystem& files,
                                           const std::optional<std::string>& credentials_directory,
                                           const base::SecretRef& reference) {
  switch (reference.kind) {
  case base::SecretRef::Kind::keyring:
    return std::nullopt;
  case base::SecretRef::Kind::file:
    return why_file_unavailable(files, reference.name);
  case base::SecretRef::Kind::credential:
    break;
  }
  for (const std::string& path : credential_paths(credentials_directory, reference.name))
    if (files.exists(path))
      return std::nullopt;
  if (!credentials_directory)
    return std::nullopt; // the service may have one that only systemd can read
  return fmt::format("no credential `{}`", reference.name);
}

std::map<std::string, std::string>
unavailable_secrets(const base::FileSystem& files,
                    const std::optional<std::string>& credentials_directory,
                    const policy::Policy& policy) {
  std::map<std::string, std::string> unavailable;
  for (const base::SecretRef& reference : references_in(policy))
    if (auto why = why_unavailable(files, credentials_directory, reference))
      unavailable.emplace(secret_key(reference), std::move(*why));
  return unavailable;
}

} // namespace nvmf::host
