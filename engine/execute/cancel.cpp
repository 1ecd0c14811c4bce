#include "execute/cancel.hpp"

#include "execute/state.hpp"
#include "host/hand_over.hpp"

#include <set>

namespace nvmf::execute {

base::Result<void> cancel_request(base::FileSystem& files, const base::Clock& clock,
                                  const std::string& id) {
  host::HandOver hand_over(files);
  auto const withdrawn = hand_over.withdraw(id);
  auto state = read_state(files, id);
  if (state && *state && (*state)->phase == Phase::running) {
    (*state)->phase = Phase::cancelled;
    (*state)->why = "stopped";
    if (auto written = write_state(files, **state, clock); !written)
      return written;
  }
  if (!withdrawn)
    return tl::unexpected(withdrawn.error());
  return {};
}

base::Result<void> cancel_all_requests(base::FileSystem& files, const base::Clock& clock) {
  host::HandOver const hand_over(files);
  std::set<std::string> ids;
  // One that has only a state waits for its retries, or for systemd to start it again.
  for (auto const& list : {hand_over.waiting(), hand_over.running(), hand_over.remembered()}) {
    if (!list)
      return tl::unexpected(list.error());
    ids.insert(list->begin(), list->end());
  }
  base::Result<void> result;
  for (const std::string& id : ids)
    if (auto done = cancel_request(files, clock, id); !done)
      result = done;
  return result;
}

} // namespace nvmf::execute
