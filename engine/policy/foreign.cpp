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
constexpr std::string_view set_kind = "a set names the kind of its values: `{traddr: […]}`";
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
    {rule, "interface", "", rule_host_side},
    {rule, "iface", "", rule_host_side},
    {rule, "source-address", "", rule_host_side},
    {rule, "conditions", "match", ""},
    {rule, "condition", "match", ""},
    {rule, "then", "action", ""},
    {rule, "do", "action", ""},
    {rule, "order", "",
     "rules have no order but that of the files: the first one that matches decides"},
    {rule, "title", "", description},
    {rule, "timeout", "",
     "`retry` has `give-up-after`; how long a loss is borne is `ctrl-loss-tmo`"},
    {rule, "retries", "", "write `retry: {attempts: …}`"},
    {rule, "disconnect", "",
     "rules disconnect nothing; `on-vanish` is for what no log lists any more"},
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
    {guard, "message", "reason", ""},
    {guard, "note", "reason", ""},
    {guard, "allow", "", "a guard always denies; except something by `not` in its `match`"},
    {guard, "except", "", "except something by `not` in its `match`"},
    {guard, "unless", "", "except something by `not` in its `match`"},
    {guard, "comment", "reason", ""},
    {set, "address", "traddr", ""},
    {set, "addresses", "traddr", ""},
    {set, "ip", "traddr", ""},
    {set, "interface", "host-iface", ""},
    {top, "wait", "", "it is `wait-for` in `boot`"},
    {top, "description", "", description},
    {top, "comment", "", description},
    {top, "title", "", description},
    {top, "denied", "deny", ""},
    {top, "reject", "deny", ""},
    {top, "exclusions", "deny", ""},
    {top, "ignore", "", "write a rule with `action: ignore`"},
    {top, "connect-all", "", "write a rule with `match: {any: true}` and `action: connect`"},
    {top, "policies", "rules", ""},
    {top, "subsystem", "targets", ""},
    {top, "options", "defaults", ""},
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
    {set, "values", "", set_kind},
    {set, "kind", "", set_kind},
    {set, "type", "", set_kind},
    {set, "members", "", set_kind},
    {set, "entries", "", set_kind},
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
    {retry, "max", "max-delay", ""},
    {retry, "min", "first-delay", ""},
    {retry, "interval", "first-delay", ""},
};

// `!transport`, `not-transport`: the condition that is meant to be excepted; null: none.
const Key* excepted_key(Section section, std::string_view word) {
  if (section != match && section != negated_match)
    return nullptr;
  for (std::string_view const sign : {"!", "not-", "no-", "except-"})
    if (word.starts_with(sign))
      return find_key(match, word.substr(sign.size()));
  return nullptr;
}

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

std::optional<std::string> with_hyphens(std::string_view text) {
  std::string out;
  bool has_dash = false;
  while (!text.empty()) {
    // Each has three bytes in UTF-8.
    bool const is_dash =
        text.starts_with("\xe2\x88\x92") || (text.starts_with("\xe2\x80") && text.size() > 2 &&
                                             static_cast<unsigned char>(text[2]) >= 0x90 &&
                                             static_cast<unsigned char>(text[2]) <= 0x95);
    has_dash = has_dash || is_dash;
    out += is_dash ? '-' : text.front();
    text.remove_prefix(is_dash ? 3 : 1);
  }
  return has_dash ? std::optional(std::move(out)) : std::nullopt;
}

ForeignKey foreign_key(Section section, std::string_view word) {
  if (auto const dashed = with_hyphens(word))
    if (const Key* key = find_key(section, *dashed))
      return {fmt::format("write `{}`: it has a dash where a hyphen belongs", key->name), key->name,
              true};
  std::string const spelt = hyphenated(word);
  if (const Key* key = excepted_key(section, spelt))
    return {fmt::format("write `not: {{{}: …}}`", key->name), "not"};
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
