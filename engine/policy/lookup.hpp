// The settings of one connection: which levels of the policy say something about it, most specific
// first (LANGUAGE "connect options", "retry"), and what they come to, each setting with its origin.
#pragma once

#include "policy/defaults.hpp"
#include "policy/policy.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

// The connection for which settings are looked up.
struct Connection {
  const Policy& policy;
  const Rule* rule = nullptr;         // that decides it; none: the target decides itself
  const Target* target = nullptr;     // whose endpoint it is; none: it was discovered
  const Identity* identity = nullptr; // whose secrets apply; none: unknown
  base::Subject subject = base::Subject::io_subsystem;
  bool firmware = false; // its table names it: tried as long as a target is
};

// The connections that the rule decides, as far as the policy shows: with the rule's identity.
Connection connection_of(const Policy& policy, const Rule& rule);
// The target where the rule decides it: with the identity of the two that applies.
Connection connection_of(const Policy& policy, const Rule& rule, const Target& target);

// On which transports it can be: the target's, else those that the rule can match.
base::TransportSet transports_of(const Connection& connection);

// A level: who says something.
struct Origin {
  std::string_view kind; // `target`, `profile`, `rule`, `identity`, `defaults`
  std::string_view name; // empty for `defaults`
  const Rule* rule = nullptr;
};
// `rule prod-volumes`, `profile production`, `defaults`.
std::string to_text(const Policy& policy, const Origin& origin);

// A setting and the level that it comes from.
struct FoundSetting {
  const OptionSetting* setting = nullptr;
  Origin origin;
};
// On one transport; KernelDefault included: a level said `null`.
using FoundOptions = std::map<base::OptionId, FoundSetting>;
// On several: an option that comes to the same on all that take it has no transport.
using FoundSettings = std::map<OptionKey, FoundSetting>;

// The levels at which options are set, most specific first: target, its profiles, rule, its
// profiles, identity (secrets), defaults of the rule's file (the target's where no rule decides),
// of the main file. Each is unfolded for the transport in question, `null` included, before levels
// are compared. Points into the policy.
class Levels {
public:
  explicit Levels(const Connection& connection);
  // The target's own settings and profiles alone, which hold whatever decides it.
  explicit Levels(const Target& target);

  // The setting of the first level that sets the option; null pointer: none does.
  const OptionSetting* find(base::OptionId id, base::Transport transport) const;
  // Every option that some level sets, also those that the transport does not take.
  FoundOptions on(base::Transport transport) const;
  FoundSettings on(base::TransportSet transports) const;

private:
  struct Level {
    Origin origin;
    const OptionSettings* settings = nullptr;
  };
  void add(const Origin& origin, const OptionSettings& own,
           const std::vector<std::shared_ptr<const Profile>>& profiles);

  std::vector<Level> levels_;
};

// The number that it sets; nothing for `null`, for another kind of value and for a null pointer.
std::optional<std::int64_t> number(const OptionSetting* setting);

// How it is tried again, and where each key comes from that some level sets.
struct FoundRetry {
  struct Place {
    Origin origin;
    diag::Span span; // of the value
  };
  Retry retry;
  std::map<std::string_view, Place> places; // key → place
};

// Key by key: target, rule, defaults of the rule's file (the target's where no rule decides), of
// the main file, built-in; but `attempts` and `give-up-after` of a target never come from
// `defaults`.
FoundRetry find_retry(const Connection& connection);
// The sum of a file's own defaults: over those of the main file, else those of a discovered path.
FoundRetry find_retry(const Policy& policy, std::size_t file);

// Whether a discovery controller stays connected: target, rule, else by its transport.
Persistent find_persistent(const Connection& connection, base::Transport transport);
// How often one that is not kept connected is asked again: target, rule, else by its transport.
// infinite_duration: never.
base::Duration find_poll(const Connection& connection, base::Transport transport);

} // namespace nvmf::policy
