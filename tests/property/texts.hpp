// Policies and events as plain texts: what the reference matcher reads, and what the engine's
// values are made from.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::property {

struct TextClause {
  std::string key; // as in a policy: `host-traddr`
  std::vector<std::string> values;
  std::string property; // of `udev`
};

struct TextMatch {
  std::vector<TextClause> all; // empty: `any: true`
  std::vector<TextClause> none;
};

struct TextRule {
  std::string name;
  TextMatch match;
  std::string action; // discover, connect, ignore; `deny` for a guard
  // nr-io-queues, queue-size; `tcp nr-io-queues`: for that transport alone
  std::map<std::string, std::string> options;
  std::string identity = {}; // `blue` or `black`, which it connects as; empty: inherited
};

// The host NQN of an identity of every policy here.
inline std::string host_nqn_of(const std::string& identity) { return "nqn.a:" + identity; }

// Of tcp, without a host side or an identity of its own.
struct TextTarget {
  std::string name;
  std::string traddr;
  std::string subsystem_nqn; // empty: a discovery controller
  std::map<std::string, std::string> options;
};

struct TextPolicy {
  std::vector<TextRule> guards;
  std::vector<TextRule> rules;
  std::vector<TextTarget> targets;
};

// The values of an event: match key → value; a key that is absent is not set.
struct TextEvent {
  std::map<std::string, std::string> values;
  std::vector<std::string> sources;
  std::map<std::string, std::string> udev;
  bool io_subsystem = false;
  std::string target; // whose event it is
};

// The first guard or rule that takes the event, else its target, as its name; nothing if none does.
struct TextDecision {
  std::string outcome; // denied, connect, discover, ignored
  std::string name;
  bool operator==(const TextDecision&) const = default;
};

std::string to_text(const TextPolicy& policy);
std::string to_text(const TextEvent& event);

} // namespace nvmf::property
