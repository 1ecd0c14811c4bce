#include "plan/run.hpp"

#include <fmt/format.h>

namespace nvmf::plan {

namespace {

std::string path_key(const Tid& tid) {
  auto const address = [](const std::optional<base::Traddr>& traddr) {
    return traddr ? traddr->to_string() : std::string();
  };
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", tid.transport ? to_string(*tid.transport) : "",
                     address(tid.traddr), tid.trsvcid ? std::to_string(*tid.trsvcid) : "",
                     tid.subsystem_nqn, tid.host_nqn, address(tid.host_traddr), tid.host_iface);
}

} // namespace

std::optional<std::string> PathLedger::holder(const Tid& tid) const {
  auto const found = holders_.find(path_key(tid));
  return found == holders_.end() ? std::nullopt : std::optional(found->second);
}

void PathLedger::add(const Tid& tid, const std::string& holder) {
  holders_.try_emplace(path_key(tid), holder);
}

} // namespace nvmf::plan
