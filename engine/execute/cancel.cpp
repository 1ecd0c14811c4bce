#include "execute/cancel.hpp"

#include "execute/state.hpp"
#include "host/hand_over.hpp"
#include "host/request_name.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace nvmf::execute {

namespace {

// Nothing is to be done where there is no state.
base::Result<void> mark_cancelled(base::FileSystem& files, const base::Clock& clock,
                                  const std::string& id) {
  auto state = read_state(files, id);
  bool const is_open =
      state && *state && ((*state)->phase == Phase::running || (*state)->phase == Phase::failed);
  if (is_open) {
    (*state)->phase = Phase::cancelled;
    (*state)->why = "stopped";
    return write_state(files, **state, clock);
  }
  return {};
}

} // namespace

base::Result<void> cancel_all_requests(base::FileSystem& files, const base::Clock& clock) {
  host::HandOver hand_over(files);
  base::Result<void> result;
  for (auto const& requests : {hand_over.waiting(), hand_over.running()}) {
    if (!requests)
      return tl::unexpected(requests.error());
    for (const host::RequestName& name : *requests)
      if (auto withdrawn = hand_over.withdraw(name); !withdrawn)
        result = tl::unexpected(withdrawn.error());
  }
  // One that has only a state waits for its retries, or for systemd to start it again.
  auto const remembered = hand_over.remembered();
  if (!remembered)
    return tl::unexpected(remembered.error());
  for (const std::string& id : *remembered)
    if (auto done = mark_cancelled(files, clock, id); !done)
      result = done;
  return result;
}

namespace {

void cancel_record(PathRecord& record) {
  record.state = PathState::given_up;
  record.reason = cancelled_reason;
  record.next_try.reset();
  record.error_class.reset();
}

bool is_at_rest(const PathRecord& record) {
  return record.state == PathState::live ||
         (record.state == PathState::given_up && !record.next_try);
}

base::Result<void> cancel_paths_of(base::FileSystem& files, const base::Clock& clock,
                                   const std::string& id, const std::set<std::string>& keys,
                                   bool is_claimed) {
  auto state = read_state(files, id, Items::told);
  if (!state)
    return tl::unexpected(state.error());
  if (!*state)
    return {};
  for (PathRecord& record : (*state)->paths)
    if (record.state != PathState::live &&
        keys.contains(plan::path_key(record.subject, record.tid)))
      cancel_record(record);
  if ((*state)->phase == Phase::running && !is_claimed &&
      std::all_of((*state)->paths.begin(), (*state)->paths.end(), is_at_rest))
    (*state)->phase = Phase::done;
  return write_state(files, **state, clock);
}

} // namespace

base::Result<void> cancel_paths(base::FileSystem& files, const base::Clock& clock,
                                const std::vector<Command::Path>& paths) {
  std::map<std::string, std::set<std::string>> keys;
  for (const Command::Path& path : paths)
    keys[path.id].insert(path.key);
  auto const running = host::HandOver(files).running();
  if (!running)
    return tl::unexpected(running.error());
  std::set<std::string> const claimed = host::ids_of(*running);
  base::Result<void> result;
  for (const auto& [id, of_id] : keys)
    if (auto done = cancel_paths_of(files, clock, id, of_id, claimed.contains(id)); !done)
      result = done;
  return result;
}

} // namespace nvmf::execute
