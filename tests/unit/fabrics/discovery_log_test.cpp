#include "fabrics/discovery_log.hpp"

#include "fabrics/fake_port.hpp"

#include <doctest/doctest.h>
#include <limits>

using namespace nvmf;
using fabrics::LogPageRequest;
using test::FakeAdminDevice;
using test::FakeController;
using test::LogPage;
using test::subsystem_entry;

namespace {

std::shared_ptr<FakeController> controller_with(std::size_t entries) {
  auto controller = std::make_shared<FakeController>();
  for (std::size_t i = 0; i < entries; ++i)
    controller->page.add(subsystem_entry("192.0.2.1", "nqn.x:" + std::to_string(i)));
  return controller;
}

base::Result<event::DiscoveryLog> read(const std::shared_ptr<FakeController>& controller,
                                       fabrics::LogReadRequest request = {}) {
  FakeAdminDevice device(controller);
  return fabrics::read_discovery_log(device, request);
}

bool ends_with_the_event_cleared(const FakeController& controller) {
  return !controller.requests.empty() &&
         controller.requests.back().event == LogPageRequest::AsyncEvent::clear;
}

} // namespace

TEST_CASE("an entry of the wire keeps every field") {
  event::LogEntry const entry{.trtype = 3,
                              .adrfam = 2,
                              .subtype = event::EntrySubtype::referral,
                              .secure_channel = base::SecureChannel::required,
                              .may_disable_sqflow = true,
                              .portid = 0x1234,
                              .cntlid = 0xffff,
                              .asqsz = 0x0180,
                              .eflags = 5,
                              .trsvcid = "8009",
                              .subnqn = "nqn.2014-08.org.nvmexpress.discovery",
                              .traddr = "2001:db8::1",
                              .sectype = 2};
  LogPage page(0x0102030405060708);
  page.add(entry);
  auto const log = fabrics::parse_discovery_page(page.bytes());
  REQUIRE(log);
  CHECK(log->genctr == 0x0102030405060708);
  CHECK(log->numrec == 1);
  REQUIRE(log->entries.size() == 1);
  CHECK(log->entries.front() == entry);
  CHECK_FALSE(log->truncated);
}

TEST_CASE("texts are trimmed of padding and nothing else") {
  struct Row {
    std::string raw;
    std::string expected;
  };
  for (const Row& row :
       {Row{"4420   ", "4420"}, Row{std::string("4420\0\0", 6), "4420"}, Row{"  4420 ", "4420"},
        Row{std::string("44\0 20", 6), std::string("44\0 20", 6)}, Row{"a,nqn=b\nc", "a,nqn=b\nc"},
        Row{"", ""}}) {
    CAPTURE(row.raw);
    LogPage page;
    page.add(subsystem_entry("192.0.2.1", "nqn.x", row.raw));
    CHECK(fabrics::parse_discovery_page(page.bytes())->entries.front().trsvcid == row.expected);
  }
}

TEST_CASE("a page that claims more than it holds is truncated") {
  struct Row {
    const char* name;
    std::uint64_t claimed;
    std::size_t missing_bytes;
    std::size_t entries;
    bool truncated;
  };
  for (const Row& row :
       {Row{"honest", 3, 0, 3, false}, Row{"one more", 4, 0, 3, true},
        Row{"all there is", std::numeric_limits<std::uint64_t>::max(), 0, 3, true},
        Row{"cut in an entry", 3, 1, 2, true}, Row{"none claimed", 0, 0, 0, false}}) {
    CAPTURE(row.name);
    LogPage page;
    for (int i = 0; i < 3; ++i)
      page.add(subsystem_entry("192.0.2.1", "nqn.x"));
    page.claim(row.claimed);
    std::string const bytes = page.bytes().substr(0, page.bytes().size() - row.missing_bytes);
    auto const log = fabrics::parse_discovery_page(bytes);
    REQUIRE(log);
    CHECK(log->entries.size() == row.entries);
    CHECK(log->truncated == row.truncated);
  }
  CHECK(fabrics::parse_discovery_page(std::string(1023, '\0')).error().message ==
        "a discovery log begins with a header of 1024 bytes, got 1023");
}

TEST_CASE("records of another form are not read as entries") {
  LogPage page;
  page.add(subsystem_entry("192.0.2.1", "nqn.x"));
  for (std::size_t const high : {0U, 1U}) {
    std::string bytes = page.bytes();
    bytes[16 + high] = 1;
    auto const log = fabrics::parse_discovery_page(bytes);
    REQUIRE_FALSE(log);
    CHECK(log.error().message == (high == 0U
                                      ? "the log's record format 1 is unknown; known is 0"
                                      : "the log's record format 256 is unknown; known is 0"));
  }
  auto const controller = controller_with(1);
  controller->page.raw()[16] = 1;
  CHECK_FALSE(read(controller));
  CHECK(ends_with_the_event_cleared(*controller));
}

TEST_CASE("the text that nvme-cli prints without an option is not taken for a log") {
  // As nvme-cli 2.x prints it; 1.x has no blank line before it.
  std::string const text = "\nDiscovery Log Number of Records 1, Generation counter 4\n"
                           "=====Discovery Log Entry 0======\ntrtype:  tcp\n";
  for (std::string const& each : {text, text.substr(1), text + std::string(2048, ' ')}) {
    auto const log = fabrics::parse_discovery_page(each);
    REQUIRE_FALSE(log);
    CHECK(log.error().message ==
          "this is the text of `nvme discover`: save the log with `nvme discover -o json`");
  }
}

TEST_CASE("unknown numbers of the wire stay what they are") {
  LogPage page;
  page.add({.trtype = 77, .adrfam = 9});
  page.raw()[fabrics::log_header_size + 2] = 9;
  page.raw()[fabrics::log_header_size + 3] = 3;
  auto const log = fabrics::parse_discovery_page(page.bytes());
  CHECK(log->entries.front().subtype == event::EntrySubtype::unknown);
  CHECK(log->entries.front().secure_channel == base::SecureChannel::unspecified);
  CHECK(log->entries.front().trtype == 77);
}

TEST_CASE("a log is read in commands of four entries") {
  struct Row {
    std::size_t entries;
    std::vector<std::uint32_t> lengths;
  };
  for (const Row& row :
       {Row{0, {1024, 1024}}, Row{1, {1024, 1024, 1024}}, Row{4, {1024, 4096, 1024}},
        Row{5, {1024, 4096, 1024, 1024}}, Row{9, {1024, 4096, 4096, 1024, 1024}}}) {
    CAPTURE(row.entries);
    auto const controller = controller_with(row.entries);
    auto const log = read(controller);
    REQUIRE(log);
    CHECK(log->entries.size() == row.entries);
    std::vector<std::uint32_t> lengths;
    for (const LogPageRequest& request : controller->requests) {
      CHECK(request.log_id == 0x70);
      lengths.push_back(request.length);
    }
    CHECK(lengths == row.lengths);
    CHECK(ends_with_the_event_cleared(*controller));
  }
}

TEST_CASE("the event is cleared with the last entries and not before") {
  auto const controller = controller_with(9);
  REQUIRE(read(controller));
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(controller->requests[i].event == LogPageRequest::AsyncEvent::retain);
  CHECK(controller->requests[3].event == LogPageRequest::AsyncEvent::clear);
}

TEST_CASE("a dry run consumes no event") {
  auto const controller = controller_with(5);
  REQUIRE(read(controller, {.event = LogPageRequest::AsyncEvent::retain}));
  for (const LogPageRequest& request : controller->requests)
    CHECK(request.event == LogPageRequest::AsyncEvent::retain);
}

TEST_CASE("every way out of a reading clears the event") {
  struct Row {
    const char* name;
    std::size_t entries;
    std::uint64_t claimed;
    std::uint32_t most;
    std::size_t read;
    bool truncated;
  };
  for (const Row& row :
       {Row{"empty", 0, 0, 4096, 0, false}, Row{"capped", 9, 9, 6, 6, true},
        Row{"claims everything", 2, std::numeric_limits<std::uint64_t>::max(), 8, 8, true}}) {
    CAPTURE(row.name);
    auto const controller = controller_with(row.entries);
    controller->page.claim(row.claimed);
    auto const log = read(controller, {.max_entries = row.most});
    REQUIRE(log);
    CHECK(log->entries.size() == row.read);
    CHECK(log->truncated == row.truncated);
    CHECK(ends_with_the_event_cleared(*controller));
  }
}

TEST_CASE("a log that changes while it is read is read again") {
  auto const controller = controller_with(1);
  int changes = 3;
  controller->before = [&](FakeController& self, const LogPageRequest& request) {
    if (request.offset != 0 && changes-- > 0)
      self.page.set_genctr(static_cast<std::uint64_t>(100 - changes));
    return base::Result<void>();
  };
  auto const log = read(controller);
  REQUIRE(log);
  CHECK(log->genctr == 100);
  CHECK(controller->requests.size() == 4 * 3);
}

TEST_CASE("a log that changes during every read is unstable after ten restarts") {
  auto const controller = controller_with(1);
  std::uint64_t genctr = 1;
  controller->before = [&](FakeController& self, const LogPageRequest&) {
    self.page.set_genctr(++genctr);
    return base::Result<void>();
  };
  auto const log = read(controller);
  REQUIRE_FALSE(log);
  CHECK(log.error().code == fabrics::log_unstable_code);
  CHECK(log.error().message == "the log changed during each of 11 readings");
  CHECK(ends_with_the_event_cleared(*controller));
}

TEST_CASE("a command that fails ends the reading, with the event cleared") {
  auto const controller = controller_with(5);
  controller->before = [&](FakeController&, const LogPageRequest& request) -> base::Result<void> {
    if (request.offset == fabrics::log_header_size)
      return base::failure("get log page: NVMe status 0x2002", EIO);
    return {};
  };
  auto const log = read(controller);
  REQUIRE_FALSE(log);
  CHECK(log.error().message == "get log page: NVMe status 0x2002");
  CHECK(ends_with_the_event_cleared(*controller));
}

TEST_CASE("a controller that answers slowly does not keep its reader for ever") {
  struct SlowClock final : base::Clock {
    mutable base::Duration time{0};
    base::Duration since_boot() const override { return time += std::chrono::seconds(10); }
    std::chrono::system_clock::time_point now() const override { return {}; }
  };
  SlowClock const clock;
  auto const controller = controller_with(1);
  controller->page.claim(std::numeric_limits<std::uint64_t>::max());
  auto const log = read(controller, {.clock = &clock});
  REQUIRE_FALSE(log);
  CHECK(log.error().message == "not read to its end in 2m");
  CHECK(controller->requests.size() == 14);
  CHECK(ends_with_the_event_cleared(*controller));
}
