#include "plan/exclusion.hpp"

#include <algorithm>

namespace nvmf::plan {

namespace {

// An entry is read without knowing its transport, and a name that is not an address is compared as
// text: loop has those.
bool is_address(const std::optional<base::Traddr>& own, const std::string& listed) {
  if (!own)
    return false;
  if (auto const address = base::Traddr::parse_any(listed))
    return own->same_as(*address);
  return own->to_string() == listed;
}

bool same_text(const std::string& own, const std::string& listed) {
  return !own.empty() && own == listed;
}

bool endpoint_matches(const base::Endpoint& endpoint, const std::string& key,
                      const std::string& listed) {
  if (key == "transport")
    return to_string(endpoint.transport) == listed;
  if (key == "traddr")
    return is_address(endpoint.traddr, listed);
  if (key == "trsvcid")
    return endpoint.trsvcid && std::to_string(*endpoint.trsvcid) == listed;
  if (key == "host-traddr")
    return is_address(endpoint.host_traddr, listed);
  if (key == "host-iface")
    return same_text(endpoint.host_iface, listed);
  return false;
}

bool key_matches(const Tid& tid, const std::string& key, const std::string& listed) {
  if (key == "nqn")
    return same_text(tid.subsystem_nqn, listed);
  if (key == "hostnqn")
    return same_text(tid.host_nqn, listed);
  if (key == "hostid")
    return same_text(tid.hostid, listed);
  return tid.endpoint && endpoint_matches(*tid.endpoint, key, listed);
}

} // namespace

const decide::Exclusion* excluded_by(const Tid& tid, const decide::Facts& facts) {
  if (!facts.exclusions)
    return nullptr;
  auto const found = std::find_if(
      facts.exclusions->begin(), facts.exclusions->end(), [&](const decide::Exclusion& exclusion) {
        return exclusion.usable && !exclusion.keys.empty() &&
               std::all_of(exclusion.keys.begin(), exclusion.keys.end(), [&](const auto& entry) {
                 return key_matches(tid, entry.first, entry.second);
               });
      });
  return found == facts.exclusions->end() ? nullptr : &*found;
}

} // namespace nvmf::plan
