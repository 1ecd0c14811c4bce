// The sessions of `nvmf-policy boot --foreground`, each in a process of its own that this program
// forks: a write that waits in the kernel holds none but its own.
#pragma once

#include "service/foreground.hpp"
#include "systemd/units.hpp"

#include <map>
#include <set>
#include <string>
#include <sys/types.h>

namespace nvmf::cli {

// Discovery controllers are read and not kept. This program must have no other threads.
class SessionProcesses final : public service::Sessions {
public:
  explicit SessionProcesses(std::string root) : root_(std::move(root)) {}

  base::Result<void> begin(const std::string& id) override;
  std::set<std::string> running() override;
  bool all_succeeded() const override { return all_succeeded_; }
  void stop() override;

private:
  void reap();

  std::string root_;
  std::map<std::string, pid_t> processes_; // by id
  bool all_succeeded_ = true;
};

// Where there is no service manager: sessions are begun by `run_in_foreground`, and the module of
// /dev/nvme-fabrics is loaded by modprobe(8).
class NoUnits final : public systemd::UnitStarter {
public:
  base::Result<void> start(const std::string& unit) override;
};

} // namespace nvmf::cli
