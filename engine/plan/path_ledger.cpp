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

} // namespace nvmf::plan
