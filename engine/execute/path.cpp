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
  return found == paths_.end() ? nullptr : &found->second;
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
  return path;
}

void PathTable::erase(PathId id) {
  if (const Path* path = find(id))
    ids_.erase(path->key);
  discovery_.erase(id);
  paths_.erase(id);
}

} // namespace nvmf::execute
