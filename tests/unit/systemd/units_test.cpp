#include "systemd/journal.hpp"
#include "systemd/message_ids.hpp"
#include "systemd/notify.hpp"
#include "systemd/units.hpp"

#include "base/fd.hpp"
#include "systemd/bus.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <cstdlib>
#include <doctest/doctest.h>
#include <mutex>
#include <set>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <vector>

using namespace nvmf;
using namespace std::chrono_literals;

namespace {

// A socket bound at a path; `listening` ones take connections and never answer.
class LocalSocket {
public:
  LocalSocket(const std::string& path, int type) : fd_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    if (type == SOCK_STREAM)
      REQUIRE(::listen(fd_.get(), 4) == 0);
  }
  int get() const { return fd_.get(); }
  std::string receive() const {
    char buffer[256];
    ssize_t const length = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return length < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(length));
  }

private:
  base::Fd fd_;
};

// A manager at the private socket of `directory`: one thread serves one connection after another.
class FakeManager {
public:
  explicit FakeManager(const std::string& directory)
      : socket_(directory + "/private", SOCK_STREAM), thread_([this] { serve(); }) {}
  ~FakeManager() {
    ::shutdown(socket_.get(), SHUT_RDWR); // accept() returns
    thread_.join();
  }
  FakeManager(const FakeManager&) = delete;
  FakeManager& operator=(const FakeManager&) = delete;

  std::vector<std::string> calls() {
    std::lock_guard const guard(mutex_);
    return calls_;
  }

private:
  void serve() {
    for (;;) {
      int const connection = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0)
        return;
      serve_connection(connection);
    }
  }
  void serve_connection(int connection) {
    sd_bus* raw = nullptr;
    sd_bus_new(&raw);
    systemd::Bus const bus(raw);
    sd_bus_set_fd(raw, connection, connection);
    sd_bus_set_server(raw, 1, SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6));
    sd_bus_start(raw);
    for (;;) {
      sd_bus_message* call = nullptr;
      int const progress = sd_bus_process(raw, &call);
      systemd::Message const received(call);
      if (progress < 0)
        return; // the other side has gone
      if (call != nullptr && sd_bus_message_is_method_call(call, nullptr, nullptr) > 0)
        answer(call);
      else if (progress == 0 && sd_bus_wait(raw, UINT64_MAX) < 0)
        return;
    }
  }
  void answer(sd_bus_message* call) {
    std::string const method = sd_bus_message_get_member(call);
    const char* first = "";
    const char* second = "";
    sd_bus_message_read(call, "ss", &first, &second);
    {
      std::lock_guard const guard(mutex_);
      calls_.push_back(method + " " + first + (*second == 0 ? "" : " ") + second);
    }
    if (std::string_view(first) == "masked.service")
      sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.UnitMasked", "Unit is masked.");
    else if (std::string_view(first) != "unanswered.service")
      sd_bus_reply_method_return(call, "o", "/job/1");
  }

  LocalSocket socket_;
  std::mutex mutex_;
  std::vector<std::string> calls_;
  std::thread thread_;
};

} // namespace

TEST_CASE("a request that the manager does not read ends with the budget") {
  test::TemporaryTree const tree;
  LocalSocket const silent(tree.root() + "/private", SOCK_STREAM);
  systemd::SystemdUnits units(20ms, tree.root());
  auto const started = units.start("x.service");
  REQUIRE_FALSE(started);
  CHECK(started.error().code == ETIME);
  CHECK(started.error().message ==
        "start of x.service: systemd is busy and did not take the request in time");
}

TEST_CASE("a request that the manager does not answer ends with the budget") {
  test::TemporaryTree const tree;
  FakeManager const manager(tree.root());
  systemd::SystemdUnits units(100ms, tree.root());
  auto const started = units.start("unanswered.service");
  REQUIRE_FALSE(started);
  CHECK(started.error().code == ETIME);
  CHECK(started.error().message ==
        "start of unanswered.service: systemd is busy and did not take the request in time");
}

TEST_CASE("units are started by calls to the manager") {
  test::TemporaryTree const tree;
  FakeManager manager(tree.root());
  systemd::SystemdUnits units(10s, tree.root());
  CHECK(units.start("a.service").has_value());
  auto const refused = units.start("masked.service");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "start of masked.service: systemd: Unit is masked.");
  CHECK(manager.calls() == std::vector<std::string>{"StartUnit a.service replace",
                                                    "StartUnit masked.service replace"});
}

TEST_CASE("a host without systemd") {
  test::TemporaryTree const tree;
  auto const bus = systemd::open_bus(tree.root());
  REQUIRE_FALSE(bus);
  CHECK(bus.error() == base::Error{"systemd is not running on this host", ENOTCONN});
  systemd::SystemdUnits units(20ms, tree.root());
  CHECK(units.start("x.service").error().message ==
        "start of x.service: systemd is not running on this host");
}

TEST_CASE("notifications") {
  test::TemporaryTree const tree;
  std::string const path = tree.root() + "/notify";
  LocalSocket const socket(path, SOCK_DGRAM);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  systemd::notify_ready();
  CHECK(socket.receive() == "READY=1");
  systemd::notify_status("1 path live\nMAINPID=1");
  CHECK(socket.receive() == "STATUS=1 path live");
  systemd::notify_stopping();
  CHECK(socket.receive() == "STOPPING=1");
  ::unsetenv("NOTIFY_SOCKET");
  systemd::notify_ready(); // nobody listens: nothing happens
}

TEST_CASE("the journal catalogue has every message, and no other") {
  std::ifstream in(NVMF_SOURCE_DIR "/units/nvmf-policy.catalog");
  REQUIRE(in);
  std::set<std::string> catalogued;
  std::size_t subjects = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("-- ")) {
      INFO(line);
      CHECK(catalogued.insert(line.substr(3)).second);
    }
    if (line.starts_with("Subject: "))
      ++subjects;
  }
  CHECK(subjects == catalogued.size());
  std::set<std::string> used;
  for (const systemd::MessageId& message : systemd::all_message_ids) {
    INFO(message.name);
    CHECK(message.id.size() == 32);
    CHECK(used.insert(std::string(message.id)).second);
  }
  CHECK(used == catalogued);
}
