// The hands as a process of their own (nvmf-connect --hands) on the fake kernel: while this test
// holds fake/lock, a connect stays in the kernel.
#include "base/file_system.hpp"
#include "execute/file_lock.hpp"
#include "execute/intent.hpp"
#include "execute/process_hands.hpp"
#include "host/registry.hpp"
#include "host/run_paths.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/wait.h>

using namespace nvmf;
using namespace std::chrono_literals;
using execute::LogOutcome;
using execute::WriteOutcome;
using execute::WriteRequest;

namespace {

constexpr const char* discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery";
constexpr auto patience = 30s;

// A log page with an entry for each address.
std::string log_page(const std::vector<std::string>& addresses) {
  std::string page(1024, '\0');
  page[0] = 1; // the generation
  page[8] = static_cast<char>(addresses.size());
  for (const std::string& address : addresses) {
    std::string entry(1024, '\0');
    entry[0] = 3; // tcp
    entry[1] = 1; // ipv4
    entry[2] = 2; // an NVM subsystem
    entry.replace(32, 4, "4420");
    entry.replace(256, 8, "nqn.a\xff.b"); // not text
    entry.replace(512, address.size(), address);
    page += entry;
  }
  return page;
}

struct Host {
  test::TemporaryTree tree;
  base::RealFileSystem files{tree.root()};

  Host() {
    for (const char* directory :
         {"/sys/class/nvme", "/sys/devices/virtual/nvme-fabrics/ctl", "/fake/logs", "/fake/fail",
          "/fake/paths", "/fake/devices", "/fake/counts", "/run/nvmf", "/run/nvme/registry"})
      tree.make_directory(directory);
    for (const char* file : {"/dev/nvme-fabrics", "/fake/kmsg", "/fake/connects", "/fake/lines"})
      tree.write(file, "");
    tree.write("/sys/kernel/uevent_seqnum", "42\n");
    tree.write("/fake/logs/192.0.2.1_8009", log_page({"192.0.2.10", "192.0.2.11"}));
    ::setenv("LD_PRELOAD", NVMF_FAKE_KERNEL, 1);
    ::setenv("FAKE_KERNEL_ROOT", tree.root().c_str(), 1);
  }

  execute::FileLock hold_kernel() const {
    auto lock = execute::FileLock::wait(tree.root() + "/fake/lock");
    REQUIRE(lock);
    return std::move(*lock);
  }
  std::size_t intents() {
    return files.list("/run/nvmf/intents").value_or(std::vector<std::string>()).size();
  }
  std::size_t lines_of(const std::string& name) const {
    const std::string lines = tree.read(name);
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
  }
  std::size_t connects() const { return lines_of("/fake/connects"); }
  bool is_in_kernel() const { return lines_of("/fake/asked") == 1; }
};

WriteRequest path_to(const std::string& traddr) {
  WriteRequest request{.id = "0123456789abcdef"};
  request.item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                 .traddr = *base::Traddr::parse_any(traddr),
                                                 .trsvcid = 4420},
                      .subsystem_nqn = "nqn.2024-01.com.example:vol1",
                      .host_nqn = "nqn.2024-01.com.example:host",
                      .hostid = "11111111-2222-3333-4444-555555555555"};
  return request;
}

WriteRequest discovery_controller() {
  WriteRequest request = path_to("192.0.2.1");
  request.item.subject = base::Subject::discovery_controller;
  request.item.tid.endpoint->trsvcid = 8009;
  request.item.tid.subsystem_nqn = discovery_nqn;
  request.stay = execute::Stay::transient;
  return request;
}

execute::ProcessHands::World world_of(const Host& host) {
  return {.root = host.tree.root(), .program = NVMF_CONNECT};
}

// Until the condition holds, as a loop would wait.
template <class Condition>
void run_until(execute::Hands& hands, Condition holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    pollfd source{.fd = hands.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&source, 1, 5) > 0)
      hands.run_answers();
  }
}

template <class T>
auto into(std::optional<T>& place) {
  return [&place](T answer) {
    CHECK_FALSE(place); // each request has one answer
    place.emplace(std::move(answer));
  };
}

WriteOutcome write(execute::Hands& hands, const WriteRequest& request) {
  std::optional<WriteOutcome> outcome;
  hands.write(request, into(outcome));
  CHECK(hands.writes());
  run_until(hands, [&] { return outcome.has_value(); });
  return *outcome;
}

void check_local(const std::optional<WriteOutcome>& outcome) {
  REQUIRE(outcome);
  CHECK(outcome->kind == WriteOutcome::Kind::failed);
  CHECK(outcome->error_class == fabrics::ErrorClass::local);
}

int exit_status_of(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

} // namespace

TEST_CASE("another process connects, reads, adopts and disconnects") {
  Host host;
  execute::ProcessHands hands(world_of(host));
  CHECK(hands.pid() == 0);
  const WriteOutcome path = write(hands, path_to("192.0.2.10"));
  CHECK(path.kind == WriteOutcome::Kind::connected);
  CHECK(host::read_registry_entry(host.files, path.device)->owner == "nvmf-policy");
  CHECK_FALSE(hands.writes());

  const WriteOutcome dc = write(hands, discovery_controller());
  REQUIRE(dc.kind == WriteOutcome::Kind::connected);
  std::optional<LogOutcome> log;
  hands.read_log({.item = discovery_controller().item, .device = dc.device}, into(log));
  CHECK(hands.reads());
  run_until(hands, [&] { return log.has_value(); });
  CHECK_FALSE(hands.reads());
  CHECK(log->kind == LogOutcome::Kind::read);
  REQUIRE(log->log.entries.size() == 2);
  CHECK(log->log.entries[1].traddr == "192.0.2.11");
  CHECK(log->log.entries[1].subnqn == "nqn.a\xff.b");

  std::optional<base::Result<decide::KernelOptions>> options;
  hands.kernel_options(into(options));
  run_until(hands, [&] { return options.has_value(); });
  REQUIRE(*options);
  CHECK((*options)->may_have("keep_alive_tmo"));

  std::optional<base::Result<void>> adopted;
  host.tree.remove("/run/nvme/registry/" + path.device);
  hands.adopt(path.device, into(adopted));
  std::optional<base::Result<void>> ended;
  hands.disconnect(
      {.device = dc.device, .tid = discovery_controller().item.tid, .incarnation = dc.incarnation},
      into(ended));
  run_until(hands, [&] { return ended.has_value(); });
  CHECK(adopted.has_value()); // the writer's requests keep their order
  CHECK(ended->has_value());
  CHECK(host::read_registry_entry(host.files, path.device)->owner == "nbft");
  CHECK_FALSE(host.files.status("/sys/class/nvme/" + dc.device));
}

TEST_CASE("requests of a process that is killed fail locally, and another process takes the next") {
  Host host;
  execute::ProcessHands hands(world_of(host));
  std::optional<WriteOutcome> first, second;
  std::optional<LogOutcome> log;
  pid_t killed = 0;
  {
    const auto kernel = host.hold_kernel();
    hands.write(path_to("192.0.2.10"), into(first));
    hands.write(path_to("192.0.2.11"), into(second));
    run_until(hands, [&] { return host.is_in_kernel(); });
    killed = hands.pid();
    REQUIRE(::kill(killed, SIGKILL) == 0);
    run_until(hands, [&] { return first && second; });
  }
  check_local(first);
  check_local(second);
  CHECK_FALSE(hands.writes());
  CHECK(write(hands, path_to("192.0.2.10")).kind == WriteOutcome::Kind::connected);
  CHECK(hands.pid() != killed);
  CHECK(host.intents() == 0); // that of the first one was settled
}

TEST_CASE("a process that gives no sign of life is ended") {
  Host host;
  execute::ProcessHands hands(world_of(host));
  CHECK(write(hands, path_to("192.0.2.10")).kind == WriteOutcome::Kind::connected);
  const pid_t stopped = hands.pid();
  REQUIRE(::kill(stopped, SIGSTOP) == 0);
  std::optional<WriteOutcome> outcome;
  hands.write(path_to("192.0.2.11"), into(outcome));
  run_until(hands, [&] { return outcome.has_value(); });
  check_local(outcome);
  CHECK(hands.pid() == 0);
  run_until(hands, [&] { return ::kill(stopped, 0) != 0; }); // and reaped
}

TEST_CASE("without its loop the process finishes what the kernel has, records it and exits") {
  struct Row {
    std::string name;
    WriteRequest request;
    std::size_t controllers;
  };
  for (const Row& row : {Row{"a path stays", path_to("192.0.2.10"), 1},
                         Row{"a controller for one log ends", discovery_controller(), 0}}) {
    CAPTURE(row.name);
    Host host;
    auto hands = std::make_unique<execute::ProcessHands>(world_of(host));
    pid_t pid = 0;
    {
      const auto kernel = host.hold_kernel();
      hands->write(row.request, [](const WriteOutcome&) { FAIL("its loop is gone"); });
      hands->write(path_to("192.0.2.12"), [](const WriteOutcome&) { FAIL("its loop is gone"); });
      run_until(*hands, [&] { return host.is_in_kernel(); });
      pid = hands->pid();
      hands.reset();
      // It has seen that when its end is closed, too.
      const std::string socket = "/proc/" + std::to_string(pid) + "/fd/3";
      while (::access(socket.c_str(), F_OK) == 0)
        ::usleep(1000);
      // systemd's are for the loop.
      REQUIRE(::kill(pid, SIGTERM) == 0);
      REQUIRE(::kill(pid, SIGINT) == 0);
    }
    CHECK(exit_status_of(pid) == 0);
    CHECK(host.connects() == 1);
    CHECK(host.files.list("/sys/class/nvme")->size() == row.controllers);
    CHECK(host.files.list("/run/nvme/registry")->size() == row.controllers);
    CHECK(host.intents() == 0);
  }
}

TEST_CASE("a stop interrupts the connect that is made and cancels those that wait") {
  Host host;
  execute::ProcessHands hands(world_of(host));
  std::optional<WriteOutcome> made, waiting, later;
  const auto kernel = host.hold_kernel();
  hands.write(path_to("192.0.2.10"), into(made));
  hands.write(path_to("192.0.2.11"), into(waiting));
  run_until(hands, [&] { return host.is_in_kernel(); });
  run_until(hands, [&] {
    hands.stop();
    return made && waiting;
  });
  CHECK(made->kind == WriteOutcome::Kind::failed);
  CHECK(made->error_class == fabrics::ErrorClass::busy);
  CHECK(waiting->kind == WriteOutcome::Kind::cancelled);
  hands.write(path_to("192.0.2.12"), into(later));
  run_until(hands, [&] { return later.has_value(); });
  CHECK(later->kind == WriteOutcome::Kind::cancelled);
  CHECK(host.connects() == 0);
}

TEST_CASE("a program that ends at once is not started without end") {
  Host host;
  auto world = world_of(host);
  for (const char* program : {"/bin/false", "/nonexistent"}) {
    CAPTURE(program);
    world.program = program;
    execute::ProcessHands hands(world);
    const auto fails_after = [&] {
      const auto begin = std::chrono::steady_clock::now();
      check_local(write(hands, path_to("192.0.2.10")));
      return std::chrono::steady_clock::now() - begin;
    };
    fails_after();
    fails_after();
    CHECK(fails_after() > 900ms);
    CHECK(fails_after() > 1900ms);
  }
}

TEST_CASE("an idle process is ended, and another one begun for the next request") {
  Host host;
  auto world = world_of(host);
  world.rest = 50ms;
  execute::ProcessHands hands(world);
  CHECK(write(hands, path_to("192.0.2.10")).kind == WriteOutcome::Kind::connected);
  const pid_t first = hands.pid();
  run_until(hands, [&] { return hands.pid() == 0 && ::kill(first, 0) != 0; });
  CHECK(write(hands, path_to("192.0.2.11")).kind == WriteOutcome::Kind::connected);
}

TEST_CASE("the process has the socket, the standard streams, and no say to systemd") {
  Host host;
  ::setenv("NOTIFY_SOCKET", "/run/nothing", 1);
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials", 1);
  const auto lock = execute::FileLock::wait(host.tree.root() + "/executor.lock");
  execute::ProcessHands hands(world_of(host));
  CHECK(write(hands, path_to("192.0.2.10")).kind == WriteOutcome::Kind::connected);
  const std::string process = "/proc/" + std::to_string(hands.pid());
  for (const auto& entry : std::filesystem::directory_iterator(process + "/fd")) {
    const std::string target = std::filesystem::read_symlink(entry.path()).string();
    CAPTURE(target);
    CHECK(target.find("executor.lock") == std::string::npos);
  }
  const base::RealFileSystem real("");
  const std::string environment = real.read(process + "/environ", std::size_t{1} << 20).value();
  CHECK(environment.find("NOTIFY_SOCKET") == std::string::npos);
  CHECK(environment.find("CREDENTIALS_DIRECTORY=/run/credentials") != std::string::npos);
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}
