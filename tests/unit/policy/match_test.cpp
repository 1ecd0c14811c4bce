// The things that a rule applies to, and how its conditions are resolved.
#include "policy/loading.hpp"
#include "policy/pattern_text.hpp"
#include "policy/situations.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;
using base::Transport;

namespace {

struct Made {
  std::shared_ptr<const policy::Policy> policy;
  const policy::Rule& rule() const { return policy->rules.front(); }
};

Made made(const std::string& match, const std::string& action) {
  return {tests::good(tests::rule("    match: " + match + "\n    action: " + action + "\n"))};
}

} // namespace

TEST_CASE("the action and the keys decide what a rule applies to") {
  struct Row {
    const char* match;
    const char* action;
    bool discovery_controllers;
    bool io_subsystems;
  };
  const Row rows[] = {
      {"{transport: tcp}", "discover", true, false},
      {"{transport: tcp}", "connect", false, true},
      {"{transport: tcp}", "ignore", true, true},
      {"{any: true}", "ignore", true, true},
      {"{portid: 1}", "ignore", false, true},
      {"{secure-channel: required}", "ignore", false, true},
      {"{subsystem-nqn: \"nqn.2014-08.com.example:a\"}", "ignore", false, true},
      {"{not: {subsystem-nqn: \"nqn.2014-08.com.example:a\"}}", "ignore", false, true},
      {"{discovery-nqn: \"nqn.2014-08.com.example:*\"}", "ignore", true, true},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.action), " ", std::string(row.match));
    Made const one = made(row.match, row.action);
    CHECK(one.rule().applies_to.discovery_controllers == row.discovery_controllers);
    CHECK(one.rule().applies_to.io_subsystems == row.io_subsystems);
  }
}

TEST_CASE("the transports that a match leaves") {
  struct Row {
    const char* match;
    base::TransportSet transports;
  };
  const Row rows[] = {
      {"{any: true}", base::TransportSet::all()},
      {"{transport: [tcp, fc]}", {Transport::tcp, Transport::fc}},
      {"{not: {transport: [tcp, fc]}}", {Transport::rdma, Transport::loop}},
      {"{trsvcid: 4420}", {Transport::tcp, Transport::rdma}},
      {"{traddr: 10.0.0.0/8}", {Transport::tcp, Transport::rdma}},
      {"{traddr: [10.0.0.0/8, \"nn-*:pn-*\"]}", {Transport::tcp, Transport::rdma, Transport::fc}},
      {"{host-traddr: \"nn-*:pn-*\"}", {Transport::fc}},
      {"{host-iface: ens1}", {Transport::tcp}},
      {"{transport: loop, traddr: a}", {Transport::loop}},
      {"{not: {trsvcid: 4420}}", base::TransportSet::all()},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.match));
    Made const one = made(row.match, "ignore");
    CHECK((policy::transports_in(policy::situations_of(one.rule().match, one.rule().applies_to)) ==
           row.transports));
  }
}

TEST_CASE("values are canonical, and print as they are") {
  struct Row {
    const char* match;
    const char* text;
  };
  const Row rows[] = {
      {"{traddr: \"::ffff:10.0.0.1\"}", "10.0.0.1"},
      {"{traddr: \"FD00:0:0::1\"}", "fd00::1"},
      {"{traddr: 10.20.1.5/16}", "10.20.0.0/16"},
      {"{traddr: \"fe80::1%eth0\"}", "fe80::1%eth0"},
      {"{traddr: 10.0.0.1-10.0.0.9}", "10.0.0.1-10.0.0.9"},
      {"{traddr: \"nn-200700A09890F5BF:pn-*\"}", "nn-0x200700a09890f5bf:pn-*"},
      {"{trsvcid: 4420}", "4420"},
      {"{trsvcid: 4420-4430}", "4420-4430"},
      {"{event: fc-discovery}", "fc-discovery"},
      {"{secure-channel: not-required}", "not-required"},
      {"{hostname: \"web-?\"}", "web-?"},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.match));
    CHECK(policy::to_text(made(row.match, "ignore").rule().match.all.front().values.front()) ==
          row.text);
  }
}

TEST_CASE("conditions keep the order of the text; properties are one condition each") {
  Made const one = made("{traddr: 10.0.0.0/8, transport: tcp, udev: {B: b, A: [a, c]}, not: "
                        "{hostname: x}}",
                        "ignore");
  const policy::Match& match = one.rule().match;
  REQUIRE(match.all.size() == 4);
  CHECK(match.all[0].key == policy::MatchKey::traddr);
  CHECK(match.all[1].key == policy::MatchKey::transport);
  CHECK(match.all[2].udev_property == "B");
  CHECK(match.all[3].udev_property == "A");
  CHECK(match.all[3].values.size() == 2);
  REQUIRE(match.none.size() == 1);
  CHECK(match.none[0].key == policy::MatchKey::hostname);
  CHECK(match.all[0].span.place() == "p.yaml:4");
}

TEST_CASE("a rule is a source by both of its names, a target by its one") {
  auto const policy =
      tests::good("targets:\n  - {name: dc-a, transport: tcp, traddr: 10.0.0.1}\n"
                  "rules:\n  - {name: dcs, match: {event: boot}, action: discover}\n"
                  "  - {name: io, match: {source: [dc-a, dcs]}, action: connect}\n");
  std::vector<std::string> names;
  for (const policy::Pattern& pattern : policy->rules[1].match.all.front().values)
    names.push_back(std::get<std::string>(pattern));
  CHECK(names == std::vector<std::string>{"dc-a", "50-autoconnect/dcs", "dcs"});
}
