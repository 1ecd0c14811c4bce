// The live controllers of the host, looked at again before every write without reading everything
// again: with sixty paths to connect, sixty full looks would cost more than the writes.
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::execute {

class LiveControllers {
public:
  explicit LiveControllers(const base::FileSystem& files) : files_(&files) {}

  // What is connected now. A controller that was seen before with the same address is taken as it
  // was, but for what can change (its state and owner), which is read again where its address is
  // that of `wanted`.
  std::vector<decide::Controller> look(const plan::Tid& wanted);

private:
  struct Seen {
    std::string address; // the attribute's text
    decide::Controller controller;
  };
  const base::FileSystem* files_;
  std::map<std::string, Seen> seen_;
};

} // namespace nvmf::execute
