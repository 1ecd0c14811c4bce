#include "policy/foreign.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

struct Row {
  Section section;
  std::string_view foreign;
  std::string_view meant; // a key of the section; empty: `help` says where to go
  std::string_view help;
};

constexpr std::string_view rule_host_side =
    "`match` compares it, a target sets it, and for discovered paths `host-side` decides";
constexpr std::string_view switched_off =
    "take it out, or turn it into a comment; `disable-rules` switches off rules of other files";
constexpr std::string_view target_kind =
    "a target with `subsystem-nqn` is that subsystem, one without it a discovery controller";
constexpr std::string_view description = "write a comment, or `x-description`, which is ignored";

using enum Section;
constexpr Row foreign_rows[] = {
    {match, "nqn", "subsystem-nqn", ""},
    {match, "subnqn", "subsystem-nqn", ""},
    {match, "subsysnqn", "subsystem-nqn", ""},
    {match, "hostnqn", "host-nqn", ""},
    {match, "trtype", "transport", ""},
    {match, "address", "traddr", ""},
    {match, "ip", "traddr", ""},
    {match, "port", "trsvcid", ""},
    {match, "treq", "secure-channel", ""},
    {match, "interface", "host-iface", ""},
    {match, "iface", "host-iface", ""},
    {match, "host", "hostname", ""},
    {match, "unless", "not", ""},
    {match, "except", "not", ""},
    {target, "nqn", "subsystem-nqn", ""},
    {target, "subnqn", "subsystem-nqn", ""},
    {target, "subsysnqn", "subsystem-nqn", ""},
    {target, "trtype", "transport", ""},
    {target, "address", "traddr", ""},
    {target, "port", "trsvcid", ""},
    {target, "interface", "host-iface", ""},
    {target, "iface", "host-iface", ""},
    {target_path, "address", "traddr", ""},
    {target_path, "port", "trsvcid", ""},
    {target_path, "interface", "host-iface", ""},
    {target_path, "iface", "host-iface", ""},
    {target, "hostnqn", "identity", "define it under `identities`, and name that `identity` here"},
    {target, "hostid", "identity", "define it under `identities`, and name that `identity` here"},
    {rule, "hostnqn", "identity", "define it under `identities`, and name that `identity` here"},
    {rule, "hostid", "identity", "define it under `identities`, and name that `identity` here"},
    {rule, "when", "match", ""},
    {rule, "if", "match", ""},
    {rule, "options", "connect", ""},
    {rule, "profile", "profiles", ""},
    {rule, "host-iface", "", rule_host_side},
    {rule, "host-traddr", "", rule_host_side},
    {rule, "description", "", description},
    {target, "description", "", description},
    {guard, "description", "reason", ""},
    {rule, "comment", "", description},
    {rule, "note", "", description},
    {rule, "desc", "", description},
    {rule, "enabled", "", switched_off},
    {rule, "disabled", "", switched_off},
    {rule, "enable", "", switched_off},
    {target, "comment", "", description},
    {target, "enabled", "", switched_off},
    {target, "disabled", "", switched_off},
    {target, "addresses", "traddr", ""},
    {target, "ip", "traddr", ""},
    {target, "type", "", target_kind},
    {target, "endpoints", "paths", ""},
    {target, "portals", "paths", ""},
    {target, "options", "connect", ""},
    {rule, "allow", "action", "`action` says what is done: `discover`, `connect` or `ignore`"},
    {rule, "deny", "",
     "guards belong in `deny` at the top level; a rule with `action: ignore` leaves it alone"},
    {target, "discovery", "", target_kind},
    {guard, "why", "reason", ""},
    {guard, "comment", "reason", ""},
    {set, "address", "traddr", ""},
    {set, "addresses", "traddr", ""},
    {set, "ip", "traddr", ""},
    {set, "interface", "host-iface", ""},
    {top, "wait", "", "it is `wait-for` in `boot`"},
    {top, "description", "", description},
    {top, "blacklist", "deny", ""},
    {top, "blocklist", "deny", ""},
    {top, "denylist", "deny", ""},
    {top, "block", "deny", ""},
    {top, "exclude", "deny", ""},
    {top, "whitelist", "rules", ""},
    {top, "allowlist", "rules", ""},
    {top, "discovery", "targets", ""},
    {top, "subsystems", "targets", ""},
    {top, "include", "",
     "the files in `autoconnect.d/` are read, too, in the order of their names"},
    {match, "all", "any", ""},
    {match, "or", "", "a list means any of its values; for other combinations write several rules"},
    {match, "and", "", "all keys of a `match` must hold: write them side by side"},
    {boot, "wait", "wait-for", ""},
    {top, "allow", "rules", "`rules` decide what is connected; the rest is ignored"},
    {rule, "reason", "", "only guards (`deny`) have a `reason`; use a comment for a rule"},
    {rule, "priority", "", "rules have no priority: the first one that matches decides"},
    {guard, "action", "", "a guard has no action: it always denies"},
    {set, "hostnqn", "host-nqn", ""},
    {set, "nqn", "subsystem-nqn", ""},
    {set, "subsysnqn", "subsystem-nqn", ""},
    {set, "discovery-nqn", "subsystem-nqn",
     "sets of NQNs are of kind `subsystem-nqn`; it serves `discovery-nqn`, too"},
    {set, "values", "", "a set names the kind of its values: `{traddr: […]}`"},
    {identity, "host-nqn", "hostnqn", ""},
    {identity, "host-id", "hostid", ""},
    {identity, "nqn", "hostnqn", ""},
    {top, "guards", "deny", ""},
    {top, "default", "defaults", ""},
    {top, "controllers", "targets", ""},
    {top, "hosts", "identities", ""},
    {connect, "connect", "", "the options belong here directly, without another `connect`"},
    {connect, "nqn", "", "the rule's `match` names the subsystem"},
    {connect, "hostnqn", "", "define it under `identities`, and name that `identity` in the rule"},
    {connect, "hostid", "", "define it under `identities`, and name that `identity` in the rule"},
    {connect, "host-iface", "",
     "a target names it; for discovered paths `host-side` of the rule decides"},
    {connect, "host-traddr", "",
     "a target names it; for discovered paths `host-side` of the rule decides"},
    {connect, "iopolicy", "",
     "the I/O policy is set after the connect, by a udev rule or nvme-cli"},
    {connect, "io-policy", "",
     "the I/O policy is set after the connect, by a udev rule or nvme-cli"},
    {connect, "dhchap-key", "dhchap-secret", ""},
    {connect, "dhchap-ctrl-key", "dhchap-ctrl-secret", ""},
    {connect, "header-digest", "hdr-digest", ""},
    {connect, "hdrdgst", "hdr-digest", ""},
    {connect, "ddgst", "data-digest", ""},
    {connect, "kato", "keep-alive-tmo", ""},
    {connect, "keep-alive", "keep-alive-tmo", ""},
    {connect, "ctrl-loss-timeout", "ctrl-loss-tmo", ""},
    {connect, "nr-queues", "nr-io-queues", ""},
    {connect, "persistent", "",
     "`persistent` belongs beside `connect`, in a `discover` rule or a target"},
    {retry, "max-attempts", "attempts", ""},
    {retry, "retries", "attempts", ""},
    {retry, "max-retries", "attempts", ""},
    {retry, "delay", "first-delay", ""},
    {retry, "backoff", "factor", ""},
    {retry, "timeout", "give-up-after", ""},
};

// Underscores for hyphens, as in sysfs and the option string.
std::string hyphenated(std::string_view word) {
  std::string out(word);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

bool is_of(const Row& row, Section section) {
  return row.section == section || (row.section == match && section == negated_match);
}

// Other maps of other tools are made otherwise.
bool has_same_value(const Row& row) {
  return row.section == match || row.section == target || row.section == target_path ||
         row.section == set || row.section == identity || row.section == connect;
}

} // namespace

ForeignKey foreign_key(Section section, std::string_view word) {
  std::string const spelt = hyphenated(word);
  if (spelt != word)
    if (const Key* key = find_key(section, spelt))
      return {fmt::format("write `{}`: keys are spelt with hyphens", key->name), key->name, true};
  for (const Row& row : foreign_rows) {
    if (!is_of(row, section) || row.foreign != spelt)
      continue;
    if (!row.help.empty())
      return {std::string(row.help), row.meant};
    return {fmt::format("here it is called `{}`", row.meant), row.meant, has_same_value(row)};
  }
  return {};
}

} // namespace nvmf::policy
