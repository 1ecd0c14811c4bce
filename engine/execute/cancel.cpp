#include "execute/cancel.hpp"

#include "execute/state.hpp"
#include "host/hand_over.hpp"
#include "host/run_paths.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace nvmf::execute {

base::Result<void> cancel_request(base::FileSystem& files, const base::Clock& clock,
                                  const std::string& id) {
  host::HandOver hand_over(files);
  auto const withdrawn = hand_over.withdraw(id);
  auto state = read_state(files, id);
  bool const is_open =
      state && *state && ((*state)->phase == Phase::running || (*state)->phase == Phase::failed);
  if (is_open) {
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
                                   const std::string& id, const std::set<std::string>& keys) {
  auto state = read_state(files, id, Items::told);
  if (!state)
    return tl::unexpected(state.error());
  if (!*state)
    return {};
  for (PathRecord& record : (*state)->paths)
    if (record.state != PathState::live &&
        keys.contains(plan::path_key(record.subject, record.tid)))
      cancel_record(record);
  bool const is_claimed = files.exists(host::running_path(id));
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
  base::Result<void> result;
  for (const auto& [id, of_id] : keys)
    if (auto done = cancel_paths_of(files, clock, id, of_id); !done)
      result = done;
  return result;
}

} // namespace nvmf::execute
