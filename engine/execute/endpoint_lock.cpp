#include "execute/endpoint_lock.hpp"

#include "base/digest.hpp"
#include "execute/path.hpp"
#include "host/run_paths.hpp"

#include <fmt/format.h>
#include <sstream>

namespace nvmf::execute {

namespace {

std::string endpoint_of(const plan::Tid& tid) {
  return fmt::format("{}\n{}\n{}\n", tid.endpoint->port_key(), tid.subsystem_nqn, tid.host_nqn);
}

std::string host_side_of(const plan::Tid& tid) {
  return fmt::format("{}\n{}\n", to_text(tid.endpoint->host_traddr), tid.endpoint->host_iface);
}

// Unset agrees with anything.
bool agree(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() || one == other;
}

// The note: id, host-traddr, host-iface, a line each.
std::optional<std::string> holder_with_our_host_side(const std::string& note,
                                                     const plan::Tid& tid) {
  std::istringstream lines(note);
  std::string id, host_traddr, host_iface;
  std::getline(lines, id);
  std::getline(lines, host_traddr);
  std::getline(lines, host_iface);
  // The lock is there a moment before its note.
  if (id.empty())
    return "another source";
  if (agree(host_traddr, to_text(tid.endpoint->host_traddr)) &&
      agree(host_iface, tid.endpoint->host_iface))
    return id;
  return std::nullopt;
}

} // namespace

std::optional<std::string> FileEndpointLocks::hold(const plan::Tid& tid) {
  std::string const endpoint = endpoint_of(tid);
  std::string const path = endpoint + host_side_of(tid);
  if (paths_.contains(path))
    return std::nullopt;
  if (auto ours = held_.find(endpoint); ours != held_.end()) {
    ++ours->second.paths;
    paths_.emplace(path, endpoint);
    return std::nullopt;
  }
  std::string const file =
      fmt::format("{}{}/{}", root_, host::lock_directory, base::sha256_hex(endpoint).substr(0, 32));
  auto lock = FileLock::attempt(file);
  // Without a lock directory every source retries for itself.
  if (!lock)
    return std::nullopt;
  if (!*lock)
    return holder_with_our_host_side(read_lock_note(file), tid);
  (void)(*lock)->write_note(fmt::format("{}\n{}", id_, host_side_of(tid)));
  held_.emplace(endpoint, Held{std::move(**lock)});
  paths_.emplace(path, endpoint);
  return std::nullopt;
}

void FileEndpointLocks::release(const plan::Tid& tid) {
  auto const path = paths_.find(endpoint_of(tid) + host_side_of(tid));
  if (path == paths_.end())
    return;
  auto const held = held_.find(path->second);
  paths_.erase(path);
  if (--held->second.paths == 0)
    held_.erase(held);
}

} // namespace nvmf::execute
