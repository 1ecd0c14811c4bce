// `plan --contact`: discovery controllers that are not connected, each connected for the moment of
// one read of its log.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "cli/plan_text.hpp"
#include "execute/connect_writer.hpp"
#include "execute/one_log.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/secret_source.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace nvmf::cli {

class Contacts {
public:
  // `policy` must live as long.
  explicit Contacts(const policy::Policy& policy);

  // Says on standard error which discovery controllers are contacted, by plans without their logs.
  void announce(const std::vector<ShownPlan>& plans);

  // The log of the controller of an item that the plan `id` discovers; each is contacted once. A
  // signal ends what is under way, and nothing further is begun (EndingSignals must be there).
  base::Result<execute::OneLog> read(const plan::Item& item, const std::string& id);

private:
  base::Result<execute::OneLog> contact(const plan::Item& item, const std::string& id);

  const policy::Policy* policy_;
  base::RealFileSystem files_;
  base::SystemClock clock_;
  fabrics::KernelFabricsPort port_;
  fabrics::HostSecretSource secrets_;
  execute::ConnectWriter writer_;
  std::size_t announced_ = 0;
  std::vector<std::pair<plan::Tid, base::Result<execute::OneLog>>> read_;
};

} // namespace nvmf::cli
