#include "importing/raw.hpp"

#include "base/host_name.hpp"
#include "base/interface_name.hpp"
#include "base/lower_case.hpp"
#include "base/nqn.hpp"
#include "diag/shown_text.hpp"
#include "event/usual_service.hpp"
#include "policy/secret_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::importing {

namespace {

using base::ConnectOption;
using base::OptionId;
using base::OptionKind;
using base::OptionValue;

constexpr std::array address_names{"transport", "traddr",  "trsvcid", "host-traddr", "host-iface",
                                   "nqn",       "hostnqn", "hostid",  "persistent",  "discovery"};

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

// Values that libnvme leaves out of the option string, because they are the kernel's default.
bool means_default(const ConnectOption& option, std::int64_t value) {
  if (option.id == OptionId::tos)
    return value < 0;
  const bool zero_is_meant =
      option.id == OptionId::ctrl_loss_tmo || option.id == OptionId::fast_io_fail_tmo;
  return value == 0 && !zero_is_meant;
}

// Reads one option; problems are noted.
class OptionReader {
public:
  OptionReader(SecretNames& secrets, std::vector<Note>& notes) : secrets_(secrets), notes_(notes) {}

  std::optional<OptionValue> read(const ConnectOption& option, const RawValue& raw) {
    switch (option.kind) {
    case OptionKind::count:
    case OptionKind::seconds:
      return number(option, raw);
    case OptionKind::flag:
      return flag(option, raw);
    case OptionKind::keyring:
      return OptionValue(raw.text);
    case OptionKind::secret:
      return secret(option, raw);
    }
    return std::nullopt;
  }

private:
  std::optional<OptionValue> number(const ConnectOption& option, const RawValue& raw) {
    const auto value = integer(raw.text);
    if (!value)
      return refuse(option, raw, "is not a whole number");
    if (means_default(option, *value))
      return std::nullopt;
    if (option.takes_infinity && *value < 0)
      return OptionValue(std::int64_t{-1});
    if (*value < option.minimum || *value > option.maximum)
      return refuse(option, raw,
                    fmt::format("is not from {} to {}", option.minimum, option.maximum));
    return OptionValue(*value);
  }

  std::optional<OptionValue> flag(const ConnectOption& option, const RawValue& raw) {
    const auto value = truth(raw.text);
    if (!value)
      return refuse(option, raw, "is neither true nor false");
    return *value ? std::optional<OptionValue>(true) : std::nullopt;
  }

  std::optional<OptionValue> secret(const ConnectOption& option, const RawValue& raw) {
    const bool is_key = raw.text.starts_with("DHHC-1:") || raw.text.starts_with("NVMeTLSkey-1:");
    if (is_key)
      return OptionValue(secrets_.name(option.name, raw.text, raw.origin, notes_));
    if (option.id == OptionId::tls_key)
      notes_.push_back({raw.origin, "`tls-key` names a key by its number, which changes at every "
                                    "boot; name it by its description: `tls-key: {keyring: "
                                    "DESCRIPTION}`"});
    else
      notes_.push_back(
          {raw.origin, fmt::format("`{}` is not a DH-HMAC-CHAP secret: it does not begin "
                                   "with `DHHC-1:`",
                                   option.name)});
    return std::nullopt;
  }

  std::optional<OptionValue> refuse(const ConnectOption& option, const RawValue& raw,
                                    const std::string& problem) {
    notes_.push_back(
        {raw.origin, fmt::format("`{}`: `{}` {}", option.name, diag::shown(raw.text), problem)});
    return std::nullopt;
  }

  SecretNames& secrets_;
  std::vector<Note>& notes_;
};

const std::string* text_of(const Raw& raw, const std::string& name) {
  const auto found = raw.find(name);
  return found == raw.end() || found->second.text.empty() || found->second.text == "none"
             ? nullptr
             : &found->second.text;
}

// `[fd20::1]` as `fd20::1`.
std::string_view without_brackets(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return text.substr(1, text.size() - 2);
  return text;
}

// Reads the parts of a connection; `ok()` is false after a note that makes it useless.
class ConnectionReader {
public:
  ConnectionReader(const Raw& raw, const Origin& origin, std::vector<Note>& notes)
      : raw_(raw), notes_(notes) {
    connection_.origin = origin;
  }

  std::optional<Connection> read() {
    read_transport();
    if (!ok_)
      return std::nullopt;
    if (!read_host_name())
      connection_.endpoint.traddr = address("traddr");
    connection_.endpoint.host_traddr = address("host-traddr");
    const bool needs_address =
        connection_.endpoint.transport != base::Transport::loop && connection_.host_name.empty();
    if (!connection_.endpoint.traddr && needs_address && ok_)
      refuse("it has no `traddr`");
    read_service();
    read_interface();
    read_nqn();
    read_persistence();
    return ok_ ? std::optional(connection_) : std::nullopt;
  }

private:
  void refuse(const std::string& why) {
    notes_.push_back(lost_connection(connection_.origin, why));
    ok_ = false;
  }

  void read_transport() {
    const std::string* text = text_of(raw_, "transport");
    if (text == nullptr)
      return refuse("it has no `transport`");
    const auto transport = base::parse_transport(base::lower_case(*text));
    if (*text == "pcie") {
      notes_.push_back({connection_.origin, "`pcie` needs no connection: the kernel finds it"});
      ok_ = false;
      return;
    }
    if (!transport)
      return refuse(
          fmt::format("`{}` is not a transport that connects over a fabric", diag::shown(*text)));
    connection_.endpoint.transport = *transport;
  }

  std::optional<base::Traddr> address(const std::string& name) {
    const std::string* text = text_of(raw_, name);
    if (text == nullptr)
      return std::nullopt;
    auto parsed = base::Traddr::parse(connection_.endpoint.transport, without_brackets(*text));
    if (!parsed)
      refuse(fmt::format("`{}` is `{}`, which is not a valid {} address", name, diag::shown(*text),
                         to_string(connection_.endpoint.transport)));
    return parsed;
  }

  bool takes_port() const {
    return connection_.endpoint.transport == base::Transport::tcp ||
           connection_.endpoint.transport == base::Transport::rdma;
  }

  bool read_host_name() {
    const std::string* text = text_of(raw_, "traddr");
    if (text == nullptr || !takes_port() || !base::is_host_name(*text))
      return false;
    connection_.host_name = *text;
    return true;
  }

  void read_service() {
    const std::string* text = text_of(raw_, "trsvcid");
    if (text == nullptr)
      return;
    if (!takes_port()) {
      notes_.push_back(
          {connection_.origin, fmt::format("`trsvcid` does not apply to {}",
                                           to_string(connection_.endpoint.transport))});
      return;
    }
    connection_.endpoint.trsvcid = event::parse_service(*text);
    if (!connection_.endpoint.trsvcid)
      refuse(fmt::format("`trsvcid` is `{}`, which is not a valid port", diag::shown(*text)));
  }

  void read_persistence() {
    const std::string* text = text_of(raw_, "persistent");
    if (text == nullptr)
      return;
    // nvme-fabrics.conf(5) has words of its own.
    const auto value = truth(*text);
    const std::string word = base::lower_case(*text);
    if (word == "auto")
      connection_.persistent = policy::Persistent::if_supported;
    else if (value || word == "force")
      connection_.persistent = value == false ? policy::Persistent::no : policy::Persistent::yes;
    else
      notes_.push_back(
          {raw_.at("persistent").origin,
           fmt::format("`persistent`: `{}` is neither true nor false", diag::shown(*text))});
  }

  void read_interface() {
    const std::string* text = text_of(raw_, "host-iface");
    if (text == nullptr)
      return;
    if (connection_.endpoint.transport != base::Transport::tcp)
      notes_.push_back(
          {connection_.origin, fmt::format("`host-iface` does not apply to {}",
                                           to_string(connection_.endpoint.transport))});
    else if (!base::is_interface_name(*text))
      refuse(fmt::format("`host-iface` is `{}`, which is not a valid interface name",
                         diag::shown(*text)));
    else
      connection_.endpoint.host_iface = *text;
  }

  void read_nqn() {
    const std::string* nqn = text_of(raw_, "nqn");
    const std::string* discovery = text_of(raw_, "discovery");
    const bool is_discovery = nqn == nullptr || *nqn == base::well_known_discovery_nqn ||
                              (discovery != nullptr && truth(*discovery) == true);
    if (nqn != nullptr && is_discovery && *nqn != base::well_known_discovery_nqn)
      notes_.push_back({connection_.origin,
                        "the discovery controller's own NQN is not carried over: "
                        "it is connected by the well-known one"});
    if (is_discovery)
      return;
    if (const auto problem = base::nqn_problem(*nqn))
      return refuse(fmt::format("`nqn` {}", *problem));
    connection_.subsystem_nqn = *nqn;
  }

  const Raw& raw_;
  std::vector<Note>& notes_;
  Connection connection_;
  bool ok_ = true;
};

bool is_secret(const std::string& name) {
  const ConnectOption* option = base::find_connect_option(name);
  return option != nullptr && option->kind == OptionKind::secret;
}

} // namespace

void take_out_secrets(Raw& raw, std::vector<Note>& notes) {
  std::erase_if(raw, [&](const auto& one) {
    if (is_secret(one.first) || !policy::holds_secret(one.second.text))
      return false;
    notes.push_back({one.second.origin, fmt::format("`{}` looks like a secret, and is "
                                                    "not carried over",
                                                    diag::shown(one.first))});
    return true;
  });
}

std::string usual_name(std::string_view name) {
  std::string usual = base::lower_case(name);
  std::replace(usual.begin(), usual.end(), '_', '-');
  static const std::map<std::string, std::string> others{
      {"dhchap-key", "dhchap-secret"},
      {"dhchap-ctrl-key", "dhchap-ctrl-secret"},
      {"kxchap-secret", "dhchap-secret"},
      {"kxchap-ctrl-secret", "dhchap-ctrl-secret"},
      {"kato", "keep-alive-tmo"},
      {"subsysnqn", "nqn"},
      {"host-nqn", "hostnqn"},
      {"persistent-discovery-ctrl", "persistent"}};
  const auto found = others.find(usual);
  return found == others.end() ? usual : found->second;
}

std::optional<bool> truth(std::string_view text) {
  const std::string word = base::lower_case(text);
  const auto is_any = [&](auto... words) { return ((word == words) || ...); };
  if (is_any("1", "yes", "y", "true", "t", "on"))
    return true;
  if (is_any("0", "no", "n", "false", "f", "off"))
    return false;
  return std::nullopt;
}

Settings settings_of(const Raw& raw, SecretNames& secrets, std::vector<Note>& notes) {
  Settings settings;
  OptionReader reader(secrets, notes);
  for (const auto& [name, value] : raw) {
    const ConnectOption* option = base::find_connect_option(name);
    if (option == nullptr || value.text.empty())
      continue;
    // libnvme leaves out an argument that is this word.
    const bool is_text = option->kind == OptionKind::secret || option->kind == OptionKind::keyring;
    if (is_text && value.text == "none")
      continue;
    if (auto read = reader.read(*option, value))
      settings.emplace(option->id, Setting{std::move(*read), value.origin});
  }
  // A key's identity is its description in the keyring.
  if (const auto identity = raw.find("tls-key-identity");
      identity != raw.end() && text_of(raw, identity->first) != nullptr)
    settings.insert_or_assign(
        OptionId::tls_key,
        Setting{base::SecretRef{base::SecretRef::Kind::keyring, identity->second.text},
                identity->second.origin});
  return settings;
}

Raw secrets_of(const Raw& raw) {
  Raw secrets;
  for (const auto& [name, value] : raw)
    if (is_secret(name) || name == "tls-key-identity")
      secrets.emplace(name, value);
  return secrets;
}

Settings for_discovery_controller(Settings settings, const Settings& discovered,
                                  std::vector<Note>& notes) {
  std::erase_if(settings, [&](const auto& one) {
    const ConnectOption& option = base::connect_option(one.first);
    if (option.queue_option && !discovered.contains(one.first))
      notes.push_back({one.second.origin, fmt::format("`{}` does not apply to a discovery "
                                                      "controller",
                                                      option.name)});
    return option.queue_option;
  });
  return settings;
}

void put_discovery_settings(Connection& connection, std::vector<Note>& notes) {
  connection.connect =
      for_discovery_controller(connection.discovered, connection.discovered, notes);
  connection.persistent = connection.persistent.value_or(policy::Persistent::no);
  if (connection.persistent == policy::Persistent::no)
    connection.connect.erase(OptionId::keep_alive_tmo);
}

std::optional<Connection> connection_of(const Raw& raw, const Origin& origin,
                                        std::vector<Note>& notes) {
  return ConnectionReader(raw, origin, notes).read();
}

std::optional<std::size_t> identity_of(const Raw& raw, Settings secrets, Imported& imported) {
  const auto value = [&](const char* name) {
    const std::string* text = text_of(raw, name);
    return text != nullptr ? &raw.at(name) : nullptr;
  };
  const RawValue* hostnqn = value("hostnqn");
  const RawValue* hostid = value("hostid");
  Identity identity{.hostnqn = hostnqn != nullptr ? hostnqn->text : "",
                    .hostid = hostid != nullptr ? base::lower_case(hostid->text) : "",
                    .secrets = std::move(secrets)};
  if (const auto problem =
          hostnqn != nullptr ? base::nqn_problem(identity.hostnqn) : std::nullopt) {
    imported.note(hostnqn->origin, fmt::format("`hostnqn` is not carried over: it {}", *problem));
    identity.hostnqn.clear();
  }
  if (!identity.hostid.empty() &&
      (!base::is_uuid(identity.hostid) || base::is_placeholder_uuid(identity.hostid))) {
    imported.note(hostid->origin, "`hostid` is not carried over: it is not a usable UUID");
    identity.hostid.clear();
  }
  if (identity.hostnqn.empty() && identity.hostid.empty() && identity.secrets.empty())
    return std::nullopt;
  identity.origin = hostnqn != nullptr  ? hostnqn->origin
                    : hostid != nullptr ? hostid->origin
                                        : identity.secrets.begin()->second.origin;
  imported.identities.push_back(std::move(identity));
  return imported.identities.size() - 1;
}

void note_unknown(const Raw& raw, std::vector<Note>& notes) {
  for (const auto& [name, value] : raw) {
    const bool known =
        base::find_connect_option(name) != nullptr || name == "tls-key-identity" ||
        std::find(address_names.begin(), address_names.end(), name) != address_names.end();
    if (!known)
      notes.push_back({value.origin, fmt::format("`{}` is not carried over: a policy has no "
                                                 "equivalent",
                                                 diag::shown(name))});
  }
}

} // namespace nvmf::importing
