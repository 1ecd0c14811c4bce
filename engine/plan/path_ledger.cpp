#include "plan/id.hpp"
#include "plan/run.hpp"

namespace nvmf::plan {

std::optional<std::string> PathLedger::holder(const Tid& tid) const {
  auto const found = holders_.find(path_key(base::Subject::io_subsystem, tid));
  return found == holders_.end() ? std::nullopt : std::optional(found->second);
}

void PathLedger::add(const Tid& tid, const std::string& holder) {
  holders_.try_emplace(path_key(base::Subject::io_subsystem, tid), holder);
}

std::optional<std::string> PathLedger::identity_conflict(const Tid& tid) const {
  if (tid.host_nqn.empty() || tid.hostid.empty())
    return std::nullopt;
  if (auto const nqn = nqn_of_hostid_.find(tid.hostid);
      nqn != nqn_of_hostid_.end() && nqn->second != tid.host_nqn)
    return fmt::format("hostid {} is planned with host NQN {} already", tid.hostid, nqn->second);
  if (auto const id = hostid_of_nqn_.find(tid.host_nqn);
      id != hostid_of_nqn_.end() && id->second != tid.hostid)
    return fmt::format("host NQN {} is planned with hostid {} already", tid.host_nqn, id->second);
  return std::nullopt;
}

void PathLedger::use_identity(const Tid& tid) {
  if (tid.host_nqn.empty() || tid.hostid.empty())
    return;
  nqn_of_hostid_.emplace(tid.hostid, tid.host_nqn);
  hostid_of_nqn_.emplace(tid.host_nqn, tid.hostid);
}

} // namespace nvmf::plan
