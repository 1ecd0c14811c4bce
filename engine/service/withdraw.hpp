// A command to withdraw, carried out by the executor that runs, or here where none does.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "execute/command.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace nvmf::service {

// The executor takes a command within that time.
inline constexpr std::chrono::milliseconds command_patience{3000};

struct WithdrawWorld {
  base::FileSystem& files;
  std::string root; // where `files` are looked for
  const base::Clock& clock;
  std::function<void(std::chrono::milliseconds)> pause; // between two looks
};

// Returns once it is done: the states say so. ETIMEDOUT: an executor runs and did not take it; the
// command remains in /run/nvmf/plans and is carried out as soon as an executor looks there.
base::Result<void> withdraw(const WithdrawWorld& world, const execute::Command& command);

} // namespace nvmf::service
