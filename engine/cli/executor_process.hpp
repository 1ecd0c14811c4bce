// The executor of `nvmf-policy boot --foreground`, in a process that this program forks: a write that
// waits in the kernel holds that one and not the one that a script waits for.
#pragma once

#include "service/foreground.hpp"
#include "systemd/units.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace nvmf::cli {

// Discovery controllers are read and not kept. This program must have no other threads.
class ExecutorProcess final : public service::ExecutorStarter {
public:
  explicit ExecutorProcess(std::string root) : root_(std::move(root)) {}

  base::Result<void> start() override;
  bool is_running() override;
  void stop() override;

private:
  std::string root_;
  std::optional<pid_t> process_;
};

// Where there is no service manager: the executor is started by `run_in_foreground`, and the module
// of /dev/nvme-fabrics is loaded by modprobe(8).
class NoUnits final : public systemd::UnitStarter {
public:
  base::Result<void> start(const std::string& unit) override;
};

} // namespace nvmf::cli
