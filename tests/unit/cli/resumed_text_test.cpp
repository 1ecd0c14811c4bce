#include "cli/resumed_text.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

execute::PathRecord path_record(const std::string& traddr, const std::string& nqn,
                                execute::PathState state, const std::string& reason = {}) {
  execute::PathRecord path{.state = state, .reason = reason};
  path.tid.subsystem_nqn = nqn;
  path.tid.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = *base::Traddr::parse_any(traddr),
                                     .trsvcid = 4420};
  return path;
}

} // namespace

TEST_CASE("what is resumed is named: the source, and its paths that are not live") {
  using enum execute::PathState;
  execute::State state{.id = "0123456789abcdef"};
  state.plan.event.target = "array-a";
  state.plan.event.kind = base::EventKind::boot;
  state.plan.event.endpoint = {.transport = base::Transport::tcp,
                               .traddr = *base::Traddr::parse_any("10.20.1.10"),
                               .trsvcid = 8009};
  CHECK(cli::resumed_text(state) == "array-a  boot  tcp 10.20.1.10:8009  asked for\n");
  state.paths = {path_record("10.20.1.10", "nqn.2014-08.org.nvmexpress.discovery", waiting),
                 path_record("10.20.1.21", "nqn.x:a", live),
                 path_record("10.20.1.22", "nqn.x:b", given_up, "no answer"),
                 path_record("10.20.1.23", "nqn.x:\x1b[2J", pending, "a\nb")};
  state.paths[0].subject = base::Subject::discovery_controller;
  CHECK(cli::resumed_text(state) == "array-a  boot  tcp 10.20.1.10:8009  asked for\n"
                                    "  discovery  10.20.1.10:4420  was waiting\n"
                                    "  nqn.x:b  10.20.1.22:4420  was given-up: no answer\n"
                                    "  nqn.x:\\x1b[2J  10.20.1.23:4420  was pending: a\\x0ab\n");
}
