#include "firmware/read_table.hpp"

#include "firmware/sample_table.hpp"
#include "firmware/table_builder.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;
using test::build_table;
using test::sample_table;
using test::TableBytes;

namespace {

// Places in the descriptors of the first of each list.
constexpr std::size_t control = 64;
constexpr std::size_t host = 128;

std::size_t hfi_info(const TableBytes& table) { return table.u32(table.hfis + 16); }

// A change of the sample's bytes, and what reading it says then.
struct Damage {
  std::string name;
  std::function<void(TableBytes&)> damage;
  std::string expected;
};

std::string shown(const firmware::Table& table) {
  std::string lines;
  for (const firmware::Problem& problem : table.problems)
    lines += to_string(problem) + '\n';
  return lines;
}

} // namespace

TEST_CASE("a table is read as it was built") {
  firmware::Table const table = sample_table();
  auto const read = firmware::read_table(build_table(table).bytes);
  REQUIRE(read);
  CHECK(read->host == table.host);
  CHECK(read->hfis == table.hfis);
  CHECK(read->securities == table.securities);
  CHECK(read->discoveries == table.discoveries);
  CHECK(read->subsystems == table.subsystems);
  CHECK(shown(*read).empty());
}

TEST_CASE("tables with little in them") {
  firmware::Table table;
  SUBCASE("no descriptor at all") {}
  SUBCASE("host alone") { table.host = sample_table().host; }
  SUBCASE("a subsystem without HFI, service and extended information") {
    table.subsystems = {
        {.index = 1, .traddr = test::ip_of("192.0.2.20"), .trsvcid = 4420, .nqn = "nqn.a:b"}};
  }
  TableBytes built = build_table(table);
  if (!table.subsystems.empty()) {
    built.put(built.subsystems + 3, 1, 2);
    for (std::size_t const reference : {16, 60})
      built.put(built.subsystems + reference + 4, 0, 2);
    built.set_checksum();
  }
  auto const read = firmware::read_table(built.bytes);
  REQUIRE(read);
  CHECK(*read == table);
}

TEST_CASE("a table whose control descriptor is not valid is empty") {
  TableBytes table = build_table(sample_table());
  table.put(control + 6, 0, 1);
  table.set_checksum();
  auto const read = firmware::read_table(table.bytes);
  REQUIRE(read);
  CHECK(*read == firmware::Table());
}

TEST_CASE("secondary HFIs") {
  struct Row {
    std::string name;
    std::string list;
    std::vector<std::uint8_t> hfis;
  };
  for (const Row& row : {Row{"none", "", {1}}, Row{"one 0", std::string(1, '\0'), {1}},
                         Row{"the primary again", "\1", {1}}, Row{"another", "\4", {1, 4}},
                         Row{"all of it", std::string("\4\1\0\4", 4), {1, 4}}}) {
    CAPTURE(row.name);
    TableBytes table = build_table(sample_table());
    std::size_t const place = table.subsystems + 48;
    table.put(place, table.bytes.size(), 4);
    table.put(place + 4, row.list.size(), 2);
    table.bytes += row.list;
    table.put(4, table.bytes.size(), 4);
    table.put(40, table.bytes.size() - table.heap, 4);
    table.set_checksum();
    auto const read = firmware::read_table(table.bytes);
    REQUIRE(read);
    REQUIRE(read->subsystems.size() == 2);
    CHECK(read->subsystems.front().hfis == row.hfis);
    CHECK(shown(*read).empty());
  }
}

TEST_CASE("a table that cannot be read is named with the place") {
  for (const Damage& row : {
           Damage{"signature", [](TableBytes& t) { t.bytes[0] = 'X'; },
                  "byte 0: the signature is not NBFT"},
           Damage{"longer than the file", [](TableBytes& t) { t.put(4, t.bytes.size() + 1, 4); },
                  "byte 4: the length is 1114, of 1113 bytes"},
           Damage{"shorter than its header", [](TableBytes& t) { t.put(4, 127, 4); },
                  "byte 4: the length is 127, of 1113 bytes"},
           Damage{"revision", [](TableBytes& t) { t.put(8, 2, 1); },
                  "byte 8: revision 2 is not known"},
           Damage{"heap begins outside", [](TableBytes& t) { t.put(36, 0xfffffff0U, 4); },
                  "byte 36: the heap, 537 bytes at 4294967280, leaves the table"},
           Damage{"heap ends outside", [](TableBytes& t) { t.put(40, 538, 4); },
                  "byte 36: the heap, 538 bytes at 576, leaves the table"},
           Damage{"control descriptor", [](TableBytes& t) { t.put(control, 9, 1); },
                  "byte 64: its structure id is 9, not 1"},
           Damage{"host outside", [](TableBytes& t) { t.put(control + 8, 1082, 4); },
                  "byte 72: the host descriptor, 32 bytes at 1082, is cut or leaves the table"},
           Damage{"host cut", [](TableBytes& t) { t.put(control + 12, 31, 2); },
                  "byte 72: the host descriptor, 31 bytes at 128, is cut or leaves the table"},
           Damage{"host of another kind", [](TableBytes& t) { t.put(host, 3, 1); },
                  "byte 128: its structure id is 3, not 2"},
           Damage{"host not valid", [](TableBytes& t) { t.put(host + 1, 0, 1); },
                  "byte 129: the host's valid flag is not set"},
           Damage{"host NQN before the heap", [](TableBytes& t) { t.put(host + 18, 575, 4); },
                  "byte 146: 68 bytes at 575 are not inside the heap"},
           Damage{"host NQN with a comma",
                  [](TableBytes& t) { t.bytes[t.u32(host + 18) + 5] = ','; },
                  "byte 146: the NQN contains a comma, blank, control or non-ASCII character"},
           Damage{"list outside", [](TableBytes& t) { t.put(control + 16, 0xffffffffU, 4); },
                  "byte 80: HFI descriptor 1 of 2 leaves the table"},
           Damage{"list ends outside", [](TableBytes& t) { t.put(control + 31, 255, 1); },
                  "byte 88: subsystem descriptor 7 of 255 leaves the table"},
           Damage{"descriptor too short", [](TableBytes& t) { t.put(control + 36, 63, 2); },
                  "byte 100: a security descriptor has 63 bytes, not 64"},
           Damage{"descriptor too long", [](TableBytes& t) { t.put(control + 44, 65535, 2); },
                  "byte 104: discovery descriptor 1 of 1 leaves the table"},
       }) {
    CAPTURE(row.name);
    TableBytes table = build_table(sample_table());
    row.damage(table);
    table.set_checksum();
    auto const read = firmware::read_table(table.bytes);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == row.expected);
  }
}

TEST_CASE("a wrong checksum") {
  TableBytes table = build_table(sample_table());
  table.put(9, static_cast<unsigned char>(table.bytes[9]) + 1U, 1);
  auto const read = firmware::read_table(table.bytes);
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "byte 9: the checksum is wrong");
}

TEST_CASE("a descriptor that cannot be read is passed over, and the others are used") {
  struct Row {
    Damage damage;
    std::size_t hfis = 2;
    std::size_t securities = 1;
    std::size_t discoveries = 1;
    std::size_t subsystems = 2;
  };
  std::string const no_hfi = "byte 544: HFI 1 is missing\nbyte 224: HFI 1 is missing\n";
  for (const Row& row : std::vector<Row>{
           {{"an HFI that is not valid", [](TableBytes& t) { t.put(t.hfis + 2, 0, 1); }, no_hfi},
            1},
           {{"an unused place", [](TableBytes& t) { t.put(t.hfis, 0, 1); }, no_hfi}, 1},
           {{"an HFI of another kind", [](TableBytes& t) { t.put(t.hfis, 9, 1); },
             "byte 160: its structure id is 9, not 3\n" + no_hfi},
            1},
           {{"an HFI of another transport", [](TableBytes& t) { t.put(t.hfis + 3, 1, 1); },
             "byte 163: transport type 1 is not tcp\n" + no_hfi},
            1},
           {{"HFI information outside", [](TableBytes& t) { t.put(t.hfis + 16, 5000, 4); },
             "byte 176: 128 bytes at 5000 are not inside the heap\n" + no_hfi},
            1},
           {{"HFI information absent", [](TableBytes& t) { t.put(t.hfis + 20, 0, 2); },
             "byte 176: it has 0 bytes, not 128\n" + no_hfi},
            1},
           {{"HFI information cut", [](TableBytes& t) { t.put(t.hfis + 20, 127, 2); },
             "byte 176: it has 127 bytes, not 128\n" + no_hfi},
            1},
           {{"HFI information of another kind", [](TableBytes& t) { t.put(hfi_info(t), 8, 1); },
             "byte 645: its structure id is 8, not 7\n" + no_hfi},
            1},
           {{"HFI information of another transport",
             [](TableBytes& t) { t.put(hfi_info(t) + 2, 2, 1); },
             "byte 647: transport type 2 is not tcp\n" + no_hfi},
            1},
           {{"HFI information not valid", [](TableBytes& t) { t.put(hfi_info(t) + 6, 0, 1); },
             "byte 651: its valid flag is not set\n" + no_hfi},
            1},
           {{"HFI's host name outside", [](TableBytes& t) { t.put(hfi_info(t) + 108, 60000, 2); },
             "byte 749: 60000 bytes at 773 are not inside the heap\n" + no_hfi},
            1},
           {{"a security profile of another kind", [](TableBytes& t) { t.put(t.securities, 4, 1); },
             "byte 480: its structure id is 4, not 5\n"},
            2,
            0},
           {{"a discovery controller that is not valid",
             [](TableBytes& t) { t.put(t.discoveries + 1, 0, 1); }, ""},
            2,
            1,
            0},
           {{"a discovery URI outside", [](TableBytes& t) { t.put(t.discoveries + 6, 0, 4); },
             "byte 550: 27 bytes at 0 are not inside the heap\n"},
            2,
            1,
            0},
           {{"a discovery NQN with a NUL in it",
             [](TableBytes& t) {
               t.put(t.discoveries + 12, t.u32(hfi_info(t) + 104), 4);
               t.put(t.discoveries + 16, 10, 2);
             },
             "byte 556: the NQN contains a comma, blank, control or non-ASCII character\n"},
            2,
            1,
            0},
           {{"a subsystem that is not valid", [](TableBytes& t) { t.put(t.subsystems + 3, 0, 2); },
             ""},
            2,
            1,
            1,
            1},
           {{"a subsystem of another transport",
             [](TableBytes& t) { t.put(t.subsystems + 5, 4, 1); },
             "byte 229: transport type 4 is not tcp\n"},
            2,
            1,
            1,
            1},
           {{"an address that is absent", [](TableBytes& t) { t.put(t.subsystems + 14, 0, 2); },
             "byte 234: it has 0 bytes, not 16\n"},
            2,
            1,
            1,
            1},
           {{"an address that is cut", [](TableBytes& t) { t.put(t.subsystems + 14, 4, 2); },
             "byte 234: it has 4 bytes, not 16\n"},
            2,
            1,
            1,
            1},
           {{"an address of many hosts",
             [](TableBytes& t) { t.put(t.u32(t.subsystems + 10) + 12, 224, 1); },
             "byte 908: the address is not one of a host\n"},
            2,
            1,
            1,
            1},
           {{"a service that is not a port",
             [](TableBytes& t) { t.put(t.u32(t.subsystems + 16), '/', 1); },
             "byte 240: the service is not a port number\n"},
            2,
            1,
            1,
            1},
           {{"a service before the heap", [](TableBytes& t) { t.put(t.subsystems + 16, 1, 4); },
             "byte 240: 4 bytes at 1 are not inside the heap\n"},
            2,
            1,
            1,
            1},
           {{"secondary HFIs outside", [](TableBytes& t) { t.put(t.subsystems + 52, 9999, 2); },
             "byte 272: 9999 bytes at 929 are not inside the heap\n"},
            2,
            1,
            1,
            1},
           {{"an HFI that is nowhere", [](TableBytes& t) { t.put(t.subsystems + 46, 9, 1); },
             "byte 224: HFI 9 is missing\n"}},
           {{"an NQN that is absent", [](TableBytes& t) { t.put(t.subsystems + 58, 0, 2); },
             "byte 278: the NQN is missing\n"},
            2,
            1,
            1,
            1},
           {{"extended information outside",
             [](TableBytes& t) { t.put(t.subsystems + 60, 0xffffffffU, 4); },
             "byte 284: 24 bytes at 4294967295 are not inside the heap\n"}},
           {{"extended information of another kind",
             [](TableBytes& t) { t.put(t.u32(t.subsystems + 60), 1, 1); },
             "byte 959: its structure id is 1, not 9\n"}},
           {{"extended information not valid",
             [](TableBytes& t) { t.put(t.u32(t.subsystems + 60) + 4, 0, 4); },
             "byte 963: its valid flag is not set\n"}},
           {{"DHCP root path outside",
             [](TableBytes& t) { t.put(t.u32(t.subsystems + 60) + 12, 7, 4); },
             "byte 971: 27 bytes at 7 are not inside the heap\n"}},
       }) {
    CAPTURE(row.damage.name);
    TableBytes table = build_table(sample_table());
    row.damage.damage(table);
    table.set_checksum();
    auto const read = firmware::read_table(table.bytes);
    REQUIRE(read);
    CHECK(shown(*read) == row.damage.expected);
    CHECK(read->hfis.size() == row.hfis);
    CHECK(read->securities.size() == row.securities);
    CHECK(read->discoveries.size() == row.discoveries);
    CHECK(read->subsystems.size() == row.subsystems);
  }
}

TEST_CASE("discovery URIs") {
  struct Row {
    std::string uri;
    std::string endpoint; // empty: not a usable one
  };
  for (const Row& row : std::vector<Row>{
           {"nvme+tcp://192.0.2.10:8010/", "192.0.2.10 8010"},
           {"nvme+tcp://192.0.2.10/", "192.0.2.10 8009"},
           {"nvme+tcp://192.0.2.10", "192.0.2.10 8009"},
           {"nvme+tcp://[2001:db8::1]:8010/x", "2001:db8::1 8010"},
           {"nvme+tcp://[2001:db8::1]", "2001:db8::1 8009"},
           {"nvme+tcp://2001:db8::1", ""},
           {"nvme+tcp://[2001:db8::1", ""},
           {"nvme+tcp://[192.0.2.10]/", ""},
           {"nvme+tcp://[2001:db8::1]8010/", ""},
           {"nvme+tcp://192.0.2.10:/", ""},
           {"nvme+tcp://192.0.2.10:0/", ""},
           {"nvme+tcp://192.0.2.10:65536/", ""},
           {"nvme+tcp://array.example/", ""},
           {"nvme+tcp://0.0.0.0/", ""},
           {"nvme+tcp:///", ""},
           {"nvme+rdma://192.0.2.10/", ""},
           {"", ""},
       }) {
    CAPTURE(row.uri);
    firmware::Table table = sample_table();
    table.discoveries.front().uri = row.uri;
    auto const read = firmware::read_table(build_table(table).bytes);
    REQUIRE(read);
    if (row.endpoint.empty()) {
      CHECK(read->discoveries.empty());
      CHECK(shown(*read) == "byte 550: the URI is not one like nvme+tcp://192.0.2.1:8009/\n");
    } else {
      REQUIRE(read->discoveries.size() == 1);
      const firmware::Discovery& discovery = read->discoveries.front();
      CHECK(discovery.traddr.to_string() + ' ' + std::to_string(discovery.trsvcid) == row.endpoint);
    }
  }
}

// A table may lack any part at its end, and any byte may be another: reading ends with a table or
// with a reason, and a table that was cut is none.
TEST_CASE("a table that is cut at any byte is not read") {
  TableBytes const whole = build_table(sample_table());
  for (std::size_t length = 0; length < whole.bytes.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(firmware::read_table(std::string_view(whole.bytes).substr(0, length)));
    // With a length and a sum that agree, whatever refers to the end is outside.
    if (length < 128)
      continue;
    TableBytes cut = whole;
    cut.bytes.resize(length);
    cut.put(4, length, 4);
    cut.set_checksum();
    CHECK_FALSE(firmware::read_table(cut.bytes));
    // With a heap that ends there, too, only what lies beyond is passed over.
    cut.put(40, length - std::min(length, cut.heap), 4);
    cut.set_checksum();
    if (auto const read = firmware::read_table(cut.bytes))
      CHECK((!read->problems.empty() || length + 1 == whole.bytes.size()));
  }
}

TEST_CASE("any byte may be any other") {
  TableBytes const whole = build_table(sample_table());
  for (std::size_t at = 10; at < whole.bytes.size(); ++at)
    for (unsigned const value : {0x00U, 0x01U, 0x7fU, 0x80U, 0xffU}) {
      TableBytes changed = whole;
      changed.put(at, value, 1);
      changed.set_checksum();
      if (auto const read = firmware::read_table(changed.bytes)) {
        CHECK(read->hfis.size() <= 2);
        CHECK(read->subsystems.size() <= 2);
      }
    }
}
