#include "plan/exclusion.hpp"

#include <algorithm>

namespace nvmf::plan {

namespace {

bool same_address(const std::optional<base::Traddr>& own, const std::string& listed) {
  if (!own)
    return false;
  if (auto const address = base::Traddr::parse_any(listed))
    return own->same_as(*address);
  return own->to_string() == listed;
}

bool same_text(const std::string& own, const std::string& listed) {
  return !own.empty() && own == listed;
}

bool key_matches(const Tid& tid, const std::string& key, const std::string& listed) {
  if (key == "transport")
    return tid.transport && to_string(*tid.transport) == listed;
  if (key == "traddr")
    return same_address(tid.traddr, listed);
  if (key == "trsvcid")
    return tid.trsvcid && std::to_string(*tid.trsvcid) == listed;
  if (key == "nqn")
    return same_text(tid.subsystem_nqn, listed);
  if (key == "host-traddr")
    return same_address(tid.host_traddr, listed);
  if (key == "host-iface")
    return same_text(tid.host_iface, listed);
  if (key == "hostnqn")
    return same_text(tid.host_nqn, listed);
  if (key == "hostid")
    return same_text(tid.hostid, listed);
  return false;
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
