// Starting units without waiting for them, over systemd's private socket
// (/run/systemd/private): no bus daemon is needed.
#pragma once

#include "base/duration.hpp"
#include "base/result.hpp"

#include <string>
#include <utility>

namespace nvmf::systemd {

// The planner's view of the service manager; an interface, so that tests need
// none.
class UnitStarter {
public:
  virtual ~UnitStarter() = default;
  // Asks for the start and does not wait for it, only for the manager's word that it is queued.
  // Starting a unit that runs is nothing. Fails with ETIME if the manager did not take the request
  // in the budget.
  virtual base::Result<void> start(const std::string& unit) = 0;
};

class SystemdUnits final : public UnitStarter {
public:
  // `budget`: how long the manager may take to queue a request. `directory`: where its private
  // socket is, another one in tests.
  explicit SystemdUnits(base::Duration budget = std::chrono::seconds(5),
                        std::string directory = "/run/systemd")
      : budget_(budget), directory_(std::move(directory)) {}

  base::Result<void> start(const std::string& unit) override;

private:
  base::Duration budget_;
  std::string directory_;
};

} // namespace nvmf::systemd
