// A policy as data: what the YAML files say, decoded, resolved and ordered, ready to be decided
// with.
//
// Everything here has been checked: names resolve, values are in range, matches can hold.
// `load.hpp` makes it from files; `decide/` reads it. It is immutable once loaded.
#pragma once

#include "base/connect_option.hpp"
#include "base/duration.hpp"
#include "base/endpoint.hpp"
#include "base/fc_address.hpp"
#include "base/glob.hpp"
#include "base/ip_address.hpp"
#include "base/traddr.hpp"
#include "base/transport.hpp"
#include "base/words.hpp"
#include "diag/finding.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nvmf::policy {

// --- matching
// -------------------------------------------------------------------------------------

enum class MatchKey : std::uint8_t {
  event,
  transport,
  traddr,
  host_traddr,
  trsvcid,
  host_iface,
  subsystem_nqn,
  discovery_nqn,
  host_nqn,
  hostname,
  source,
  identity,
  owner,
  persistent,
  portid,
  secure_channel,
  udev,
};
inline constexpr std::size_t match_key_count = static_cast<std::size_t>(MatchKey::udev) + 1;
std::string_view to_string(MatchKey key); // as in a policy: `host-traddr`

// Whole numbers, both ends included: `trsvcid`, `portid`.
struct NumberRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const NumberRange&) const = default;
};

// `true` or `false`: `persistent`.
struct Flag {
  bool value = false;
  std::string to_string() const { return value ? "true" : "false"; }
  bool operator==(const Flag&) const = default;
};

// A glob of `source`, and what it fits: names of targets, `nbft`, `zeroconf`; never those of rules.
struct SourceGlob {
  std::string glob;
  std::vector<std::string> names;
  const std::string& to_string() const { return glob; }
  bool operator==(const SourceGlob&) const = default;
};

// The value of `owner` for a controller without one.
inline constexpr std::string_view no_owner = "none";

// One accepted value. IpAddress, Cidr, IpRange, FcPattern, Traddr (loop's free text): addresses;
// Glob: NQNs, names, interfaces, owners; std::string and SourceGlob: `source`.
using Pattern = std::variant<base::EventKind, base::Transport, base::SecureChannel, NumberRange,
                             base::IpAddress, base::Cidr, base::IpRange, base::FcPattern,
                             base::Traddr, base::Glob, std::string, Flag, SourceGlob>;

struct Set {
  std::string name;
  MatchKey kind = MatchKey::traddr; // traddr, host_traddr, host_iface, subsystem_nqn or host_nqn
  std::vector<Pattern> values;
  diag::Span span;
  std::size_t file = 0; // index into Policy::files
};

// One key of a match: any of the values, or of those of the sets.
struct Clause {
  MatchKey key = MatchKey::event;
  std::vector<Pattern> values;
  std::vector<std::shared_ptr<const Set>> sets;
  std::string udev_property; // for `udev`: the property that `values` (globs) apply to
  diag::Span span;           // of the key
};

// All of `all` hold and none of `none` does. `any: true` has neither.
struct Match {
  bool any = false;
  std::vector<Clause> all;
  std::vector<Clause> none;
  diag::Span span;
};

// The things that a rule or guard applies to; an event about anything else passes it by.
struct SubjectSet {
  bool discovery_controllers = true;
  bool io_subsystems = true;
  bool contains(base::Subject subject) const {
    return subject == base::Subject::discovery_controller ? discovery_controllers : io_subsystems;
  }
  bool operator==(const SubjectSet&) const = default;
};

// --- settings
// -------------------------------------------------------------------------------------

struct OptionSetting {
  base::OptionValue value;
  diag::Span span; // of the value
};
// An option, for every transport or, in a map named after one (`tcp: {…}`), for that one alone.
struct OptionKey {
  // NOLINTNEXTLINE(google-explicit-constructor): an option alone is that of every transport
  OptionKey(base::OptionId id, std::optional<base::Transport> transport = std::nullopt)
      : option(id), only(transport) {}

  base::OptionId option;
  std::optional<base::Transport> only; // none: every transport
  auto operator<=>(const OptionKey&) const = default;
};
using OptionSettings = std::map<OptionKey, OptionSetting>;
// The setting of the option on one transport: one for that transport alone comes first. Null
// pointer: none.
const OptionSetting* setting_on(const OptionSettings& settings, base::OptionId option,
                                base::Transport transport);

// A level's settings for retrying; unset members are left to the next level.
struct RetrySettings {
  struct Attempts {
    std::optional<std::uint32_t> count; // none: unlimited
  };
  std::optional<Attempts> attempts;
  std::optional<base::Duration> first_delay;
  std::optional<double> factor;
  std::optional<base::Duration> max_delay;
  std::optional<unsigned> jitter_percent;
  std::optional<base::Duration> give_up_after;
  std::optional<base::Duration> slow_delay;
  std::map<std::string, diag::Span> places; // key → the place of its value
};

struct Profile {
  std::string name;
  OptionSettings connect;
  diag::Span span;
  std::size_t file = 0;
};

// A value or the file that holds it.
struct TextOrFile {
  std::string text; // a literal, or the path
  bool is_file = false;
  diag::Span span;
};

struct Identity {
  std::string name;
  std::optional<TextOrFile> hostnqn;
  std::optional<TextOrFile> hostid;
  OptionSettings secrets; // dhchap-secret, dhchap-ctrl-secret, tls-key
  diag::Span span;
};

// --- the parts of a policy
// --------------------------------------------------------------------------

enum class Action : std::uint8_t { discover, connect, ignore };
enum class Persistent : std::uint8_t { no, yes, if_supported };
enum class HostSide : std::uint8_t { inherit, same_subnet, any };
std::string_view to_string(Action action);
std::string_view to_string(Persistent persistent); // `false`, `true`, `if-supported`
std::string_view to_string(HostSide side);

struct Guard {
  std::string name;
  std::string full_name; // FILE/NAME
  Match match;
  SubjectSet applies_to;
  std::string reason;
  diag::Span span; // of the name
  std::size_t file = 0;
};

struct Rule {
  std::string name;
  std::string full_name;
  Match match;
  Action action = Action::ignore;
  SubjectSet applies_to;
  std::optional<std::string> identity;
  std::vector<std::shared_ptr<const Profile>> profiles;
  OptionSettings connect;
  RetrySettings retry;
  std::optional<Persistent> persistent;   // discover only
  std::optional<base::Duration> poll;     // discover only; infinite_duration: never
  bool follow_referrals = true;           // discover only
  HostSide host_side = HostSide::inherit; // connect only, as all below
  bool probe = true;
  std::optional<std::uint32_t> expect_paths;
  diag::Span span; // of the name
  std::size_t file = 0;
};

// One way to a target: where it is, and from where on this host it is reached. All of a target have
// its transport. trsvcid is filled in for tcp and rdma, never set for fc and loop.
struct TargetEndpoint : base::Endpoint {
  std::string
      host_name;   // tcp, rdma: to be resolved, in place of `traddr`; empty: that one is known
  diag::Span span; // of its address, or of the target

  bool names_host_side() const { return host_traddr.has_value() || !host_iface.empty(); }
};

struct Target {
  std::string name;
  base::Transport transport = base::Transport::tcp;
  std::vector<TargetEndpoint> endpoints; // at least one in a policy that loads
  std::string subsystem_nqn;             // empty: a discovery controller
  std::optional<std::string> identity;
  std::vector<std::shared_ptr<const Profile>> profiles;
  OptionSettings connect;
  RetrySettings retry;
  // A setting that is unset here is left to the rule.
  std::optional<Persistent> persistent; // of discovery controllers, as the two below
  std::optional<base::Duration> poll;   // infinite_duration: never
  std::optional<bool> follow_referrals;
  std::optional<HostSide> host_side;
  std::optional<bool> probe; // of I/O subsystems, as below
  std::optional<std::uint32_t> expect_paths;
  diag::Span span;
  std::size_t file = 0;

  base::Subject subject() const {
    return subsystem_nqn.empty() ? base::Subject::discovery_controller
                                 : base::Subject::io_subsystem;
  }
};

// A subsystem, or several, that boot waits for.
struct WaitedFor {
  base::Glob glob;
  diag::Span span;
};

struct BootWait {
  std::vector<WaitedFor> wait_for;
  std::uint32_t paths = 1;
  base::Duration timeout = std::chrono::seconds(60);
};

// The identity of the firmware's boot table, and the source of what it names.
inline constexpr std::string_view nbft_name = "nbft";
// Whether the table counts.
enum class NbftUse : std::uint8_t { use, ignore };
std::string_view to_string(NbftUse use);

struct Limits {
  std::uint32_t referral_depth = 8;
  std::uint32_t log_entries = 4096;
  base::Duration probe_timeout = std::chrono::seconds(2);
  std::uint32_t probes_in_flight = 256;
};

// A file that was read, with its own defaults.
struct File {
  std::string path;
  std::string name; // FILE of full names: `50-autoconnect`, `70-acme`
  bool is_main = false;
  OptionSettings connect_defaults;  // of I/O controllers
  OptionSettings discover_defaults; // of discovery controllers
  RetrySettings retry_defaults;
};

struct Policy {
  std::vector<File> files;              // in the order in which they are consulted
  std::optional<std::size_t> main_file; // index into files
  std::vector<Guard> guards;
  std::vector<Rule> rules; // in the order in which they are consulted, disabled ones left out
  std::vector<Target> targets;
  std::map<std::string, Identity> identities; // always has `default` and `nbft`
  std::vector<std::shared_ptr<const Set>> sets;
  std::vector<std::shared_ptr<const Profile>> profiles;
  BootWait boot;
  NbftUse nbft = NbftUse::use;
  Limits limits;
  std::string digest; // `sha256:` and 64 hex digits, over the parsed content

  // The target of that name; null if there is none.
  const Target* find_target(std::string_view name) const;

  // Some target is reached by a host name.
  bool has_host_names() const;

  // The name to show for a rule or guard: the bare one while it is unique, else the full one.
  const std::string& shown_name(const Rule& rule) const;
  const std::string& shown_name(const Guard& guard) const;
};

} // namespace nvmf::policy
