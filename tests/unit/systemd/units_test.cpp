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
#include <set>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
  std::string receive() const {
    char buffer[256];
    ssize_t const length = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return length < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(length));
  }

private:
  base::Fd fd_;
};

} // namespace

TEST_CASE("a manager that does not answer costs no more than the budget") {
  test::TemporaryTree const tree;
  LocalSocket const silent(tree.root() + "/private", SOCK_STREAM);
  auto const bus = systemd::open_bus("unix:path=" + tree.root() + "/private");
  REQUIRE(bus);
  auto const call = systemd::new_manager_call(bus->get(), "StartUnit");
  REQUIRE(call);
  REQUIRE(sd_bus_message_append(call->get(), "ss", "x.service", "replace") >= 0);
  REQUIRE(sd_bus_send(bus->get(), call->get(), nullptr) >= 0);
  auto const begin = std::chrono::steady_clock::now();
  auto const flushed = systemd::flush_until(bus->get(), begin + 20ms);
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().code == ETIME);
  CHECK(flushed.error().message == "systemd is busy and did not take the request in time");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("without systemd it is said so") {
  if (::access("/run/systemd/system", F_OK) == 0)
    return; // this host runs it
  auto const bus = systemd::open_bus("unix:path=/nonexistent/private");
  REQUIRE_FALSE(bus);
  CHECK(bus.error().message == "systemd is not running on this host");
  systemd::SystemdUnits units(20ms);
  CHECK(units.start("x.service").error().message ==
        "start of x.service: systemd is not running on this host");
  CHECK(units.stop("x.service").error().message ==
        "stop of x.service: systemd is not running on this host");
  CHECK(units.list("x*").error().message == "systemd is not running on this host");
}

TEST_CASE("the recorded starter remembers and answers") {
  systemd::RecordedUnits units;
  CHECK(units.start("a.service").has_value());
  units.answer = base::failure("busy");
  CHECK(units.start("b.service").error().message == "busy");
  CHECK(units.started == std::vector<std::string>{"a.service", "b.service"});
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
