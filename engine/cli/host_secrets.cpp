#include "cli/host_secrets.hpp"

#include "base/connect_option.hpp"
#include "base/tls_psk.hpp"
#include "fabrics/dhchap_key.hpp"
#include "fabrics/secret_source.hpp"
#include "host/secrets.hpp"
#include "host/unit_credentials.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <optional>
#include <string>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t unusable_secret = 308;
constexpr std::uint16_t secret_readable = 502;
constexpr mode_t anybody_else = 0077;

class SecretCheck {
public:
  SecretCheck(const HostView& host, diag::Sink& sink)
      : host_(host), sink_(sink), source_(host.files, std::nullopt) {}

  void look_at(const policy::OptionSettings& settings) {
    for (const auto& [key, setting] : settings)
      if (const auto* reference = std::get_if<base::SecretRef>(&setting.value))
        look_at(key.option, *reference, setting.span);
  }

private:
  using Kind = base::SecretRef::Kind;

  void look_at(base::OptionId option, const base::SecretRef& reference, const diag::Span& span) {
    const auto& known = host_.facts.unavailable_secrets;
    const auto found = known.find(host::secret_key(reference));
    if (found != known.end()) {
      const bool readable = found->second.find("others may read it") != std::string::npos;
      sink_.add(readable ? secret_readable : unusable_secret,
                fmt::format("the secret cannot be used: {}", found->second), span);
      return;
    }
    if (reference.kind == Kind::credential && !has_credential(reference.name, span))
      return;
    if (reference.kind != Kind::keyring)
      check_form(option, reference, span);
  }

  // Whether its text can be looked at.
  bool has_credential(const std::string& name, const diag::Span& span) {
    for (const std::string& path : host::credential_paths(std::nullopt, name)) {
      const auto status = host_.files.status(path);
      if (!status && status.error().code == ENOENT)
        continue;
      if (status && (status->mode & anybody_else) != 0)
        sink_.add(secret_readable,
                  fmt::format("others may read the secret in {} (mode {:04o})", path, status->mode),
                  span);
      return status.has_value();
    }
    if (!host::drop_in_giving(host_.files, host::executor_unit, name))
      report_missing_credential(name, span);
    return false;
  }

  void report_missing_credential(const std::string& name, const diag::Span& span) {
    if (const auto former = host::drop_in_giving(host_.files, host::former_executor_unit, name)) {
      sink_
          .add(
              unusable_secret,
              fmt::format("the secret cannot be used: {} gives the credential `{}` to a unit of an "
                          "earlier version",
                          *former, name),
              span)
          .help = fmt::format("move it to /etc/systemd/system/{}.d", host::executor_unit);
      return;
    }
    sink_
        .add(unusable_secret, fmt::format("the secret cannot be used: no credential `{}`", name),
             span)
        .help =
        fmt::format("write it to /etc/credstore/{}, or give it to {} with `LoadCredential=`", name,
                    host::executor_unit);
  }

  void check_form(base::OptionId option, const base::SecretRef& reference, const diag::Span& span) {
    const auto text = source_.text(reference);
    if (!text && text.error().code != ENOKEY)
      return; // it was reported, or this user may not read it
    const char* const wanted = wanted_form(option);
    if (text && (wanted == nullptr || has_form(option, text->reveal())))
      return;
    sink_.add(unusable_secret,
              text ? fmt::format("the secret cannot be used: {} `{}` does not hold {}",
                                 to_string(reference.kind), reference.name, wanted)
                   : "the secret cannot be used: " + text.error().message,
              span);
  }

  static const char* wanted_form(base::OptionId option) {
    using enum base::OptionId;
    if (option == dhchap_secret || option == dhchap_ctrl_secret)
      return "a DH-HMAC-CHAP key (DHHC-1:…:)";
    return option == tls_key ? "a TLS key (NVMeTLSkey-1:…:)" : nullptr;
  }

  static bool has_form(base::OptionId option, const std::string& text) {
    return option == base::OptionId::tls_key ? base::parse_configured_psk(text).has_value()
                                             : fabrics::is_dhchap_key(text);
  }

  const HostView& host_;
  diag::Sink& sink_;
  fabrics::HostSecretSource source_;
};

} // namespace

void check_host_secrets(const HostView& host, const policy::Policy& policy, diag::Sink& sink) {
  SecretCheck check(host, sink);
  for (const auto& [name, identity] : policy.identities)
    check.look_at(identity.secrets);
  for (const policy::File& file : policy.files) {
    check.look_at(file.connect_defaults);
    check.look_at(file.discover_defaults);
  }
  for (const auto& profile : policy.profiles)
    check.look_at(profile->connect);
  for (const policy::Rule& rule : policy.rules)
    check.look_at(rule.connect);
  for (const policy::Target& target : policy.targets)
    check.look_at(target.connect);
}

} // namespace nvmf::cli
