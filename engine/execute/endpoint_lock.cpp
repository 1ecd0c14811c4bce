#include "execute/endpoint_lock.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::execute {

namespace {

std::string endpoint_of(const plan::Tid& tid) {
  return fmt::format("{}\n{}\n{}\n", tid.endpoint->port_key(), tid.subsystem_nqn, tid.host_nqn);
}

// Unset agrees with anything.
bool agree(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() || one == other;
}

} // namespace

EndpointHolders::Holder EndpointHolders::holder_of(const std::string& id, const plan::Tid& tid) {
  return {.id = id,
          .host_traddr = to_text(tid.endpoint->host_traddr),
          .host_iface = tid.endpoint->host_iface};
}

std::optional<std::string> EndpointHolders::hold(const std::string& id, const plan::Tid& tid,
                                                 const std::string& source) {
  sources_[id] = source;
  std::vector<Holder>& holders = holders_[endpoint_of(tid)];
  Holder ours = holder_of(id, tid);
  if (std::find(holders.begin(), holders.end(), ours) != holders.end())
    return std::nullopt;
  auto const other = std::find_if(holders.begin(), holders.end(), [&](const Holder& holder) {
    return holder.id != id && agree(holder.host_traddr, ours.host_traddr) &&
           agree(holder.host_iface, ours.host_iface);
  });
  if (other != holders.end())
    return sources_.at(other->id);
  holders.push_back(std::move(ours));
  return std::nullopt;
}

void EndpointHolders::release(const std::string& id, const plan::Tid& tid) {
  auto const found = holders_.find(endpoint_of(tid));
  if (found == holders_.end())
    return;
  std::erase(found->second, holder_of(id, tid));
  if (found->second.empty())
    holders_.erase(found);
}

void EndpointHolders::release_all(const std::string& id) {
  sources_.erase(id);
  for (auto it = holders_.begin(); it != holders_.end();) {
    std::erase_if(it->second, [&](const Holder& holder) { return holder.id == id; });
    it = it->second.empty() ? holders_.erase(it) : std::next(it);
  }
}

} // namespace nvmf::execute
