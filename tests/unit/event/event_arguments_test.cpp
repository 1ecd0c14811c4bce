#include "event/event_arguments.hpp"

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
       "transport: tcp\ntrsvcid: 4420\nsubsystem-nqn: \"nqn.x:a\"\nevent: discovered\n"},
      {"fc", {"transport=fc"}, "transport: fc\nevent: fc-discovery\n"},
      {"else a changed log", {"transport=rdma"}, "transport: rdma\nevent: discovery-log-changed\n"},
      {"the event as given", {"event=referral"}, "event: referral\n"},
      {"a key that begins with `event` is not it",
       {"events=1"},
       "events: 1\nevent: discovery-log-changed\n"},
      {"quotes", {"host-iface=a'b"}, "host-iface: \"a'b\"\nevent: discovery-log-changed\n"},
      {"several sources, in one word or more",
       {"source=dc-a,50-autoconnect/r", "transport=tcp", "source=dc-b"},
       "transport: tcp\nevent: discovery-log-changed\n"
       "source:\n  - dc-a\n  - 50-autoconnect/r\n  - dc-b\n"},
      {"properties of udev",
       {"udev.NVME_AEN=0x70f002", "transport=tcp", "udev.ID_PATH=a=b"},
       "transport: tcp\nevent: discovery-log-changed\n"
       "udev:\n  NVME_AEN: \"0x70f002\"\n  ID_PATH: \"a=b\"\n"},
      {"no value", {"transport"}, "transport:\nevent: discovery-log-changed\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(event::event_text_of(row.words)->text == row.text);
  }
}

TEST_CASE("shell_word: only what a shell would change is quoted") {
  CHECK(event::shell_word("traddr=fd20:a::1") == "traddr=fd20:a::1");
  CHECK(event::shell_word("a b") == "'a b'");
  CHECK(event::shell_word("it's") == "'it'\\''s'");
  CHECK(event::shell_word("nqn.x:*") == "'nqn.x:*'");
}

TEST_CASE("arguments_of: what explain reads back") {
  diag::Sink sink;
  const event::Event event{.kind = base::EventKind::discovered,
                           .subject = base::Subject::io_subsystem,
                           .endpoint = {.traddr = base::Traddr::parse_any("fd20:a::21"),
                                        .trsvcid = 4420,
                                        .host_iface = "ens1f0"},
                           .subsystem_nqn = "nqn.2014-08.com.example:prod.vol7"};
  CHECK(event::arguments_of(event) ==
        "event=discovered transport=tcp traddr=fd20:a::21 trsvcid=4420 host-iface=ens1f0 "
        "subsystem-nqn=nqn.2014-08.com.example:prod.vol7");
}

TEST_CASE("arguments_of: an event with everything is read back as the same") {
  const event::Event event{.kind = base::EventKind::controller_lost,
                           .subject = base::Subject::io_subsystem,
                           .endpoint = {.traddr = base::Traddr::parse_any("10.20.1.21"),
                                        .trsvcid = 4420,
                                        .host_traddr = base::Traddr::parse_any("10.20.1.77"),
                                        .host_iface = "ens1f0"},
                           .subsystem_nqn = "nqn.a:v",
                           .discovery_nqn = "nqn.a:d",
                           .host_nqn = "nqn.a:h",
                           .hostid = "11111111-2222-4333-8444-555555555555",
                           .portid = 3,
                           .secure_channel = base::SecureChannel::required,
                           .sources = {"dc-a", "storage-discovery"},
                           .udev = {{"ID_PATH", "x"}, {"NVME_AEN", "0x70f002"}},
                           .device = "nvme0",
                           .target = "dc-a"};
  std::vector<std::string> words;
  const std::string line = event::arguments_of(event);
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  diag::Sink sink;
  const auto file = event::parse_event_file(event::event_text_of(words), sink);
  CHECK(sink.findings().empty());
  REQUIRE(file);
  CHECK(std::get<event::Event>(file->reading) == event);
}
