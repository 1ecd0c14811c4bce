// The plan: the actions for an event, as data. `--dry-run` prints this value, the executor carries
// it out, and /run/nvmf/plans holds it.
#pragma once

#include "base/connect_option.hpp"
#include "base/duration.hpp"
#include "base/endpoint.hpp"
#include "decide/outcome.hpp"
#include "event/event.hpp"
#include "policy/defaults.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::plan {

// The identity of a connection. Unset: nullopt or empty.
struct Tid {
  std::optional<base::Endpoint> endpoint; // none only for what was ignored
  std::string subsystem_nqn;
  std::string host_nqn;
  std::string hostid;

  bool operator==(const Tid&) const = default;
};

// A resolved option and where it came from: `rule prod-volumes`, `profile production`,
// `target dc-a`, `defaults`, `identity tenant-b`, `built-in`.
struct ResolvedOption {
  base::OptionValue value; // never KernelDefault
  std::string origin;
  std::string path; // its file; empty for `built-in`
  std::uint32_t line = 0;

  bool operator==(const ResolvedOption&) const = default;
};
using ResolvedOptions = std::map<base::OptionId, ResolvedOption>;

using policy::Retry;

// The rule, guard, target or firmware's table that decided an item.
struct DecidedBy {
  enum class Kind : std::uint8_t { rule, guard, target, firmware };
  Kind kind = Kind::rule;
  std::string name; // as shown: bare while unique
  std::string path;
  std::uint32_t line = 0;

  bool operator==(const DecidedBy&) const = default;
};

std::string_view to_string(DecidedBy::Kind kind); // `rule`
std::optional<DecidedBy::Kind> parse_decided_by(std::string_view text);

// A path that the firmware's boot table names. It is ours under the owner `nbft`, too.
struct FirmwarePath {
  bool was_unavailable = false;        // to the firmware: nobody counts on it
  bool address_may_have_moved = false; // host-traddr is of the firmware's DHCP lease

  bool operator==(const FirmwarePath&) const = default;
};

// One thing and what becomes of it. Item 0 of a discovery controller's event is the discovery
// controller; then come its log's items in log order, one per record and resolved host side.
struct Item {
  decide::Outcome outcome = decide::Outcome::ignored;
  std::optional<decide::Reason> reason;
  std::string detail;                // option, device, owner, item: the subject of the reason
  std::optional<std::size_t> parent; // index of the discovery controller's item
  base::Subject subject = base::Subject::io_subsystem;
  base::EventKind event = base::EventKind::discovered; // as which it was decided
  Tid tid;
  ResolvedOptions connect; // secrets as references
  Retry retry;
  std::optional<DecidedBy> decided_by;
  std::string closest; // for no-rule-matched: "prod-volumes, failed at subsystem-nqn"
  std::string device;  // connected as; empty: not connected
  // A connected discovery controller of the same endpoint that does not stay (it has no keep-alive
  // timeout) where one is to be kept: its log is read, and our own is connected beside it.
  std::string bystander;
  std::string string; // the option string, where it was asked for; secrets redacted

  // Discovery controllers.
  bool keep_connected = false; // persistent, `if-supported` decided when the log is there
  bool persistent_if_supported = false;
  bool follow_referrals = true;
  base::Duration poll = base::infinite_duration; // asked again if it is not kept; infinite: never
  std::vector<std::string> sources;              // names that `source` matches for its entries
  // I/O subsystems.
  bool probe = true;
  std::optional<std::uint32_t> expect_paths;
  std::optional<FirmwarePath> firmware; // of a path that the firmware's table names
  bool slow_lane = false; // NCC record: what would be tried again soon waits `slow-delay`

  // Options that the path's transport does not take and that were therefore left out.
  std::vector<base::OptionId> left_out;

  bool operator==(const Item&) const = default;
};

struct PolicyStamp {
  std::string digest;
  std::vector<std::string> files;
  bool operator==(const PolicyStamp&) const = default;
};

// All about one event.
struct Plan {
  std::string id; // 16 hex digits, see id.hpp
  event::Event event;
  PolicyStamp policy;
  bool undecided = false; // handed over without a decision: the executor decides
  std::vector<Item> items;

  bool operator==(const Plan&) const = default;
};

// How many items have each outcome, over all plans.
std::map<decide::Outcome, std::size_t> summary(const std::vector<Plan>& plans);

} // namespace nvmf::plan
