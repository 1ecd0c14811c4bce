#include "cli/remedy.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;
using execute::PathState;
using fabrics::ErrorClass;

namespace {

plan::Tid tcp_tid(const char* nqn) {
  return {.endpoint = base::Endpoint{.traddr = base::Traddr::parse_any("10.20.1.21"),
                                     .trsvcid = 4420,
                                     .host_traddr = base::Traddr::parse_any("10.20.1.77")},
          .subsystem_nqn = nqn};
}

plan::Tid fc_tid() {
  return {.endpoint = base::Endpoint{.transport = base::Transport::fc,
                                     .traddr = base::Traddr::parse_any(
                                         "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf")},
          .subsystem_nqn = "nqn.a:v"};
}

} // namespace

TEST_CASE("remedies of paths") {
  struct Row {
    const char* name;
    plan::Tid tid;
    PathState state;
    std::optional<ErrorClass> error_class;
    const char* reason;
    const char* expected;
  };
  const Row rows[] = {
      {"live", tcp_tid("nqn.a:v"), PathState::live, ErrorClass::refused, "", ""},
      {"under way", tcp_tid("nqn.a:v"), PathState::probing, ErrorClass::refused, "", ""},
      {"by hand", tcp_tid("nqn.a:v"), PathState::given_up, ErrorClass::auth,
       "removed-by-administrator", "nvmf-policy resume nqn.a:v"},
      {"doubtful", tcp_tid("nqn.a:v"), PathState::pending, std::nullopt, "doubtful: no reason",
       "nvmf-policy resume nqn.a:v"},
      {"a name for a shell", tcp_tid("nqn.a:$(v)"), PathState::given_up, std::nullopt, "",
       "nvmf-policy resume 'nqn.a:$(v)'"},
      {"unreachable", tcp_tid("nqn.a:v"), PathState::waiting, ErrorClass::unreachable, "",
       "ip route get 10.20.1.21 from 10.20.1.77"},
      {"unreachable by fc", fc_tid(), PathState::waiting, ErrorClass::unreachable, "",
       "grep . /sys/class/fc_remote_ports/*/port_state"},
      {"rejected", tcp_tid("nqn.a:v"), PathState::waiting, ErrorClass::rejected, "",
       "nvmf-policy identity"},
      {"no module", fc_tid(), PathState::waiting, ErrorClass::transport_missing, "",
       "modprobe nvme-fc"},
      {"busy", tcp_tid("nqn.a:v"), PathState::waiting, ErrorClass::busy, "", ""},
      {"a reason of the host", tcp_tid("nqn.a:v"), PathState::pending, std::nullopt,
       "source-missing: san0 is down", "ip -brief address"},
      {"an unknown reason waits", tcp_tid("nqn.a:v"), PathState::pending, std::nullopt,
       "nvme3 is gone", ""},
      {"an unknown reason is given up", tcp_tid("nqn.a:v"), PathState::given_up, std::nullopt,
       "not wanted", "nvmf-policy resume nqn.a:v"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(cli::remedy_for(execute::PathRecord{.tid = row.tid,
                                              .state = row.state,
                                              .error_class = row.error_class,
                                              .reason = row.reason}) == row.expected);
  }
}

TEST_CASE("remedies of items") {
  plan::Item item{.outcome = Outcome::ignored, .reason = Reason::no_rule_matched};
  CHECK(cli::remedy_for(item) == "nvmf-policy show rules");
  const event::Event event{.kind = base::EventKind::discovered,
                           .subject = base::Subject::io_subsystem,
                           .endpoint = *tcp_tid("nqn.a:v").endpoint,
                           .subsystem_nqn = "nqn.a:v"};
  CHECK(cli::remedy_for(item, &event)
            .starts_with(
                "nvmf-policy explain --suggest event=discovered transport=tcp traddr=10.20.1.21"));
  item.reason = Reason::self_entry;
  CHECK(cli::remedy_for(item, &event).empty());
  item = {.outcome = Outcome::refused, .reason = Reason::identity_missing};
  CHECK(cli::remedy_for(item) == "nvmf-policy identity --create");
  item.outcome = Outcome::keep;
  CHECK(cli::remedy_for(item).empty());
}

TEST_CASE("a discovery controller is resumed by its address, which is what it has") {
  CHECK(cli::resume_command(base::Subject::discovery_controller, tcp_tid("nqn.a:v")) ==
        "nvmf-policy resume 10.20.1.21");
  CHECK(cli::resume_command(base::Subject::discovery_controller, {.subsystem_nqn = "nqn.a:d"}) ==
        "nvmf-policy resume nqn.a:d");
}
