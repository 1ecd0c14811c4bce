// Targets as events: one for each way to them.
#include "event/event_file.hpp"
#include "event/from_target.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

policy::TargetEndpoint at(const char* text) {
  policy::TargetEndpoint endpoint;
  endpoint.traddr = base::Traddr::parse(base::Transport::tcp, text);
  endpoint.trsvcid = 8009;
  return endpoint;
}

policy::TargetEndpoint named(const char* name) {
  policy::TargetEndpoint endpoint;
  endpoint.host_name = name;
  endpoint.trsvcid = 8009;
  return endpoint;
}

base::IpAddress ip_of(const char* text) { return *base::IpAddress::parse(text); }

std::string shown(const std::vector<event::Event>& events) {
  std::string text;
  for (const event::Event& event : events)
    text += event::endpoint_text(event) +
            (event.endpoint.host_traddr ? " from " + event.endpoint.host_traddr->to_string() : "") +
            "\n";
  return text;
}

} // namespace

TEST_CASE("a target is an event for each of its endpoints, in their order") {
  policy::Target target{.name = "dc-a", .endpoints = {at("10.0.0.2"), at("10.0.0.1")}};
  target.endpoints.back().host_iface = "ens2f0";
  auto const events = event::from_target(target);
  CHECK(shown(events) == "10.0.0.2:8009\n10.0.0.1:8009\n");
  for (const event::Event& event : events) {
    CHECK(event.kind == base::EventKind::boot);
    CHECK(event.target == "dc-a");
    CHECK(event.sources == std::vector<std::string>{"dc-a"});
    CHECK(event.host_name.empty());
  }
  CHECK(events.back().endpoint.host_iface == "ens2f0");
}

TEST_CASE("host names are what they last resolved to") {
  policy::Target target{.name = "dc-a", .endpoints = {named("array-a"), at("10.0.0.1")}};
  event::Names names{{"array-a", {ip_of("10.0.0.9"), ip_of("fd00::9")}}, {"array-b", {}}};
  CHECK(shown(event::from_target(target, names)) ==
        "10.0.0.9:8009\n[fd00::9]:8009\n10.0.0.1:8009\n");
  // A host address has one family.
  target.endpoints.front().host_traddr = base::Traddr(ip_of("fd00::77"));
  CHECK(shown(event::from_target(target, names)) ==
        "[fd00::9]:8009 from fd00::77\n10.0.0.1:8009\n");
  // Nothing is known of it, or it has no address.
  for (const char* name : {"array-b", "array-c"}) {
    target.endpoints = {named(name)};
    auto const events = event::from_target(target, names);
    REQUIRE(events.size() == 1);
    CHECK(events.front().host_name == name);
    CHECK_FALSE(events.front().endpoint.traddr);
  }
  // A link-local address is on the interface that the target names.
  target.endpoints = {named("array-a")};
  target.endpoints.front().host_iface = "ens1f0";
  names["array-a"] = {ip_of("fe80::1")};
  CHECK(event::from_target(target, names).front().endpoint.traddr->to_string() == "fe80::1%ens1f0");
}
