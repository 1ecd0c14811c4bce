#include "service/withdraw.hpp"

#include "execute/cancel.hpp"
#include "execute/file_lock.hpp"
#include "host/run_paths.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <optional>

namespace nvmf::service {

namespace {

constexpr std::chrono::milliseconds pause_between_looks{50};

base::Result<void> withdraw_here(const WithdrawWorld& world, const execute::Command& command) {
  return command.all ? execute::cancel_all_requests(world.files, world.clock)
                     : execute::cancel_paths(world.files, world.clock, command.paths);
}

// Nothing: an executor runs.
base::Result<std::optional<execute::FileLock>> lock_out_executors(const WithdrawWorld& world) {
  return execute::FileLock::attempt(world.root + std::string(host::executor_lock));
}

// An executor that ended meanwhile may have left the command, and may have carried it out: both are
// fine.
base::Result<void> withdraw_instead(const WithdrawWorld& world, const execute::Command& command,
                                    const std::string& path) {
  auto done = withdraw_here(world, command);
  if (auto removed = world.files.remove(path); done && !removed && removed.error().code != ENOENT)
    return removed;
  return done;
}

base::Result<void> ask_executor(const WithdrawWorld& world, const execute::Command& command) {
  constexpr mode_t command_mode = 0600;
  const std::string path = execute::new_command_path();
  if (auto written = world.files.write_atomically(path, to_text(command), command_mode); !written)
    return written;
  for (auto left = command_patience; left.count() > 0; left -= pause_between_looks) {
    world.pause(pause_between_looks);
    if (const auto status = world.files.status(path); !status && status.error().code == ENOENT)
      return {};
    if (const auto lock = lock_out_executors(world); lock && *lock)
      return withdraw_instead(world, command, path);
  }
  return base::failure(
      fmt::format("the executor has not answered for {} s; it carries out {} as soon as it does",
                  std::chrono::duration_cast<std::chrono::seconds>(command_patience).count(), path),
      ETIMEDOUT);
}

} // namespace

base::Result<void> withdraw(const WithdrawWorld& world, const execute::Command& command) {
  const auto lock = lock_out_executors(world);
  if (!lock)
    return lock.error().code == ENOENT ? base::Result<void>() : tl::unexpected(lock.error());
  return *lock ? withdraw_here(world, command) : ask_executor(world, command);
}

} // namespace nvmf::service
