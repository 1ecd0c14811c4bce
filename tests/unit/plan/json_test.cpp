#include "decide/samples.hpp"
#include "plan/json.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

plan::Plan sample() {
  auto const policy = tests::loaded(R"(version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, connect: { nr-io-queues: 16, ctrl-loss-tmo: infinity, dhchap-secret: { credential: nvmf-dhchap } } }
)");
  decide::Facts facts;
  facts.identity =
      decide::HostIdentity{"nqn.2014-08.com.example:h", "11111111-1111-1111-1111-111111111111"};
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  event.device = "nvme0";
  event.udev = {{"NVME_AEN", "0x70f002"}};
  plan::Run run(*policy, facts, event);
  run.decide_event();
  event::LogEntry entry{.trtype = 3,
                        .adrfam = 1,
                        .subtype = event::EntrySubtype::nvm_subsystem,
                        .trsvcid = "4420",
                        .subnqn = "nqn.a:v1",
                        .traddr = "10.20.1.21"};
  run.decide_log(0, {.genctr = 1, .numrec = 1, .entries = {entry}});
  return run.plan();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a plan as JSON has the fields and units of the manual") {
  plan::Plan const plan = sample();
  std::string const json = plan::to_json(plan.policy, {plan});
  for (const char* part :
       {R"("format_version": 1)", R"("nr-io-queues": 16)", R"("ctrl-loss-tmo": -1)",
        R"("credential": "nvmf-dhchap")", R"("host-iface": null)", R"("parent": 0)",
        R"("first-delay-ms": 1000)", R"("attempts": null)", R"("factor": 2,)",
        R"("nr-io-queues": "rule volumes")", R"("discover": 1)", R"("connect": 1)", R"("keep": 0)",
        R"("trsvcid": "8009")"}) {
    CAPTURE(part);
    CHECK(has(json, part));
  }
}

TEST_CASE("a request comes back as it was") {
  plan::Plan const plan = sample();
  auto const back = plan::from_request(plan::to_request(plan));
  REQUIRE(back);
  CHECK(back->id == plan.id);
  CHECK(back->event == plan.event);
  CHECK(back->policy == plan.policy);
  CHECK(back->undecided == plan.undecided);
}

TEST_CASE("the mistake of a damaged request is named") {
  std::string const good = plan::to_request(sample());
  auto const with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  struct {
    const char* name;
    std::string text;
    const char* message;
  } const rows[] = {
      {"empty", "", "is not a JSON object"},
      {"cut off", good.substr(0, good.size() / 2), "is not a JSON object"},
      {"list", "[]", "is not a JSON object"},
      {"version", with("\"format_version\": 1", "\"format_version\": 2"),
       "format_version: expected 1"},
      {"no id", with("\"id\"", "\"ix\""), "id: is missing or empty"},
      {"id as a path", with("\"id\": \"" + sample().id, "\"id\": \"../../../../etc/x"),
       "id: expected 16 hex digits"},
      {"address", with("\"traddr\": \"10.20.1.10\"", "\"traddr\": \"10.20.1\""),
       "event: `traddr`: `10.20.1` is not a valid tcp address"},
      {"injection", with("\"discovery-nqn\": \"", "\"discovery-nqn\": \"a,b"),
       "event: `discovery-nqn` contains a comma, blank, control or non-ASCII character"},
      {"event as text", with("\"event\": {", "\"event\": 1, \"was\": {"),
       "event: expected an object"},
      {"undecided", with("\"undecided\": false", "\"undecided\": 0"),
       "undecided: expected true or false"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const result = plan::from_request(row.text);
    REQUIRE_FALSE(result);
    CHECK(result.error().message == row.message);
  }
}
