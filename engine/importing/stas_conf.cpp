#include "importing/stas_conf.hpp"

#include "base/ini.hpp"
#include "base/lower_case.hpp"
#include "base/nqn.hpp"
#include "base/time_span.hpp"
#include "diag/shown_text.hpp"
#include "event/usual_service.hpp"
#include "importing/raw.hpp"
#include "policy/secret_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace nvmf::importing {

namespace {

enum class Daemon : std::uint8_t { stafd, stacd };

// Settings of [Global] without an equivalent in a policy, and the note about each.
struct OtherSetting {
  const char* key;
  const char* note;
};
constexpr std::array other_settings{
    OtherSetting{"tron", "`tron` is about nvme-stas' own messages"},
    OtherSetting{"pleo", "`pleo` is not carried over: logs are read whole"},
    OtherSetting{"udev-rule", "`udev-rule` is not carried over: while nvmf-policy is in charge, "
                              "nvme-cli's rule does nothing"},
    OtherSetting{"sticky-connections", "`sticky-connections` is not carried over: nothing is ever "
                                       "disconnected because of an event"},
};

constexpr const char* never_disconnects =
    "is not carried over: nothing is ever disconnected because of an event or a change of policy";

const OtherSetting* find_other(std::string_view key) {
  const auto found = std::find_if(other_settings.begin(), other_settings.end(),
                                  [&](const OtherSetting& one) { return key == one.key; });
  return found == other_settings.end() ? nullptr : &*found;
}

class DaemonReader {
public:
  // `identity`: as which host; an index into Imported::identities.
  DaemonReader(const diag::Source& source, Daemon daemon, std::optional<std::size_t> identity,
               SecretNames& secrets, Imported& imported)
      : path_(source.path), daemon_(daemon), identity_(identity), secrets_(secrets),
        imported_(imported), sections_(base::parse_ini(source.text, base::IniReading::forgiving)) {}

  void read() {
    for (const base::IniSection& section : sections_)
      if (section.name == "Global")
        read_global(section);
    take_out_secrets(global_, imported_.notes);
    settings_ = settings_of(global_, secrets_, imported_.notes);
    for (const base::IniSection& section : sections_)
      if (section.name == "Controllers")
        read_controllers(section);
      else if (section.name != "Global")
        read_other(section);
    if (daemon_ == Daemon::stafd && !zeroconf_seen_)
      note_zeroconf(0);
  }

  const Settings& settings() const { return settings_; }
  // The line that says so.
  const std::optional<Origin>& ignored_interface() const { return ignored_interface_; }

private:
  Origin at(std::uint32_t line) const { return {path_, line}; }
  Exclusion::Of scope() const {
    return daemon_ == Daemon::stafd ? Exclusion::Of::discovery_controllers
                                    : Exclusion::Of::io_controllers;
  }

  void read_global(const base::IniSection& section) {
    for (const base::IniLine& line : section.lines) {
      const std::string name = usual_name(line.key);
      const OtherSetting* other = find_other(line.key);
      if (other != nullptr)
        imported_.note(at(line.line), other->note);
      else if (name == "ignore-iface")
        read_ignored_interface(line);
      else if (name == "ip-family")
        read_family(line);
      else if (base::find_connect_option(name) != nullptr)
        global_.insert_or_assign(name, RawValue{line.value, at(line.line)});
      else
        imported_.note(at(line.line), fmt::format("`{}` is not known", diag::shown(line.key)));
    }
  }

  void read_ignored_interface(const base::IniLine& line) {
    const auto value = truth(line.value);
    if (!value)
      imported_.note(at(line.line), fmt::format("`{}`: `{}` is neither true nor false", line.key,
                                                diag::shown(line.value)));
    ignored_interface_ = value == true ? std::optional(at(line.line)) : std::nullopt;
  }

  void read_family(const base::IniLine& line) {
    const bool is_one = line.value == "ipv4" || line.value == "ipv6";
    if (!is_one && line.value != "ipv4+ipv6" && line.value != "ipv6+ipv4")
      imported_.note(at(line.line), fmt::format("`{}`: `{}` is not an address family", line.key,
                                                diag::shown(line.value)));
    if (!is_one)
      return;
    imported_.exclusions.push_back({.origin = at(line.line),
                                    .of = scope(),
                                    .traddr = line.value == "ipv4" ? "::/0" : "0.0.0.0/0",
                                    .reason = fmt::format("ip-family={}", line.value)});
  }

  void read_controllers(const base::IniSection& section) {
    for (const base::IniLine& line : section.lines) {
      if (line.value.empty())
        imported_.note(at(line.line), fmt::format("`{}` has no value", diag::shown(line.key)));
      else if (line.key == "controller")
        read_controller(line);
      else if (line.key == "exclude" || line.key == "blacklist")
        read_exclusion(line);
      else
        imported_.note(at(line.line), fmt::format("`{}` is not known", diag::shown(line.key)));
    }
  }

  Raw fields_of(const base::IniLine& line) const {
    Raw fields;
    for (const base::IniLine& pair :
         base::parse_pairs(line.value, line.line, base::IniReading::forgiving))
      fields.insert_or_assign(usual_name(pair.key), RawValue{pair.value, at(line.line)});
    return fields;
  }

  void read_controller(const base::IniLine& line) {
    Raw own = fields_of(line);
    take_out_secrets(own, imported_.notes);
    note_unknown(own, imported_.notes);
    Raw all = global_;
    for (const auto& [name, value] : own)
      all.insert_or_assign(name, value);
    const bool is_discovery = daemon_ == Daemon::stafd;
    if (is_discovery)
      all.insert_or_assign("discovery", RawValue{"true", at(line.line)});
    else if (!own.contains("nqn"))
      return imported_.notes.push_back(
          lost_connection(at(line.line), "an I/O controller needs its `nqn`"));
    if (ignored_interface_)
      all.erase("host-iface");
    auto connection = connection_of(all, at(line.line), imported_.notes);
    if (!connection)
      return;
    connection->connect = settings_of(all, secrets_, imported_.notes);
    if (is_discovery) {
      connection->connect =
          for_discovery_controller(std::move(connection->connect), {}, imported_.notes);
      connection->persistent = connection->persistent.value_or(policy::Persistent::yes);
    }
    const auto own_identity = identity_of(own, {}, imported_);
    connection->identity = own_identity ? own_identity : identity_;
    imported_.connections.push_back(std::move(*connection));
  }

  // One that cannot be said in full is left out: without a field it would exclude more.
  void read_exclusion(const base::IniLine& line) {
    Exclusion exclusion{.origin = at(line.line), .of = scope(), .reason = "excluded before"};
    for (const auto& [name, value] : fields_of(line)) {
      if (!put_field(exclusion, name, value.text))
        return imported_.notes.push_back(
            lost_exclusion(value.origin, fmt::format("`{}={}` cannot be compared",
                                                     diag::shown(name), diag::shown(value.text))));
    }
    imported_.exclusions.push_back(std::move(exclusion));
  }

  static bool put_field(Exclusion& exclusion, const std::string& name, const std::string& value) {
    if (policy::holds_secret(value))
      return false;
    if (name == "transport") {
      exclusion.transport = base::parse_transport(value);
      return exclusion.transport.has_value();
    }
    if (name == "trsvcid") {
      exclusion.trsvcid = event::parse_service(value);
      return exclusion.trsvcid.has_value();
    }
    std::string* const text = name == "traddr"       ? &exclusion.traddr
                              : name == "host-iface" ? &exclusion.host_iface
                              : name == "nqn"        ? &exclusion.nqn
                                                     : nullptr;
    if (text != nullptr)
      *text = value;
    return text != nullptr && !value.empty();
  }

  void note_zeroconf(std::uint32_t line) {
    imported_.note(at(line), "discovery controllers that stafd finds with mDNS are not carried "
                             "over: name them as targets");
  }

  // Of discovery controllers that neither the file nor the firmware names; nvme-stas' own default
  // is the policy's.
  void read_give_up(const base::IniLine& line) {
    constexpr base::Duration usual = std::chrono::hours(72);
    const auto span = base::parse_time_span(line.value);
    if (!span || *span < base::Duration(1))
      imported_.note(at(line.line),
                     fmt::format("`{}`: `{}` is {}", line.key, diag::shown(line.value),
                                 span ? "not carried over: every connection is tried at least once"
                                      : "not a valid time span"));
    else if (*span != usual)
      imported_.give_up_after = *span;
  }

  // How often one that is not kept connected is asked again; nvme-stas' own default is the
  // policy's.
  void read_poll_interval(const base::IniLine& line) {
    constexpr base::Duration usual = std::chrono::minutes(15);
    constexpr base::Duration longest = std::chrono::minutes(35791); // of `poll`: 2^31 ms
    const auto span = base::parse_time_span(line.value + "min");
    if (!span || *span < base::Duration(std::chrono::minutes(1)) || *span > longest)
      imported_.note(at(line.line),
                     fmt::format("`{}`: `{}` is not a number of minutes from 1 to 35791", line.key,
                                 diag::shown(line.value)));
    else if (*span != usual)
      imported_.poll = *span;
  }

  void read_other(const base::IniSection& section) {
    for (const base::IniLine& line : section.lines) {
      if (line.key == "dc-giveup-timeout") {
        read_give_up(line);
        continue;
      }
      if (line.key == "epcsd-poll-interval-minutes") {
        read_poll_interval(line);
        continue;
      }
      if (line.key == "zeroconf") {
        zeroconf_seen_ = true;
        if (line.value != "disabled" && truth(line.value) != false)
          note_zeroconf(line.line);
      } else if (line.key == "persistent-connections") {
        if (truth(line.value) == false)
          imported_.note(at(line.line),
                         fmt::format("`{}` {}; they stay when the service stops, too", line.key,
                                     never_disconnects));
      } else if (line.key == "connect-attempts-on-ncc") {
        imported_.note(at(line.line), "`connect-attempts-on-ncc` is not carried over: such records "
                                      "are tried again every `slow-delay`");
      } else if (line.key == "disconnect-scope" || line.key == "disconnect-trtypes") {
        imported_.note(at(line.line), fmt::format("`{}` {}", line.key, never_disconnects));
      } else {
        imported_.note(at(line.line),
                       fmt::format("`{}` is not carried over", diag::shown(line.key)));
      }
    }
  }

  std::string path_;
  Daemon daemon_;
  std::optional<std::size_t> identity_;
  SecretNames& secrets_;
  Imported& imported_;
  std::vector<base::IniSection> sections_;
  Raw global_;
  Settings settings_;
  std::optional<Origin> ignored_interface_;
  bool zeroconf_seen_ = false;
};

// [Host] of sys.conf: `nqn`, `id` and `key`, each a value or `file://PATH`.
class SysReader {
public:
  SysReader(const diag::Source& source, SecretNames& secrets, Imported& imported)
      : path_(source.path), secrets_(secrets), imported_(imported),
        sections_(base::parse_ini(source.text, base::IniReading::forgiving)) {}

  std::optional<std::size_t> read() {
    for (const base::IniSection& section : sections_)
      for (const base::IniLine& line : section.lines)
        read_line(line);
    const bool says_nothing =
        identity_.hostnqn.empty() && identity_.hostid.empty() && identity_.secrets.empty();
    if (says_nothing)
      return std::nullopt;
    imported_.identities.push_back(std::move(identity_));
    return imported_.identities.size() - 1;
  }

private:
  void read_line(const base::IniLine& line) {
    const Origin origin{path_, line.line};
    if (line.value.empty())
      return;
    if (line.key == "key")
      return read_key(line, origin);
    if (policy::holds_secret(line.value))
      return imported_.note(origin, fmt::format("`{}` holds what looks like a secret, and is not "
                                                "carried over",
                                                diag::shown(line.key)));
    if (line.key == "nqn")
      put(identity_.hostnqn, line, origin, base::nqn_problem(line.value));
    else if (line.key == "id")
      put(identity_.hostid, line, origin,
          base::is_uuid(line.value) && !base::is_placeholder_uuid(line.value)
              ? std::nullopt
              : std::optional<std::string>("is not a usable UUID"));
    else
      imported_.note(origin, fmt::format("`{}` is not carried over: a policy has no equivalent",
                                         diag::shown(line.key)));
  }

  void put(std::string& into, const base::IniLine& line, const Origin& origin,
           const std::optional<std::string>& problem) {
    const bool is_file = names_file(line.value);
    if (!is_file && problem)
      return imported_.note(origin,
                            fmt::format("`{}` is not carried over: it {}", line.key, *problem));
    into = is_file || line.key == "nqn" ? line.value : base::lower_case(line.value);
    identity_.origin = origin;
  }

  void read_key(const base::IniLine& line, const Origin& origin) {
    if (names_file(line.value)) {
      identity_.secrets.insert_or_assign(
          base::OptionId::dhchap_secret,
          Setting{base::SecretRef{base::SecretRef::Kind::file, path_of(line.value)}, origin});
    } else {
      const Raw raw{{"dhchap-secret", RawValue{line.value, origin}}};
      identity_.secrets.merge(settings_of(raw, secrets_, imported_.notes));
    }
    if (identity_.origin.path.empty())
      identity_.origin = origin;
  }

  std::string path_;
  SecretNames& secrets_;
  Imported& imported_;
  std::vector<base::IniSection> sections_;
  Identity identity_;
};

} // namespace

void read_stas_conf(const StasFiles& files, SecretNames& secrets, Imported& imported) {
  const std::size_t first_new = imported.connections.size();
  const auto identity = files.sys ? SysReader(*files.sys, secrets, imported).read() : std::nullopt;
  if (files.stafd)
    DaemonReader(*files.stafd, Daemon::stafd, identity, secrets, imported).read();
  const std::size_t end_of_stafd = imported.connections.size();
  if (!files.stacd && first_new == end_of_stafd)
    return;
  if (!files.stacd)
    imported.note({files.stafd->path, 0}, "stacd.conf was not given: the entries of discovery "
                                          "logs are connected, as stacd does without one");
  const diag::Source without_one{"stacd.conf", {}};
  DaemonReader stacd(files.stacd ? *files.stacd : without_one, Daemon::stacd, identity, secrets,
                     imported);
  stacd.read();
  imported.ignore_interface = stacd.ignored_interface().has_value();
  for (std::size_t at = first_new; at < end_of_stafd; ++at) {
    imported.connections[at].discovered = stacd.settings();
    if (imported.ignore_interface && imported.connections[at].endpoint.host_traddr)
      imported.note(*stacd.ignored_interface(),
                    "`ignore-iface` leaves the source address of discovered paths to the kernel, "
                    "too: `host-traddr` stays that of the discovery controllers alone");
  }
}

} // namespace nvmf::importing
