#include "execute/path.hpp"

namespace nvmf::execute {

PathRecord record_of(const Path& path) {
  return {.item = path.index,
          .subject = path.item.subject,
          .tid = path.item.tid,
          .rule = path.item.decided_by ? path.item.decided_by->name : std::string(),
          .expect_paths = path.item.expect_paths,
          .state = path.state,
          .device = path.device,
          .incarnation = path.incarnation,
          .tries = path.tries,
          .first_try = path.first_try,
          // Of a path that was given up only the place of its secret is looked at.
          .next_try = path.state == PathState::given_up ? std::nullopt : path.next_try,
          .error_class = path.error_class,
          .slow_lane = path.item.slow_lane,
          .was_unavailable = path.item.firmware && path.item.firmware->was_unavailable,
          .reason = path.reason};
}

Path* PathTable::find(PathId id) {
  auto const found = paths_.find(id);
  if (found == paths_.end())
    return nullptr;
  touched_.push_back(id);
  return &found->second;
}

Path* PathTable::find(const std::string& key) {
  auto const found = ids_.find(key);
  return found == ids_.end() ? nullptr : find(found->second);
}

Path& PathTable::add(const std::string& key, plan::Item item) {
  PathId const id = next_++;
  ids_[key] = id;
  Path& path = paths_[id];
  path.id = id;
  path.key = key;
  path.item = std::move(item);
  if (path.is_discovery())
    discovery_.insert(id);
  touched_.push_back(id);
  return path;
}

void PathTable::erase(PathId id) {
  if (const Path* path = find(id))
    ids_.erase(path->key);
  discovery_.erase(id);
  paths_.erase(id);
}

std::map<PathId, Path>& PathTable::all() {
  all_touched_ = true;
  return paths_;
}

void PathTable::note(PathId id) const {
  auto const path = paths_.find(id);
  Noted now;
  if (path != paths_.end())
    now = {.next_try = path->second.next_try, .settled = path->second.is_settled()};
  Noted& before = noted_[id];
  if (before.next_try != now.next_try) {
    if (before.next_try)
      by_next_try_.erase({*before.next_try, id});
    if (now.next_try)
      by_next_try_.insert({*now.next_try, id});
  }
  unsettled_ += now.settled ? 0 : 1;
  unsettled_ -= before.settled ? 0 : 1;
  before = now;
  if (path == paths_.end())
    noted_.erase(id);
}

void PathTable::reconcile() const {
  for (PathId const id : std::exchange(touched_, {}))
    note(id);
  if (!std::exchange(all_touched_, false))
    return;
  for (auto const& [id, path] : paths_)
    note(id);
}

std::optional<BootTime> PathTable::next_try() const {
  reconcile();
  return by_next_try_.empty() ? std::nullopt : std::optional(by_next_try_.begin()->first);
}

bool PathTable::all_settled() const {
  reconcile();
  return unsettled_ == 0;
}

} // namespace nvmf::execute
