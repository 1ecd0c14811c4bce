#include "cli/event_arguments.hpp"

#include "event/event_file.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("event_text_of: the words of a command line as an event file") {
  struct Row {
    const char* name;
    std::vector<std::string> words;
    std::string text;
  };
  const Row rows[] = {
      {"a subsystem is discovered",
       {"transport=tcp", "trsvcid=4420", "subsystem-nqn=nqn.x:a"},
       "transport: 'tcp'\ntrsvcid: 4420\nsubsystem-nqn: 'nqn.x:a'\nevent: discovered\n"},
      {"fc", {"transport=fc"}, "transport: 'fc'\nevent: fc-discovery\n"},
      {"else a changed log",
       {"transport=rdma"},
       "transport: 'rdma'\nevent: discovery-log-changed\n"},
      {"the event as given", {"event=referral"}, "event: 'referral'\n"},
      {"a key that begins with `event` is not it",
       {"events=1"},
       "events: 1\nevent: discovery-log-changed\n"},
      {"quotes", {"host-iface=a'b"}, "host-iface: 'a''b'\nevent: discovery-log-changed\n"},
      {"no value", {"transport"}, "transport:\nevent: discovery-log-changed\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(cli::event_text_of(row.words)->text == row.text);
  }
}

TEST_CASE("shell_word: only what a shell would change is quoted") {
  CHECK(cli::shell_word("traddr=fd20:a::1") == "traddr=fd20:a::1");
  CHECK(cli::shell_word("a b") == "'a b'");
  CHECK(cli::shell_word("it's") == "'it'\\''s'");
  CHECK(cli::shell_word("nqn.x:*") == "'nqn.x:*'");
}

TEST_CASE("arguments_of: what explain reads back") {
  diag::Sink sink;
  const event::Event event{.kind = base::EventKind::discovered,
                           .subject = base::Subject::io_subsystem,
                           .traddr = base::Traddr::parse_any("fd20:a::21"),
                           .trsvcid = 4420,
                           .host_iface = "ens1f0",
                           .subsystem_nqn = "nqn.2014-08.com.example:prod.vol7"};
  CHECK(cli::arguments_of(event) ==
        "event=discovered transport=tcp traddr=fd20:a::21 trsvcid=4420 host-iface=ens1f0 "
        "subsystem-nqn=nqn.2014-08.com.example:prod.vol7");
}
