#include "policy/key_rows.hpp"

namespace nvmf::policy {

namespace {

using enum Section;
using enum ValueType;

constexpr std::string_view transport_words[] = {"tcp", "rdma", "fc", "loop"};
constexpr std::string_view event_words[] = {
    "boot",       "firmware", "discovery-log-changed", "discovery-reconnected", "fc-discovery",
    "discovered", "referral", "controller-lost"};
constexpr std::string_view secure_channel_words[] = {"required", "not-required", "unspecified"};
constexpr std::string_view action_words[] = {"discover", "connect", "ignore"};
constexpr std::string_view nbft_words[] = {"use", "ignore"};
constexpr std::string_view referral_words[] = {"follow", "ignore"};
constexpr std::string_view host_side_words[] = {"inherit", "same-subnet", "any"};
constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t one_day_ms = 86'400'000;
constexpr std::int64_t shortest_poll_ms = 10'000;

// clang-format off
constexpr Key written_rows[] = {
  // --- the top level
  {.section = top, .name = "version", .type = version, .required = true,
   .about = "Version of the policy language. Always 1.", .example = "1"},
  {.section = top, .name = "identities", .type = named_maps, .inner = identity,
   .about = "Named host identities: with which host NQN and host ID to connect, and with which "
            "secrets. `default` is /etc/nvme/hostnqn and /etc/nvme/hostid unless it is given here. "
            "Two identities may share neither. Names are unique over all files.",
   .example = "{tenant-b: {hostnqn: \"nqn.2014-08.com.example:tenant-b\", hostid: {file: /etc/nvmf/tenant-b.hostid}}}"},
  {.section = top, .name = "defaults", .type = map, .inner = Section::defaults,
   .about = "Settings that the rules leave open. They are looked up option by option: first in "
            "the file of the rule that decides, then in the main file.",
   .example = "{connect: {ctrl-loss-tmo: 10m}, retry: {max-delay: 2m}}"},
  {.section = top, .name = "sets", .type = named_maps, .inner = set,
   .about = "Named lists of one kind each, used in matches as `\"@NAME\"`, also beside values. They "
            "do not nest. A set is seen in its own file, one of the main file everywhere.",
   .example = "{storage-nets: {traddr: [10.20.0.0/16, \"fd20:a::/48\"]}}"},
  {.section = top, .name = "profiles", .type = named_maps, .inner = connect,
   .about = "Named bundles of connect options, for rules and targets to name. They are seen like sets.",
   .example = "{production: {nr-io-queues: 16, ctrl-loss-tmo: infinity}}"},
  {.section = top, .name = "targets", .type = maps, .inner = target,
   .about = "Endpoints that are known beforehand. Each is a `boot` event, which guards and rules "
            "still decide; where no rule matches it, the target is wanted all the same. The "
            "target's own settings win over the rule.",
   .example = "[{name: dc-a, transport: tcp, traddr: 10.20.1.10}]"},
  {.section = top, .name = "deny", .type = maps, .inner = guard,
   .about = "Guards: paths that must never be connected. They come before all rules, of all files "
            "together, in no order, and nothing overrides them.",
   .example = "[{name: retired-array, match: {traddr: 10.20.9.0/24}, reason: array is being wiped}]"},
  {.section = top, .name = "rules", .type = maps, .inner = rule,
   .about = "The decisions, in order: all files are read as one list in file-name order, top to "
            "bottom, and the first rule that matches decides. No match means `ignored`.",
   .example = "[{name: everything, match: {any: true}, action: discover}]"},
  {.section = top, .name = "disable-rules", .type = names,
   .about = "Rules of other files that are switched off here, by bare or by full name (FILE/NAME). "
            "A file under /usr cannot switch off rules of /etc.",
   .example = "[70-acme/vendor-tcp]"},
  {.section = top, .name = "boot", .type = map, .only = Only::main_file, .inner = Section::boot,
   .about = "The set that boot waits for before it mounts remote file systems. Main file only.",
   .example = "{wait-for: [\"nqn.2014-08.com.example:prod.root*\"], timeout: 90s}"},
  {.section = top, .name = "firmware", .type = map, .only = Only::main_file, .inner = Section::firmware,
   .about = "Whether the connections of the firmware's boot table count. Main file only.",
   .example = "{nbft: ignore}"},
  {.section = top, .name = "limits", .type = map, .inner = limits,
   .about = "Caps on the cost of a discovery. The lowest of all files wins.",
   .example = "{referral-depth: 2}"},

  // --- a rule
  {.section = rule, .name = "name", .type = name, .required = true,
   .about = "Name of the rule, unique in its file: lower-case words with hyphens. Its full name is "
            "FILE/NAME.", .example = "prod-volumes"},
  {.section = rule, .name = "match", .type = map, .required = true, .inner = match,
   .about = "The conditions of the rule. All keys must hold.",
   .example = "{transport: tcp, subsystem-nqn: \"nqn.2014-08.com.example:prod.*\"}"},
  {.section = rule, .name = "action", .type = word, .required = true, .words = action_words,
   .about = "`discover`: the discovery controller's log is read, and each entry is decided in its "
            "turn. `connect`: the I/O subsystem is connected. `ignore`: nothing is done. A `discover` "
            "rule matches discovery controllers only, a `connect` rule I/O subsystems only, an "
            "`ignore` rule both, but one that names `subsystem-nqn`, `portid` or `secure-channel` "
            "I/O subsystems only.", .example = "connect"},
  {.section = rule, .name = "identity", .type = name, .only = Only::discover_or_connect,
   .about = "Identity to connect with; a target's own wins. Without it the identity is inherited: the "
            "connected device's, for an entry its discovery controller's, else `default`.",
   .example = "tenant-b"},
  {.section = rule, .name = "profiles", .type = names, .only = Only::discover_or_connect,
   .about = "Profiles whose options apply. Two of them may not set one option differently.",
   .example = "[production]"},
  {.section = rule, .name = "connect", .type = map, .only = Only::discover_or_connect, .inner = connect,
   .about = "Connect options of this rule. In a `discover` rule they are those of the discovery "
            "controller itself.", .example = "{nr-io-queues: 16}"},
  {.section = rule, .name = "retry", .type = map, .only = Only::discover_or_connect, .inner = retry,
   .about = "How to try again while the connection cannot be made.",
   .example = "{first-delay: 2s, max-delay: 2m}"},
  {.section = rule, .name = "persistent", .type = persistence, .only = Only::discover,
   .about = "Whether a discovery controller that was connected for this stays connected and goes on "
            "sending events. `if-supported`: where its log says that it supports it (EPCSD). One "
            "that stays gets `keep-alive-tmo: 30s` unless something else is set.",
   .example = "true"},
  {.section = rule, .name = "poll", .type = ValueType::poll, .only = Only::discover,
   .minimum = shortest_poll_ms, .maximum = int_max,
   .fallback = "`15m` for tcp and rdma, `never` for fc and loop",
   .about = "How often a discovery controller that is not kept connected is asked again; `never`: "
            "only when something happens. Those that somebody else connected are not polled.",
   .example = "15m"},
  {.section = rule, .name = "referrals", .type = word, .only = Only::discover, .words = referral_words,
   .fallback = "`follow`",
   .about = "Whether referrals in the log are decided and followed, or end `ignored-by-rule`.",
   .example = "ignore"},
  {.section = rule, .name = "host-side", .type = word, .only = Only::connect, .words = host_side_words,
   .fallback = "`inherit`",
   .about = "From where a discovered path is connected. `inherit`: the host address and interface "
            "that its discovery controller was connected with. `same-subnet`: every interface "
            "that is up and has an address in the target's subnet, one path each. `any`: as the kernel "
            "routes. "
            "For fc `inherit` is the discovery controller's host port, the other two every host port "
            "that sees the target port.", .example = "same-subnet"},
  {.section = rule, .name = "probe", .type = boolean, .only = Only::connect, .fallback = "`true`",
   .about = "tcp: whether a handshake from user space comes before the kernel is asked, so that an "
            "address that does not answer delays no other path.", .example = "false"},
  {.section = rule, .name = "expect-paths", .type = count, .only = Only::connect, .minimum = 1,
   .maximum = 65535, .fallback = "nothing is expected",
   .about = "Paths that each subsystem should have. `status` is degraded below it.", .example = "4"},

  // --- match
  {.section = match, .name = "any", .type = only_true,
   .about = "Alone: matches everything the action applies to.", .example = "true"},
  {.section = match, .name = "event", .type = words, .words = event_words,
   .about = "The kind of event. `boot`: a target of the policy is due. `firmware`: the firmware's "
            "boot table names it. `discovery-log-changed`, "
            "`discovery-reconnected`: a connected discovery controller reports it. `fc-discovery`: an "
            "FC port with a discovery controller appeared. `discovered`, `referral`: an entry of a "
            "discovery log. `controller-lost`: the kernel gave up a controller.",
   .example = "[boot, discovered]"},
  {.section = match, .name = "transport", .type = words, .words = transport_words,
   .about = "Transport of the thing decided.", .example = "tcp"},
  {.section = match, .name = "traddr", .type = address_patterns, .takes_sets = true,
   .about = "Address of the thing decided: the discovery controller, the record, or the target. An "
            "address, a CIDR prefix, a range `a-b`, an FC name pair each of whose names may end in "
            "`*`, or a set.", .example = "[10.20.0.0/16, \"@storage-nets\"]"},
  {.section = match, .name = "trsvcid", .type = port_patterns, .minimum = 1, .maximum = 65535,
   .about = "Service id (port) of the thing decided: a number or a range `a-b`. Never set for fc and "
            "loop.", .example = "8009"},
  {.section = match, .name = "host-traddr", .type = address_patterns, .takes_sets = true,
   .about = "This host's address, as connected, as inherited, or as the target says.",
   .example = "10.20.1.0/24"},
  {.section = match, .name = "host-iface", .type = globs, .takes_sets = true,
   .about = "This host's interface, as connected, as inherited, or as the target says. tcp only.",
   .example = "ens1f*"},
  {.section = match, .name = "subsystem-nqn", .type = globs, .takes_sets = true,
   .about = "NQN of the I/O subsystem: a glob with `*` and `?`, anchored at both ends, "
            "case-sensitive. Discovery controllers have none.",
   .example = "\"nqn.2014-08.com.example:prod.*\""},
  {.section = match, .name = "discovery-nqn", .type = globs, .takes_sets = true,
   .about = "NQN of the discovery controller, for an entry that of the discovery controller which "
            "listed it; the well-known one until another is known.",
   .example = "\"nqn.1992-08.com.netapp:*:discovery\""},
  {.section = match, .name = "host-nqn", .type = globs, .takes_sets = true,
   .about = "Host NQN of the inherited identity, before the rule's own applies.",
   .example = "\"nqn.2014-08.com.example:web-*\""},
  {.section = match, .name = "hostname", .type = globs,
   .about = "Name of this host (`uname -n`), in any case.", .example = "web-*"},
  {.section = match, .name = "source", .type = sources,
   .about = "Where it came from: a target's own events have its name, entries and referrals the name "
            "of the target whose discovery controller listed them and of the rule that decided that "
            "one, through referrals the whole chain. A name is that of a target or a rule; a glob is "
            "compared with targets, `nbft` and `zeroconf` only.", .example = "dc-a"},
  {.section = match, .name = "identity", .type = globs,
   .about = "Name of the identity: in a rule the inherited one, before the rule's own applies, in a "
            "guard the one that would be used. `default` is the host's own.", .example = "tenant-b"},
  {.section = match, .name = "owner", .type = globs,
   .about = "Who connected the discovery controller that the event is about, by the registry; `none`: "
            "it names none. Events without a connected controller have no owner.",
   .example = "stafd"},
  {.section = match, .name = "persistent", .type = ValueType::flag,
   .about = "Whether that controller has a keep-alive timeout, which says that it is meant to stay. "
            "Events without a connected controller have no such value.", .example = "false"},
  {.section = match, .name = "portid", .type = number_patterns, .minimum = 0, .maximum = 65535,
   .about = "Port id of the discovery log entry.", .example = "5"},
  {.section = match, .name = "secure-channel", .type = words, .words = secure_channel_words,
   .about = "The secure channel requirement of the discovery log entry (TREQ).", .example = "required"},
  {.section = match, .name = "udev", .type = properties,
   .about = "Properties of the udev event, each with a glob. Entries of a log have none.",
   .example = "{NVME_CTRL_NAME: \"nvme1*\"}"},
  {.section = match, .name = "not", .type = map, .inner = negated_match,
   .about = "A map of keys of which none may hold. To except a combination, write an `ignore` rule "
            "before this one.", .example = "{host-iface: \"lab*\"}"},

  // --- a guard
  {.section = guard, .name = "name", .type = name, .required = true,
   .about = "Name of the guard, unique in its file.", .example = "retired-array"},
  {.section = guard, .name = "match", .type = map, .required = true, .inner = match,
   .about = "The conditions of the guard; as in a rule. They are checked again once the host side of a "
            "path is known.", .example = "{traddr: 10.20.9.0/24}"},
  {.section = guard, .name = "reason", .type = text,
   .about = "The reason, shown with each denial.", .example = "array is being wiped"},

  // --- a target
  {.section = target, .name = "name", .type = name, .required = true,
   .about = "Name of the target, unique over all files.", .example = "dc-a"},
  {.section = target, .name = "transport", .type = transport, .required = true, .words = transport_words,
   .about = "How to reach it.", .example = "tcp"},
  {.section = target, .name = "traddr", .type = addresses,
   .about = "Its address, or a list of them. On tcp and rdma also a host name, which the connection "
            "service resolves. Only loop can do without.", .example = "10.20.1.10"},
  {.section = target, .name = "trsvcid", .type = port, .minimum = 1, .maximum = 65535,
   .fallback = "8009 for a tcp discovery controller, else 4420",
   .about = "Its service id (port). Not for fc and loop.", .example = "8009"},
  {.section = target, .name = "host-traddr", .type = address,
   .about = "This host's address to connect from. For fc the host port; without it every host port "
            "that sees the target.", .example = "10.20.1.77"},
  {.section = target, .name = "host-iface", .type = interface,
   .about = "This host's interface to connect through. tcp only.", .example = "ens1f0"},
  {.section = target, .name = "paths", .type = maps, .inner = target_path,
   .about = "Where the ways to it differ: a list of maps of `traddr`, `trsvcid`, `host-traddr` and "
            "`host-iface`. Beside it only `trsvcid` may be, which then holds for those without one.",
   .example = "[{traddr: 10.20.1.10, host-iface: ens1f0}, {traddr: 10.21.1.10, host-iface: ens2f0}]"},
  {.section = target, .name = "subsystem-nqn", .type = nqn,
   .fallback = "the target is a discovery controller",
   .about = "NQN of the I/O subsystem.", .example = "\"nqn.2014-08.com.example:prod.vol7\""},
  {.section = target, .name = "identity", .type = name,
   .fallback = "the rule's, else `default`", .about = "Identity to connect with.",
   .example = "tenant-b"},
  {.section = target, .name = "profiles", .type = names,
   .about = "Profiles whose options apply. They win over those of the rule.", .example = "[production]"},
  {.section = target, .name = "connect", .type = map, .inner = connect,
   .about = "Connect options of this target. They win over everything else.",
   .example = "{keep-alive-tmo: 30s}"},
  {.section = target, .name = "retry", .type = map, .inner = retry,
   .about = "How to try again. It wins over the rule's; `attempts` and `give-up-after` of a target "
            "come from here or from the rule, never from `defaults`.", .example = "{max-delay: 30s}"},
  {.section = target, .name = "persistent", .type = persistence, .only = Only::discover,
   .fallback = "the rule's",
   .about = "As in a `discover` rule; only for discovery controllers.", .example = "true"},
  {.section = target, .name = "poll", .type = ValueType::poll, .only = Only::discover,
   .minimum = shortest_poll_ms, .maximum = int_max, .fallback = "the rule's",
   .about = "As in a `discover` rule; only for discovery controllers.", .example = "15m"},
  {.section = target, .name = "referrals", .type = word, .only = Only::discover, .words = referral_words,
   .fallback = "the rule's",
   .about = "As in a `discover` rule; only for discovery controllers.", .example = "ignore"},
  {.section = target, .name = "host-side", .type = word, .words = host_side_words,
   .fallback = "the rule's",
   .about = "From where it is connected where no host side is named: `same-subnet` is one connection "
            "per interface in its subnet.", .example = "same-subnet"},
  {.section = target, .name = "probe", .type = boolean, .only = Only::connect, .fallback = "the rule's",
   .about = "As in a `connect` rule; only for I/O subsystems.", .example = "false"},
  {.section = target, .name = "expect-paths", .type = count, .only = Only::connect, .minimum = 1,
   .maximum = 65535, .fallback = "the rule's",
   .about = "As in a `connect` rule; only for I/O subsystems.", .example = "4"},

  // --- a path of a target
  {.section = target_path, .name = "traddr", .type = addresses, .required = true,
   .about = "The target's address here, or a list of them, as `traddr` of a target.",
   .example = "10.20.1.10"},
  {.section = target_path, .name = "trsvcid", .type = port, .minimum = 1, .maximum = 65535,
   .fallback = "the target's",
   .about = "Its service id (port). Not for fc and loop.", .example = "8009"},
  {.section = target_path, .name = "host-traddr", .type = address,
   .about = "This host's address to connect from, as in a target.", .example = "10.20.1.77"},
  {.section = target_path, .name = "host-iface", .type = interface,
   .about = "This host's interface to connect through. tcp only.", .example = "ens1f0"},

  // --- a secret reference
  {.section = secret, .name = "credential", .type = credential,
   .about = "Name of a systemd credential.", .example = "nvmf-dhchap"},
  {.section = secret, .name = "keyring", .type = text,
   .about = "Description of a key in the kernel's keyring.", .example = "\"nvmf:prod\""},
  {.section = secret, .name = "file", .type = path,
   .about = "Absolute path of a file that only root may read.", .example = "/etc/nvmf/keys/prod"},

  // --- retry
  {.section = retry, .name = "attempts", .type = attempts, .minimum = 1, .maximum = int_max,
   .about = "Attempts in all; the first, immediate one counts.", .example = "10"},
  {.section = retry, .name = "first-delay", .type = duration, .minimum = 1, .maximum = 7 * one_day_ms,
   .about = "Wait before the first retry.", .example = "2s"},
  {.section = retry, .name = "factor", .type = factor, .minimum = 1, .maximum = 100,
   .about = "How many times longer each wait is than the one before.", .example = "1.5"},
  {.section = retry, .name = "max-delay", .type = duration, .minimum = 1, .maximum = 7 * one_day_ms,
   .about = "Longest wait.", .example = "2m"},
  {.section = retry, .name = "jitter", .type = percent, .minimum = 0, .maximum = 100,
   .about = "By how much a wait is made shorter or longer at random.", .example = "10%"},
  {.section = retry, .name = "give-up-after", .type = duration, .takes_infinity = true, .minimum = 1,
   .about = "When to stop trying, from the first attempt.", .example = "24h"},
  {.section = retry, .name = "slow-delay", .type = duration, .minimum = 1, .maximum = 7 * one_day_ms,
   .about = "Wait for paths of the slow lane: those that the target rejected, and those that the log "
            "marks as not connected to the central discovery controller.", .example = "10m"},

  // --- defaults
  {.section = Section::defaults, .name = "connect", .type = map, .inner = connect,
   .about = "Options of I/O controllers.", .example = "{ctrl-loss-tmo: 10m}"},
  {.section = Section::defaults, .name = "discover", .type = map, .inner = connect,
   .about = "Options of discovery controllers.", .example = "{keep-alive-tmo: 30s}"},
  {.section = Section::defaults, .name = "retry", .type = map, .inner = retry,
   .about = "How to try again.", .example = "{first-delay: 2s}"},

  // --- a set
  {.section = set, .name = "traddr", .type = address_patterns,
   .about = "Addresses, prefixes, ranges, FC patterns; for `traddr`.", .example = "[10.20.0.0/16]"},
  {.section = set, .name = "host-traddr", .type = address_patterns,
   .about = "The same for `host-traddr`.", .example = "[10.20.1.0/24]"},
  {.section = set, .name = "host-iface", .type = globs,
   .about = "Interface names; for `host-iface`.", .example = "[ens1f0, ens2f0]"},
  {.section = set, .name = "subsystem-nqn", .type = globs,
   .about = "NQNs; for `subsystem-nqn` and `discovery-nqn`.",
   .example = "[\"nqn.2014-08.com.example:prod.*\"]"},
  {.section = set, .name = "host-nqn", .type = globs,
   .about = "Host NQNs; for `host-nqn`.", .example = "[\"nqn.2014-08.com.example:web-*\"]"},

  // --- an identity
  {.section = identity, .name = "hostnqn", .type = nqn_or_file,
   .about = "Host NQN, or the file that holds it. Only `default` can do without.",
   .example = "{file: /etc/nvme/hostnqn}"},
  {.section = identity, .name = "hostid", .type = uuid_or_file,
   .fallback = "the UUID of a `…:uuid:` host NQN",
   .about = "Host ID (a UUID), or the file that holds it.", .example = "{file: /etc/nvme/hostid}"},
  {.section = identity, .name = "dhchap-secret", .type = secret_ref, .inner = secret,
   .about = "The host's DH-HMAC-CHAP key, by reference.", .example = "{credential: nvmf-dhchap}"},
  {.section = identity, .name = "dhchap-ctrl-secret", .type = secret_ref, .inner = secret,
   .about = "The controller's DH-HMAC-CHAP key, by reference.", .example = "{credential: nvmf-dhchap-ctrl}"},
  {.section = identity, .name = "tls-key", .type = secret_ref, .inner = secret,
   .about = "The TLS pre-shared key, by reference.", .example = "{keyring: \"nvmf:psk\"}"},

  // --- boot
  {.section = Section::boot, .name = "wait-for", .type = nqn_globs, .required = true,
   .about = "Subsystems that must be there: NQN globs, each of which needs its paths.",
   .example = "[\"nqn.2014-08.com.example:prod.root*\"]"},
  {.section = Section::boot, .name = "paths", .type = count, .minimum = 1, .maximum = 65535,
   .about = "Live paths that each needs.", .example = "2"},
  {.section = Section::boot, .name = "timeout", .type = duration, .minimum = 1, .maximum = one_day_ms,
   .about = "How long to wait; boot goes on afterwards.", .example = "90s"},

  // --- firmware
  {.section = Section::firmware, .name = "nbft", .type = word, .words = nbft_words,
   .about = "Whether the subsystems and discovery controllers of the NVMe boot firmware table are wanted, "
            "and its live connections are kept. `ignore`: the table does not count.",
   .example = "ignore"},

  // --- limits
  {.section = limits, .name = "referral-depth", .type = count, .minimum = 0, .maximum = 64,
   .about = "How many referrals are followed one after another.", .example = "2"},
  {.section = limits, .name = "log-entries", .type = count, .minimum = 1, .maximum = 65536,
   .about = "Entries of one log that are looked at.", .example = "512"},
  {.section = limits, .name = "probe-timeout", .type = duration, .minimum = 1, .maximum = 60'000,
   .about = "How long a probe waits for an answer.", .example = "1s"},
  {.section = limits, .name = "probes-in-flight", .type = count, .minimum = 1, .maximum = 4096,
   .about = "Probes at one time.", .example = "64"},

  // --- a file reference
  {.section = text_or_file, .name = "file", .type = path, .required = true,
   .about = "Absolute path of the file whose first line is the value.", .example = "/etc/nvme/hostnqn"},
};
// clang-format on

} // namespace

std::span<const Key> key_rows() { return written_rows; }

} // namespace nvmf::policy
