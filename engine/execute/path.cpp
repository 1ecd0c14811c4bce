#include "execute/path.hpp"

#include <fmt/format.h>

namespace nvmf::execute {

std::string text_of(const std::optional<base::Traddr>& address) {
  return address ? address->to_string() : std::string();
}

std::string path_key(base::Subject subject, const plan::Tid& tid) {
  // No value holds a line feed, so no two paths share a key.
  bool const discovery = subject == base::Subject::discovery_controller;
  return fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}", tid.transport ? to_string(*tid.transport) : std::string_view(),
      text_of(tid.traddr), tid.trsvcid.value_or(0), text_of(tid.host_traddr), tid.host_iface,
      discovery ? std::string("discovery") : tid.subsystem_nqn, tid.host_nqn);
}

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
  return path;
}

void PathTable::erase(PathId id) {
  if (const Path* path = find(id))
    ids_.erase(path->key);
  paths_.erase(id);
}

} // namespace nvmf::execute
