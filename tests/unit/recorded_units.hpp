// A service manager that only remembers which units it was asked to start.
#pragma once

#include "systemd/units.hpp"

#include <vector>

namespace nvmf::test {

class RecordedUnits final : public systemd::UnitStarter {
public:
  base::Result<void> start(const std::string& unit) override {
    started.push_back(unit);
    return {};
  }
  std::vector<std::string> started;
};

} // namespace nvmf::test
