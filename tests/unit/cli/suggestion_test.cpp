#include "cli/suggestion.hpp"

#include "base/nqn.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using base::OptionId;
using decide::ControllerType;

namespace {

const std::string prod = "nqn.2014-08.com.example:prod";

decide::Controller controller(const std::string& device, ControllerType type) {
  decide::Controller result{.device = device,
                            .state = "live",
                            .type = type,
                            .endpoint = {.traddr = base::Traddr::parse_any("192.0.2.1"),
                                         .trsvcid = type == ControllerType::io ? 4420 : 8009}};
  if (type == ControllerType::io)
    result.subsystem_nqn = prod;
  return result;
}

importing::Imported suggested(std::vector<decide::Controller> controllers) {
  return cli::connected_now({.cpus = 8, .controllers = std::move(controllers)});
}

event::LogEntry entry(event::EntrySubtype subtype, const std::string& nqn,
                      const std::string& address) {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = subtype,
          .trsvcid = subtype == event::EntrySubtype::referral ? "8009" : "4420",
          .subnqn = nqn,
          .traddr = address};
}

} // namespace

TEST_CASE("connected_now: options that are the kernel's own are left out") {
  struct Row {
    std::string name;
    std::map<OptionId, base::OptionValue> shown;
    std::vector<OptionId> kept;
  };
  const Row rows[] = {
      {"defaults",
       {{OptionId::queue_size, std::int64_t{128}},
        {OptionId::nr_io_queues, std::int64_t{8}},
        {OptionId::keep_alive_tmo, std::int64_t{5}},
        {OptionId::reconnect_delay, std::int64_t{10}},
        {OptionId::ctrl_loss_tmo, std::int64_t{600}},
        {OptionId::fast_io_fail_tmo, std::int64_t{-1}}},
       {}},
      {"wishes",
       {{OptionId::queue_size, std::int64_t{64}},
        {OptionId::nr_io_queues, std::int64_t{4}},
        {OptionId::ctrl_loss_tmo, std::int64_t{-1}},
        {OptionId::fast_io_fail_tmo, std::int64_t{0}}},
       {OptionId::nr_io_queues, OptionId::queue_size, OptionId::ctrl_loss_tmo,
        OptionId::fast_io_fail_tmo}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    decide::Controller io = controller("nvme1", ControllerType::io);
    io.connect = row.shown;
    const auto imported = suggested({io});
    REQUIRE(imported.connections.size() == 1);
    std::vector<OptionId> kept;
    for (const auto& [id, setting] : imported.connections[0].connect)
      kept.push_back(id);
    CHECK(kept == row.kept);
  }
}

TEST_CASE("connected_now: what becomes a target, and what is left alone") {
  struct Row {
    std::string name;
    std::vector<decide::Controller> controllers;
    std::vector<bool> targets; // one per connection
    std::size_t notes = 0;
  };
  decide::Controller theirs = controller("nvme2", ControllerType::io);
  theirs.owner = "stas";
  decide::Controller gone = controller("nvme3", ControllerType::io);
  gone.state = "deleting";
  const decide::Controller dc = controller("nvme0", ControllerType::discovery);
  const decide::Controller io = controller("nvme1", ControllerType::io);
  decide::Controller dc_before_5_18 = controller("nvme0", ControllerType::unknown);
  dc_before_5_18.subsystem_nqn = base::well_known_discovery_nqn;
  decide::Controller io_before_5_18 = controller("nvme1", ControllerType::unknown);
  io_before_5_18.subsystem_nqn = prod;
  const Row rows[] = {
      {"nothing", {}, {}},
      {"controllers of a kernel before 5.18", {dc_before_5_18, io_before_5_18}, {true, false}, 2},
      {"subsystems behind a discovery controller are not targets", {dc, io}, {true, false}, 2},
      {"a discovery controller alone", {dc}, {true}, 1},
      {"subsystems alone are", {io, io}, {true, true}, 1},
      {"another owner's is left to it, with a note", {io, theirs}, {true}, 2},
      {"what goes is not connected", {gone}, {}},
      {"an administrative controller is neither", {controller("nvme4", ControllerType::admin)}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto imported = suggested(row.controllers);
    std::vector<bool> targets;
    for (const auto& connection : imported.connections)
      targets.push_back(connection.is_target);
    CHECK(targets == row.targets);
    CHECK(imported.notes.size() == row.notes);
    std::vector<importing::Note> notes;
    CHECK(load::load_text("suggested", importing::policy_of(imported, notes)).policy);
  }
}

TEST_CASE("connected_now: invisible options are noted") {
  const decide::Controller dc = controller("nvme0", ControllerType::discovery);
  const std::string unseen =
      "options that sysfs does not show are missing here: secrets, `tls`, `concat`, "
      "`keyring`, digests, `tos`, write and poll queues";
  const auto by_hand = [](const std::string& devices) {
    return "whether a discovery controller lists " + devices +
           " is not known: one that was connected by hand needs a target of its own, else it is "
           "not "
           "connected at boot";
  };
  for (const auto& [count, devices] : {std::pair(1, "nvme1"),
                                       {4, "nvme1, nvme2, nvme3, nvme4"},
                                       {6, "nvme1, nvme2, nvme3, nvme4 and 2 others"}}) {
    std::vector<decide::Controller> controllers{dc};
    for (int number = 1; number <= count; ++number)
      controllers.push_back(controller("nvme" + std::to_string(number), ControllerType::io));
    const auto imported = suggested(controllers);
    REQUIRE(imported.notes.size() == 2);
    CHECK(imported.notes[0].origin.text() == "nvme0");
    CHECK(imported.notes[0].text == by_hand(devices));
    CHECK(imported.notes[1].text == unseen);
  }
}

TEST_CASE("connected_now: names that YAML reads otherwise, and identities that share a half") {
  decide::Controller one = controller("nvme1", ControllerType::io);
  one.subsystem_nqn = "nqn.2014-08.com.example:12e5";
  one.host_nqn = "nqn.2014-08.com.example:h";
  decide::Controller other = one;
  other.device = "nvme2";
  other.subsystem_nqn = "nqn.2014-08.com.example:on";
  other.hostid = "11111111-2222-3333-4444-555555555555";
  std::vector<importing::Note> notes;
  const std::string yaml = importing::policy_of(suggested({one, other}), notes);
  CAPTURE(yaml);
  const auto policy = load::load_text("suggested", yaml).policy;
  REQUIRE(policy);
  REQUIRE(policy->targets.size() == 2);
  CHECK(policy->targets[0].name == "subsystem-12e5");
  CHECK(policy->targets[1].name == "subsystem-on");
  CHECK(policy->identities.size() == 2); // `default` and `nbft`, which are always there
}

TEST_CASE("unmatched: entries that no rule wants, also behind referrals; the policy accepts them") {
  const std::string text = "version: 1\nrules:\n"
                           "  - { name: logs, match: { transport: tcp }, action: discover }\n"
                           "  - { name: prod, match: { subsystem-nqn: \"" +
                           prod + "\" }, action: connect }\n";
  const auto policy = load::load_text("policy", text).policy;
  REQUIRE(policy);
  const event::Event aen{
      .kind = base::EventKind::discovery_log_changed,
      .endpoint = {.traddr = base::Traddr::parse_any("192.0.2.1"), .trsvcid = 8009}};
  const std::string other = "nqn.2014-08.com.example:other";
  const base::Endpoint first = aen.endpoint;
  base::Endpoint second = first;
  second.traddr = base::Traddr::parse_any("192.0.2.2");
  using event::EntrySubtype;
  const cli::SeenEvent seen{
      .event = aen,
      .logs = {
          {.of = first,
           .log = {.numrec = 3,
                   .entries = {entry(EntrySubtype::nvm_subsystem, prod, "192.0.2.21"),
                               entry(EntrySubtype::nvm_subsystem, other, "192.0.2.22"),
                               entry(EntrySubtype::referral, "nqn.2014-08.org.nvmexpress.discovery",
                                     "192.0.2.2")}}},
          {.of = second,
           .log = {.numrec = 1,
                   .entries = {entry(EntrySubtype::nvm_subsystem, other + "2", "192.0.2.23")}}}}};
  auto imported = cli::unmatched(*policy, {}, {seen});
  std::vector<std::string> nqns;
  for (const auto& connection : imported.connections)
    nqns.push_back(connection.subsystem_nqn);
  CHECK(nqns == std::vector<std::string>{other, other + "2"});
  std::vector<importing::Note> notes;
  const std::string yaml = importing::policy_of(std::move(imported), notes);
  const auto added = load::load_texts({{"autoconnect.yaml", text}, {"60-more.yaml", yaml}}).policy;
  REQUIRE(added);
  CHECK(cli::unmatched(*added, {}, {seen}).connections.empty());
}
