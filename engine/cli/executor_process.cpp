#include "cli/executor_process.hpp"

#include "execute/program.hpp"
#include "systemd/error_journal.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace nvmf::cli {

namespace {

// The executor promises to end within 1.5 s, but for a write that the kernel has.
constexpr std::chrono::seconds stop_patience{3};
constexpr std::chrono::milliseconds stop_look{20};

[[noreturn]] void be_executor(const std::string& root, pid_t parent) {
  // With the program that waits for it, whatever ends that.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent)
    ::_exit(0);
  // It is not a service.
  ::unsetenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe): no other thread runs yet
  systemd::ErrorJournal journal("nvmf-connect");
  execute::run_executor({.root = root, .discovery = plan::DiscoveryStay::until_read}, journal);
}

} // namespace

base::Result<void> ExecutorProcess::start() {
  pid_t const parent = ::getpid();
  pid_t const pid = ::fork();
  if (pid < 0)
    return base::errno_failure("cannot start a process", errno);
  if (pid == 0)
    be_executor(root_, parent);
  process_ = pid;
  return {};
}

bool ExecutorProcess::is_running() {
  if (process_ && ::waitpid(*process_, nullptr, WNOHANG) != 0)
    process_.reset();
  return process_.has_value();
}

void ExecutorProcess::stop() {
  if (!process_)
    return;
  ::kill(*process_, SIGTERM);
  auto const until = std::chrono::steady_clock::now() + stop_patience;
  while (is_running() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(stop_look);
}

base::Result<void> NoUnits::start(const std::string& unit) {
  if (unit != "modprobe@nvme_fabrics.service")
    return {};
  std::array<std::string, 3> words{"modprobe", "-q", "nvme_fabrics"};
  std::array<char*, 4> const arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t pid = 0;
  int const error = ::posix_spawnp(&pid, arguments[0], nullptr, nullptr, arguments.data(), environ);
  if (error != 0)
    return base::errno_failure("modprobe", error);
  ::waitpid(pid, nullptr, 0);
  return {};
}

} // namespace nvmf::cli
