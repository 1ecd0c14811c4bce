#include "decide/controllers.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;
using decide::Controller;
using decide::Controllers;
using decide::ControllerType;

namespace {

std::optional<base::Traddr> address(const std::string& text) {
  return base::Traddr::parse_any(text);
}

Controller volume(int number, const std::string& traddr) {
  Controller controller{.device = "nvme" + std::to_string(number),
                        .state = "live",
                        .type = ControllerType::io,
                        .subsystem_nqn = "nqn.2014-08.com.example:" + std::to_string(number),
                        .host_nqn = "nqn.2014-08.com.example:host",
                        .hostid = "11111111-2222-3333-4444-555555555555"};
  controller.endpoint.transport = base::Transport::tcp;
  controller.endpoint.traddr = address(traddr);
  return controller;
}

// More than those that are walked over.
Controllers many() {
  Controllers all;
  for (int i = 0; i < 40; ++i)
    all.push_back(volume(i, "192.0.2." + std::to_string(i % 4)));
  return all;
}

std::string devices(const std::vector<const Controller*>& found) {
  std::string text;
  for (const Controller* const each : found)
    text += (text.empty() ? "" : " ") + each->device;
  return text;
}

std::string at(const Controllers& all, const std::string& traddr, const std::string& nqn) {
  return devices(all.candidates(address(traddr), nqn));
}

} // namespace

TEST_CASE("controllers: candidates of a path, by subsystem and address") {
  Controllers all = many();
  CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:5") == "nvme5");
  CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:99").empty());
  SUBCASE("a discovery controller goes by several names") {
    Controller discovery = volume(50, "192.0.2.1");
    discovery.type = ControllerType::discovery;
    all.push_back(discovery);
    CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:99") == "nvme50");
    CHECK(at(all, "192.0.2.2", "nqn.2014-08.com.example:99").empty());
  }
  SUBCASE("one that does not show its address may be at any") {
    Controller unknown = volume(50, "192.0.2.1");
    unknown.type = ControllerType::unknown;
    unknown.endpoint.traddr.reset();
    all.push_back(unknown);
    CHECK(at(all, "198.51.100.1", "nqn.2014-08.com.example:5") == "nvme5 nvme50");
  }
  SUBCASE("a scope is not always shown") {
    Controller scoped = volume(50, "fe80::1%eth1");
    scoped.type = ControllerType::unknown;
    all.push_back(scoped);
    CHECK(at(all, "fe80::1", "nqn.2014-08.com.example:99") == "nvme50");
  }
  SUBCASE("without an address it may be any") {
    CHECK(all.candidates(std::nullopt, "nqn.2014-08.com.example:5").size() == all.size());
  }
}

TEST_CASE("controllers: a change is found, in the copy that was changed alone") {
  Controllers all = many();
  REQUIRE(at(all, "192.0.2.1", "nqn.2014-08.com.example:5") == "nvme5");
  Controllers const before = all;
  SUBCASE("another state") {
    Controller changed = all.all()[5];
    changed.state = "connecting";
    all.replace(5, changed);
    CHECK(all.find("nvme5")->state == "connecting");
    CHECK(before.find("nvme5")->state == "live");
  }
  SUBCASE("another subsystem has its device") {
    Controller changed = volume(99, "192.0.2.1");
    changed.device = "nvme5";
    all.replace(5, changed);
    CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:5").empty());
    CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:99") == "nvme5");
    CHECK(at(before, "192.0.2.1", "nqn.2014-08.com.example:5") == "nvme5");
  }
  SUBCASE("it is gone") {
    all.edit().erase(all.edit().begin() + 5);
    CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:5").empty());
    CHECK(all.find("nvme5") == nullptr);
    CHECK(all.find("nvme6") == &all.all()[5]);
    CHECK(before.size() == 40);
  }
  SUBCASE("a new one") {
    all.push_back(volume(41, "192.0.2.1"));
    CHECK(at(all, "192.0.2.1", "nqn.2014-08.com.example:41") == "nvme41");
    CHECK(before.find("nvme41") == nullptr);
  }
}

TEST_CASE("controllers: one for each identity that is in use") {
  Controllers all = many();
  CHECK(devices(all.identities_in_use()) == "nvme0");
  Controller other = volume(50, "192.0.2.1");
  other.host_nqn = "nqn.2014-08.com.example:other";
  all.push_back(other);
  CHECK(devices(all.identities_in_use()) == "nvme0 nvme50");
  Controller dead = other;
  dead.state = "dead";
  all.replace(40, dead);
  CHECK(devices(all.identities_in_use()) == "nvme0");
}
