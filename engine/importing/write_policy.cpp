#include "importing/write_policy.hpp"

#include "base/nqn.hpp"
#include "importing/exclusions.hpp"
#include "importing/identities.hpp"
#include "importing/names.hpp"
#include "load/load.hpp"
#include "policy/secret_text.hpp"
#include "yaml/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace nvmf::importing {

namespace {

using base::Transport;

bool is_discovery(const Connection& connection) { return connection.subsystem_nqn.empty(); }

bool is_secret(base::OptionId id) {
  return base::connect_option(id).kind == base::OptionKind::secret;
}

std::string value_text(base::OptionId id, const base::OptionValue& value) {
  if (const auto* secret = std::get_if<base::SecretRef>(&value))
    return fmt::format("{{{}: {}}}", to_string(secret->kind), yaml::scalar(secret->name));
  if (const auto* text = std::get_if<std::string>(&value))
    return yaml::scalar(*text);
  return base::to_policy_text(id, value);
}

std::string value_or_file(const std::string& value) {
  return names_file(value) ? fmt::format("{{file: {}}}", yaml::scalar(path_of(value)))
                           : yaml::scalar(value);
}

// An option that the connection's own transport does not take would be an error of the policy.
void drop_inapplicable(Connection& connection, std::vector<Note>& notes) {
  std::erase_if(connection.connect, [&](const auto& one) {
    const base::ConnectOption& option = base::connect_option(one.first);
    if (option.transports.contains(connection.endpoint.transport))
      return false;
    notes.push_back({one.second.origin, fmt::format("`{}` does not apply to {}", option.name,
                                                    to_string(connection.endpoint.transport))});
    return true;
  });
}

// Takes what all of them say alike out of each; secrets stay where they are. One alone shares
// nothing.
Settings take_common(const std::vector<Settings*>& all) {
  Settings common;
  if (all.size() < 2)
    return common;
  for (const auto& entry : *all.front()) {
    const bool everywhere = std::all_of(all.begin(), all.end(), [&](const Settings* one) {
      const auto found = one->find(entry.first);
      return found != one->end() && found->second.value == entry.second.value;
    });
    if (everywhere && !is_secret(entry.first))
      common.insert(entry);
  }
  for (Settings* one : all)
    for (const auto& [id, setting] : common)
      one->erase(id);
  return common;
}

// The service of a target that names none: LANGUAGE, "targets".
std::optional<std::uint16_t> service_of(const Connection& connection) {
  const base::Endpoint& endpoint = connection.endpoint;
  if (endpoint.trsvcid || endpoint.transport == Transport::fc ||
      endpoint.transport == Transport::loop)
    return endpoint.trsvcid;
  return is_discovery(connection) && endpoint.transport == Transport::tcp ? 8009 : 4420;
}

class PolicyWriter {
public:
  explicit PolicyWriter(Imported imported) : imported_(std::move(imported)) {}

  std::string write() {
    for (const Connection& connection : imported_.connections)
      names_.push_back(target_names_.unique(usual_target_name(connection)));
    take_defaults();
    put_notes_right();
    write_head();
    write_identities();
    write_defaults();
    write_targets();
    write_guards(yaml_, imported_.exclusions);
    write_rules();
    return yaml_.text();
  }

  const std::vector<Note>& notes() const { return imported_.notes; }

private:
  // A text that looks like a secret is not repeated.
  void put_notes_right() {
    for (Note& note : imported_.notes)
      note.text = policy::with_secrets_masked(std::move(note.text));
    std::set<std::string> seen;
    std::erase_if(imported_.notes, [&](const Note& note) { // losses are counted
      return !seen.insert(note.origin.text() + ' ' + note.text).second &&
             note.lost == Lost::nothing;
    });
  }

  void take_defaults() {
    std::vector<Settings*> discovery;
    std::vector<Settings*> io;
    for (Connection& connection : imported_.connections)
      if (is_discovery(connection)) {
        discovery.push_back(&connection.connect);
        if (imported_.connects_what_is_listed)
          io.push_back(&connection.discovered);
      } else {
        io.push_back(&connection.connect);
      }
    connect_defaults_ = take_common(io);
    discover_defaults_ = take_common(discovery);
  }

  void write_head() {
    // Editors that know the language server find the schema by it.
    yaml_.comment(0, "yaml-language-server: "
                     "$schema=/usr/share/nvmf/schemas/autoconnect-1.schema.json");
    yaml_.comment(0, imported_.title);
    for (const std::string& file : imported_.files)
      yaml_.comment(0, "  " + Origin{file}.text());
    if (!imported_.notes.empty()) {
      yaml_.comment(0, "\nNot carried over, or to be done by hand:");
      for (const Note& note : imported_.notes)
        yaml_.comment(0, "  " + (note.origin.path.empty() ? "" : note.origin.text() + ": ") +
                             note.text);
    }
    yaml_.line(0, "version", "1");
  }

  void write_settings(unsigned indent, const Settings& settings, const Origin& around) {
    for (const auto& [id, setting] : settings)
      yaml_.line(indent, base::connect_option(id).name, value_text(id, setting.value),
                 setting.origin == around   ? std::string()
                 : setting.origin.line == 0 ? setting.origin.text() + ": its default"
                                            : setting.origin.text());
  }

  void write_identities() {
    if (imported_.identities.empty())
      return;
    yaml_.blank();
    yaml_.line(0, "identities", {});
    for (const Identity& identity : imported_.identities) {
      yaml_.line(2, yaml::scalar(identity.name), {},
                 identity.origin.path.empty() ? "" : identity.origin.text());
      // Half of `default` was completed from /etc/nvme, which a policy does only if it says so.
      if (!identity.hostnqn.empty())
        yaml_.line(4, "hostnqn", value_or_file(identity.hostnqn));
      else if (!identity.hostid.empty())
        yaml_.line(4, "hostnqn", "{file: /etc/nvme/hostnqn}");
      if (!identity.hostid.empty())
        yaml_.line(4, "hostid", value_or_file(identity.hostid));
      else if (!identity.hostnqn.empty() && !base::uuid_of_nqn(identity.hostnqn))
        yaml_.line(4, "hostid", "{file: /etc/nvme/hostid}");
      write_settings(4, identity.secrets, identity.origin);
    }
  }

  void write_defaults() {
    if (connect_defaults_.empty() && discover_defaults_.empty())
      return;
    yaml_.blank();
    yaml_.line(0, "defaults", {});
    if (!connect_defaults_.empty()) {
      yaml_.line(2, "connect", {});
      write_settings(4, connect_defaults_, {});
    }
    if (!discover_defaults_.empty()) {
      yaml_.line(2, "discover", {});
      write_settings(4, discover_defaults_, {});
    }
  }

  void write_targets() {
    bool first = true;
    for (std::size_t at = 0; at < imported_.connections.size(); ++at) {
      if (!imported_.connections[at].is_target)
        continue;
      if (first) {
        yaml_.blank();
        yaml_.line(0, "targets", {});
      }
      first = false;
      write_target(imported_.connections[at], names_[at]);
    }
  }

  void write_target(const Connection& connection, const std::string& name) {
    yaml_.line(2, "- name", yaml::scalar(name), connection.origin.text());
    yaml_.line(4, "transport", to_string(connection.endpoint.transport));
    if (!connection.host_name.empty())
      yaml_.line(4, "traddr", yaml::scalar(connection.host_name));
    if (connection.endpoint.traddr)
      yaml_.line(4, "traddr", yaml::scalar(connection.endpoint.traddr->to_string()));
    if (connection.endpoint.trsvcid)
      yaml_.line(4, "trsvcid", std::to_string(*connection.endpoint.trsvcid));
    if (connection.endpoint.host_traddr)
      yaml_.line(4, "host-traddr", yaml::scalar(connection.endpoint.host_traddr->to_string()));
    if (!connection.endpoint.host_iface.empty())
      yaml_.line(4, "host-iface", yaml::scalar(connection.endpoint.host_iface));
    if (!connection.subsystem_nqn.empty())
      yaml_.line(4, "subsystem-nqn", yaml::scalar(connection.subsystem_nqn));
    if (connection.identity && imported_.identities[*connection.identity].name != "default")
      yaml_.line(4, "identity", yaml::scalar(imported_.identities[*connection.identity].name));
    if (is_discovery(connection) && connection.persistent)
      yaml_.line(4, "persistent", to_string(*connection.persistent),
                 connection.persistent == policy::Persistent::no
                     ? "as before; `true` keeps its events coming"
                     : "");
    if (is_discovery(connection) && imported_.give_up_after)
      yaml_.line(4, "retry", "{give-up-after: infinity}");
    if (connection.connect.empty())
      return;
    yaml_.line(4, "connect", {});
    write_settings(6, connection.connect, connection.origin);
  }

  // Names of the discovery controllers that a condition holds for.
  template <class Condition>
  std::vector<std::string> discovery_names(Condition condition) const {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < imported_.connections.size(); ++at)
      if (is_discovery(imported_.connections[at]) && condition(imported_.connections[at]))
        names.push_back(names_[at]);
    return names;
  }

  void write_rules() {
    write_discover_rules();
    if (imported_.connects_what_is_listed) {
      write_discovery_rule();
      write_connect_rules();
    }
    write_subsystem_rules();
  }

  void begin_rule(const std::string& name, std::string_view comment = {}) {
    if (!has_rules_) {
      yaml_.blank();
      yaml_.line(0, "rules", {});
    }
    has_rules_ = true;
    yaml_.line(2, "- name", name, comment);
    yaml_.line(4, "match", {});
  }

  // Targets are wanted without a rule. One for each transport and port of the others, so that no
  // address is accepted at another's port.
  void write_discover_rules() {
    std::map<std::pair<Transport, std::optional<std::uint16_t>>, std::set<std::string>> groups;
    for (const Connection& connection : imported_.connections)
      if (is_discovery(connection) && !connection.is_target) {
        auto& addresses = groups[{connection.endpoint.transport, service_of(connection)}];
        if (connection.endpoint.traddr)
          addresses.insert(connection.endpoint.traddr->to_string());
      }
    for (const auto& [where, addresses] : groups) {
      const auto& [transport, service] = where;
      begin_rule(service ? fmt::format("discover-{}-{}", to_string(transport), *service)
                         : fmt::format("discover-{}", to_string(transport)));
      yaml_.line(6, "transport", to_string(transport));
      if (!addresses.empty())
        yaml_.line(6, "traddr", yaml::scalar_or_list({addresses.begin(), addresses.end()}));
      if (service)
        yaml_.line(6, "trsvcid", std::to_string(*service));
      yaml_.line(4, "action", "discover");
    }
  }

  // The targets, and the discovery controllers that their logs refer to, with all their later
  // events.
  void write_discovery_rule() {
    const auto all = discovery_names([](const Connection&) { return true; });
    if (all.empty())
      return;
    const bool stay = std::any_of(imported_.connections.begin(), imported_.connections.end(),
                                  [](const Connection& connection) {
                                    return is_discovery(connection) &&
                                           connection.persistent != policy::Persistent::no;
                                  });
    begin_rule("discover-named");
    yaml_.line(6, "source", yaml::scalar_or_list(all));
    yaml_.line(4, "action", "discover");
    if (!stay)
      yaml_.line(4, "persistent", "false");
    if (imported_.poll)
      yaml_.line(4, "poll", base::format_duration(*imported_.poll));
    if (imported_.give_up_after)
      yaml_.line(
          4, "retry",
          fmt::format("{{give-up-after: {}}}", base::format_duration(*imported_.give_up_after)));
  }

  // One for each kind of settings that what is discovered has.
  void write_connect_rules() {
    std::vector<const Connection*> kinds;
    for (const Connection& connection : imported_.connections) {
      const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const Connection* one) {
        return same_values(one->discovered, connection.discovered);
      });
      if (is_discovery(connection) && !known)
        kinds.push_back(&connection);
    }
    connects_listed_ = !kinds.empty();
    for (std::size_t at = 0; at < kinds.size(); ++at) {
      const Settings& settings = kinds[at]->discovered;
      // A path that two of their logs list is connected by the first, as it was before.
      begin_rule(kinds.size() == 1 ? "connect-discovered"
                                   : fmt::format("connect-discovered-{}", at + 1),
                 at == 0 ? "" : "nvmf: allow NVP405 -- of two that list a path the first decides");
      yaml_.line(6, "source", yaml::scalar_or_list(discovery_names([&](const Connection& one) {
                   return same_values(one.discovered, settings);
                 })));
      yaml_.line(4, "action", "connect");
      if (imported_.ignore_interface)
        yaml_.line(4, "host-side", "any");
      if (settings.empty())
        continue;
      yaml_.line(4, "connect", {});
      write_settings(6, settings, {});
    }
  }

  // Targets beside discovery controllers, whose logs may list them, too, have one rule; the others
  // have one for each kind of settings.
  void write_subsystem_rules() {
    std::vector<const Connection*> kinds;
    for (const Connection& connection : imported_.connections) {
      const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const Connection* one) {
        return same_rule(*one, connection);
      });
      const bool needs_rule = !connection.is_target || connects_listed_;
      if (!is_discovery(connection) && needs_rule && !known)
        kinds.push_back(&connection);
    }
    for (std::size_t at = 0; at < kinds.size(); ++at)
      write_subsystem_rule(*kinds[at], kinds.size() == 1 ? "connect-named"
                                                         : fmt::format("connect-named-{}", at + 1));
  }

  static bool same_rule(const Connection& one, const Connection& other) {
    return one.is_target == other.is_target &&
           (one.is_target ||
            (one.endpoint.transport == other.endpoint.transport && one.identity == other.identity &&
             same_values(one.connect, other.connect)));
  }

  void write_subsystem_rule(const Connection& kind, const std::string& name) {
    std::vector<std::string> nqns;
    for (const Connection& connection : imported_.connections)
      if (!is_discovery(connection) && same_rule(kind, connection) &&
          std::find(nqns.begin(), nqns.end(), connection.subsystem_nqn) == nqns.end())
        nqns.push_back(connection.subsystem_nqn);
    begin_rule(name);
    if (!kind.is_target)
      yaml_.line(6, "transport", to_string(kind.endpoint.transport));
    yaml_.line(6, "subsystem-nqn", yaml::scalar_or_list(nqns));
    yaml_.line(4, "action", "connect");
    if (kind.is_target)
      return;
    if (kind.identity && imported_.identities[*kind.identity].name != "default")
      yaml_.line(4, "identity", yaml::scalar(imported_.identities[*kind.identity].name));
    if (kind.connect.empty())
      return;
    yaml_.line(4, "connect", {});
    write_settings(6, kind.connect, kind.origin);
  }

  Imported imported_;
  yaml::Writer yaml_;
  Names target_names_;
  std::vector<std::string> names_; // of the connections
  bool has_rules_ = false;
  bool connects_listed_ = false;
  Settings connect_defaults_;
  Settings discover_defaults_;
};

// Why `check` would refuse the policy; nothing where it accepts it.
std::optional<std::string> refusal(Imported imported) {
  const load::Loaded loaded =
      load::load_text("<imported policy>", PolicyWriter(std::move(imported)).write());
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity == diag::Severity::error)
      return finding.message;
  return std::nullopt;
}

// The connection alone, with its identity.
Imported only(const Imported& imported, Connection connection) {
  Imported alone{.connects_what_is_listed = imported.connects_what_is_listed,
                 .ignore_interface = imported.ignore_interface};
  if (connection.identity) {
    alone.identities.push_back(imported.identities[*connection.identity]);
    connection.identity = 0;
  }
  alone.connections.push_back(std::move(connection));
  return alone;
}

// The language's own reader says what a policy cannot hold: each part is put to it alone.
void take_out_refused(Imported& imported) {
  std::erase_if(imported.exclusions, [&](const Exclusion& exclusion) {
    Imported alone;
    alone.exclusions.push_back(exclusion);
    const auto why = refusal(std::move(alone));
    if (why)
      imported.notes.push_back(lost_exclusion(exclusion.origin, *why));
    return why.has_value();
  });
  std::erase_if(imported.connections, [&](const Connection& connection) {
    const auto why = refusal(only(imported, connection));
    if (why)
      imported.notes.push_back(lost_connection(connection.origin, *why));
    return why.has_value();
  });
}

// Identities of connections that were taken out: one that `check` would refuse is not left behind.
void take_out_unused_identities(Imported& imported) {
  std::vector<Identity> used;
  std::vector<std::optional<std::size_t>> place(imported.identities.size());
  for (Connection& connection : imported.connections) {
    if (!connection.identity)
      continue;
    auto& at = place[*connection.identity];
    if (!at) {
      at = used.size();
      used.push_back(std::move(imported.identities[*connection.identity]));
    }
    connection.identity = at;
  }
  imported.identities = std::move(used);
}

// How long a discovery controller stays; absent: the policy's default, which keeps it.
int rank(const std::optional<policy::Persistent>& persistent) {
  return persistent == policy::Persistent::no             ? 0
         : persistent == policy::Persistent::if_supported ? 1
                                                          : 2;
}

// Adds the settings that only the second has.
void add_settings(Settings& into, const Settings& second) {
  into.insert(second.begin(), second.end());
}

// The settings of the second that the merged one lacks, with a note each.
void note_differences(const Settings& merged, const Settings& second, const Origin& first,
                      std::vector<Note>& notes) {
  for (const auto& [id, setting] : second) {
    const auto found = merged.find(id);
    if (found == merged.end() || !(found->second.value == setting.value))
      notes.push_back(
          {setting.origin, fmt::format("`{}` is not carried over: {} has the same "
                                       "connection with {}",
                                       base::connect_option(id).name, first.text(),
                                       found == merged.end() ? "other options" : "another value")});
  }
}

// Old files may name a connection twice. The first one keeps its options and takes those that only
// the second has, if both together are still valid.
void merge(Connection& first, const Connection& second, Imported& imported) {
  Connection both = first;
  add_settings(both.connect, second.connect);
  add_settings(both.discovered, second.discovered);
  if (rank(second.persistent) > rank(first.persistent))
    both.persistent = second.persistent;
  if (!refusal(only(imported, both)))
    first = std::move(both);
  imported.note(second.origin,
                fmt::format("the connection is the same as that of {}", first.origin.text()));
  note_differences(first.connect, second.connect, first.origin, imported.notes);
  note_differences(first.discovered, second.discovered, first.origin, imported.notes);
}

std::string endpoint_key(const Imported& imported, const Connection& connection) {
  base::Endpoint endpoint = connection.endpoint;
  endpoint.trsvcid = service_of(connection);
  return fmt::format(
      "{}\n{}\n{}\n{}", endpoint.key(), connection.host_name, connection.subsystem_nqn,
      connection.identity ? imported.identities[*connection.identity].name : "default");
}

void merge_repeated(Imported& imported) {
  std::map<std::string, std::size_t> seen; // index into `kept`
  std::vector<Connection> kept;
  for (Connection& connection : imported.connections) {
    const auto [at, added] = connection.is_target
                                 ? seen.emplace(endpoint_key(imported, connection), kept.size())
                                 : std::pair(seen.end(), true);
    if (added)
      kept.push_back(std::move(connection));
    else
      merge(kept[at->second], connection, imported);
  }
  imported.connections = std::move(kept);
}

// A guard that is made of an exclusion applies to the events that lead to a connection, not to a
// target; those by address are taken out, but a name's addresses are not known here.
void note_excluded_names(Imported& imported) {
  for (const Connection& connection : imported.connections) {
    const bool is_of = std::any_of(
        imported.exclusions.begin(), imported.exclusions.end(), [&](const Exclusion& exclusion) {
          return !exclusion.traddr.empty() &&
                 is_discovery(connection) == (exclusion.of == Exclusion::Of::discovery_controllers);
        });
    if (is_of && !connection.host_name.empty())
      imported.note(connection.origin,
                    fmt::format("exclusions by address are not compared with the addresses of `{}`",
                                connection.host_name));
  }
}

// nvme-cli's udev rule reads the log of each discovery controller that an FC port announces,
// whether or not a file names it; a policy has to accept them.
void note_fc_events(Imported& imported) {
  const bool discovers = std::any_of(imported.connections.begin(), imported.connections.end(),
                                     [](const Connection& one) { return is_discovery(one); });
  if (!imported.file_of_nvme_cli || discovers || imported.connections.empty())
    return;
  imported.note(
      *imported.file_of_nvme_cli,
      "the policy discovers nothing: discovery controllers that FC ports announce match "
      "no rule, where nvme-cli connects all that they list; a `discover` rule for `event: "
      "fc-discovery` and a `connect` rule with its name as `source` do the same");
}

// Rules match NQNs as globs.
void note_globs(Imported& imported) {
  for (const Connection& connection : imported.connections)
    if (connection.subsystem_nqn.find_first_of("*?") != std::string::npos)
      imported.note(connection.origin, fmt::format("`{}` also matches other names in a rule",
                                                   connection.subsystem_nqn));
}

} // namespace

std::string policy_of(Imported imported, std::vector<Note>& notes) {
  apply_exclusions(imported);
  settle_identities(imported);
  for (Connection& connection : imported.connections)
    drop_inapplicable(connection, imported.notes);
  take_out_refused(imported);
  take_out_unused_identities(imported);
  merge_repeated(imported);
  note_excluded_names(imported);
  if (imported.connections.empty())
    imported.note({}, "no connection was found");
  note_fc_events(imported);
  note_globs(imported);
  PolicyWriter writer(std::move(imported));
  // Wherever the old files have them.
  std::string text = policy::with_secrets_masked(writer.write());
  notes = writer.notes();
  return text;
}

} // namespace nvmf::importing
