#include "plan/waiting.hpp"

namespace nvmf::plan {

bool waits_for_network(const Item& item) {
  using enum decide::Reason;
  bool const fc = item.tid.endpoint && item.tid.endpoint->transport == base::Transport::fc;
  return item.outcome == decide::Outcome::refused &&
         (item.reason == source_missing || (item.reason == not_reachable_from_source && !fc));
}

bool waits_for_look(const Item& item) {
  using enum decide::Reason;
  return item.outcome == decide::Outcome::refused &&
         (item.reason == name_unresolved || item.reason == secret_unavailable ||
          item.reason == identity_missing || item.reason == exclusions_unreadable ||
          item.reason == identity_conflict);
}

} // namespace nvmf::plan
