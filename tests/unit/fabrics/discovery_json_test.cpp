#include "fabrics/discovery_log.hpp"

#include "fabrics/fake_port.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("nvme-cli's JSON of a log becomes the entries of the wire") {
  std::string const text = R"({"genctr": 4, "records": [
    {"trtype": "tcp", "adrfam": "ipv4", "subtype": "nvme subsystem", "treq": "not specified",
     "portid": 1, "trsvcid": "4420", "subnqn": "nqn.x:a", "traddr": "192.0.2.1",
     "eflags": "none", "sectype": "none"},
    {"trtype": "fc", "adrfam": "fibre-channel", "subtype": "nvme subsystem",
     "treq": "required, sq flow control disable supported", "portid": 2, "trsvcid": "none",
     "subnqn": "nqn.x:b", "traddr": "nn-0x1:pn-0x2",
     "eflags": "explicit discovery connections, duplicate discovery information"},
    {"trtype": "tcp", "adrfam": "ipv6", "subtype": "current discovery subsystem",
     "treq": "not required", "portid": 0, "trsvcid": "8009", "subnqn": "nqn.x:dc",
     "traddr": "2001:db8::1", "eflags": ["no cdc connectivity"], "sectype": "tls13"},
    {"trtype": "rdma", "adrfam": "infiniband", "subtype": "discovery subsystem referral"},
    {"trtype": "unrecognized", "adrfam": "loop", "subtype": "unrecognized"},
    {"trtype": "intra-host", "adrfam": "pci", "subtype": "discovery subsystem", "treq": "reserved"}]})";
  auto const log = fabrics::parse_discovery_json(text);
  REQUIRE(log);
  CHECK(log->genctr == 4);
  CHECK(log->numrec == 6);
  auto const& e = log->entries;
  REQUIRE(e.size() == 6);
  event::LogEntry first = test::subsystem_entry("192.0.2.1", "nqn.x:a");
  first.cntlid = 0;
  first.asqsz = 0;
  CHECK(e[0] == first);
  CHECK(e[1].trtype == 2);
  CHECK(e[1].adrfam == 4);
  CHECK(e[1].trsvcid.empty());
  CHECK(e[1].secure_channel == base::SecureChannel::required);
  CHECK(e[1].may_disable_sqflow);
  CHECK(e[1].eflags == 3);
  CHECK(e[2].subtype == event::EntrySubtype::current_discovery);
  CHECK(e[2].secure_channel == base::SecureChannel::not_required);
  CHECK(e[2].eflags == event::eflag_not_connected_to_cdc);
  CHECK(e[2].sectype == 2);
  CHECK(e[3].subtype == event::EntrySubtype::referral);
  CHECK(e[3].adrfam == 3);
  CHECK(e[4].subtype == event::EntrySubtype::unknown);
  CHECK(e[4].trtype == 0);
  CHECK(e[4].adrfam == 254);
  CHECK(e[5].trtype == 254);
  CHECK(e[5].adrfam == 0);
  CHECK(e[5].subtype == event::EntrySubtype::referral);
  CHECK(e[5].secure_channel == base::SecureChannel::unspecified);
}

TEST_CASE("text that is not JSON of a log is refused by name") {
  struct Row {
    const char* text;
    const char* message;
  };
  for (const Row& row :
       {Row{"{", "not valid JSON"}, Row{"[]", "a discovery log has a list `records`"},
        Row{R"({"records": {}})", "a discovery log has a list `records`"},
        Row{R"({"genctr": -1, "records": []})", "`genctr` is not a whole number"},
        Row{R"({"recfmt": 1, "records": []})", "the log's `recfmt` is unknown; known is 0"},
        Row{R"({"recfmt": "0", "records": []})", "the log's `recfmt` is unknown; known is 0"},
        Row{R"({"records": [7]})", "record 0 is not an object"},
        Row{R"({"records": [{}, {"traddr": []}]})",
            "record 1: `traddr` has the wrong type or is out of range"},
        Row{R"({"records": [{"portid": 65536}]})",
            "record 0: `portid` has the wrong type or is out of range"},
        Row{R"({"records": [{"trtype": "tpc"}]})",
            "record 0: `tpc` is not a word that nvme-cli has for `trtype`"},
        Row{R"({"records": [{"adrfam": "ip4"}]})",
            "record 0: `ip4` is not a word that nvme-cli has for `adrfam`"},
        Row{R"({"records": [{"subtype": "referral"}]})",
            "record 0: `referral` is not a word that nvme-cli has for `subtype`"},
        Row{R"({"records": [{"sectype": "tls14"}]})",
            "record 0: `tls14` is not a word that nvme-cli has for `sectype`"},
        Row{R"({"records": [{"treq": "requried, sq flow control disable supported"}]})",
            "record 0: `requried` is not a word that nvme-cli has for `treq`"}}) {
    CAPTURE(row.text);
    auto const log = fabrics::parse_discovery_json(row.text);
    REQUIRE_FALSE(log);
    CHECK(log.error().message == row.message);
  }
}

TEST_CASE("a log file is recognised by its content") {
  test::LogPage page('{');
  page.add(test::subsystem_entry("192.0.2.1", "nqn.x:a"));
  CHECK(fabrics::parse_discovery_file(page.bytes())->entries.size() == 1);
  CHECK(fabrics::parse_discovery_file("\n {\"records\": []}")->entries.empty());
  CHECK_FALSE(fabrics::parse_discovery_file(""));
}
