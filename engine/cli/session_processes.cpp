#include "cli/session_processes.hpp"

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
#include <utility>

namespace nvmf::cli {

namespace {

// A session promises to end within 2.5 s, but for a write that the kernel has.
constexpr std::chrono::seconds stop_patience{3};
constexpr std::chrono::milliseconds stop_look{20};

[[noreturn]] void be_session(const std::string& root, const std::string& id, pid_t parent) {
  // With the program that waits for it, whatever ends that.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent)
    ::_exit(0);
  // It is not a service.
  ::unsetenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe): no other thread runs yet
  systemd::ErrorJournal journal("nvmf-connect");
  execute::carry_out({.root = root, .id = id, .discovery = plan::DiscoveryStay::until_read},
                     journal);
}

} // namespace

base::Result<void> SessionProcesses::begin(const std::string& id) {
  pid_t const parent = ::getpid();
  pid_t const pid = ::fork();
  if (pid < 0)
    return base::errno_failure("cannot start a process", errno);
  if (pid == 0)
    be_session(root_, id, parent);
  processes_[id] = pid;
  return {};
}

void SessionProcesses::reap() {
  for (auto it = processes_.begin(); it != processes_.end();) {
    int status = 0;
    if (::waitpid(it->second, &status, WNOHANG) == 0) {
      ++it;
      continue;
    }
    all_succeeded_ = all_succeeded_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    it = processes_.erase(it);
  }
}

std::set<std::string> SessionProcesses::running() {
  reap();
  std::set<std::string> ids;
  for (auto const& [id, pid] : processes_)
    ids.insert(id);
  return ids;
}

void SessionProcesses::stop() {
  for (auto const& [id, pid] : processes_)
    ::kill(pid, SIGTERM);
  auto const until = std::chrono::steady_clock::now() + stop_patience;
  while (!running().empty() && std::chrono::steady_clock::now() < until)
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
