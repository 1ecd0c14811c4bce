// Discovery controllers that an executor connected and did not come to disconnect.
#include "execute/simulation.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::test;

namespace {

plan::Plan boot_of_dc() {
  plan::Plan plan = aen_of_nvme0();
  plan.event.device.clear();
  plan.event.kind = base::EventKind::boot;
  return plan;
}

} // namespace

TEST_CASE("the request goes when the transient controller is gone, not before") {
  Simulation host;
  host.facts.controllers->clear();
  host.policy->rules[0].persistent = policy::Persistent::no;
  host.set_log("nvme11", {});
  host.request(boot_of_dc());
  // Write 100 ms, log 10 ms, disconnect 50 ms.
  host.run(130ms);
  CHECK(host.disconnects == std::vector<std::string>{"nvme11"});
  CHECK(host.finished == 0);
  CHECK_FALSE(host.session->idle());
  host.run(100ms);
  CHECK(host.finished == 1);
  CHECK(host.session->idle());
}

TEST_CASE("one that is to stay is said to stay when its log was read") {
  Simulation host;
  host.facts.controllers->clear();
  host.set_log("nvme11", {});
  host.request(boot_of_dc());
  host.run(1s);
  CHECK(host.kept == std::vector<std::string>{"nvme11"});
  CHECK(host.disconnects.empty());
}

TEST_CASE("a controller of an earlier executor ends as that one meant it") {
  Simulation host;
  std::vector<std::string> disconnected{"nvme0"};
  std::vector<std::string> kept;
  SUBCASE("transient") { host.policy->rules[0].persistent = policy::Persistent::no; }
  SUBCASE("persistent") {
    disconnected.clear();
    kept = {"nvme0"};
  }
  host.set_log("nvme0", {});
  host.open(std::nullopt, {"nvme0"});
  host.request(aen_of_nvme0(), execute::Session::Claim::resumed);
  host.run(1s);
  CHECK(host.disconnects == disconnected);
  CHECK(host.kept == kept);
  CHECK(host.finished == 1);
}

TEST_CASE("one that nobody made but somebody else is never disconnected") {
  Simulation host;
  host.policy->rules[0].persistent = policy::Persistent::no;
  host.set_log("nvme0", {});
  host.request(aen_of_nvme0());
  host.run(1s);
  CHECK(host.disconnects.empty());
  CHECK(host.kept.empty());
}

TEST_CASE("a second one that was left behind ends once the log was read") {
  Simulation host;
  decide::Controller second = host.facts.controllers->front();
  second.device = "nvme7";
  second.endpoint.traddr = ip("192.0.2.7");
  host.facts.controllers->push_back(second);
  host.set_log("nvme0", {});
  // The last of them is gone already.
  host.open(std::nullopt, {"nvme7", "nvme8"});
  host.request(aen_of_nvme0(), execute::Session::Claim::resumed);
  host.run(1s);
  CHECK(host.disconnects == std::vector<std::string>{"nvme7"});
  CHECK(host.finished == 1);
}
