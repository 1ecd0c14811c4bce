#include "cli/recorder.hpp"

#include "event/event_file.hpp"

#include <deque>
#include <doctest/doctest.h>

using namespace nvmf;
using namespace std::chrono_literals;

namespace {

const event::Properties aen{
    {"ACTION", "change"},     {"SUBSYSTEM", "nvme"},        {"DEVNAME", "/dev/nvme0"},
    {"NVME_AEN", "0x70f002"}, {"NVME_TRTYPE", "tcp"},       {"NVME_TRADDR", "10.20.1.10"},
    {"NVME_TRSVCID", "8009"}, {"NVME_HOST_TRADDR", "none"}, {"NVME_HOST_IFACE", "none"}};

event::Properties with(std::initializer_list<std::pair<const std::string, std::string>> changes) {
  event::Properties properties = aen;
  for (const auto& [name, value] : changes)
    properties.insert_or_assign(name, value);
  return properties;
}

class FakeClock final : public base::Clock {
public:
  base::Duration since_boot() const override { return now_; }
  std::chrono::system_clock::time_point now() const override { return {}; }
  void pass(base::Duration time) { now_ += time; }

private:
  base::Duration now_{0};
};

// One event a second, then silence.
class FakeSource final : public event::UeventSource {
public:
  FakeSource(FakeClock& clock, std::deque<event::Properties> events)
      : clock_(clock), events_(std::move(events)) {}

  base::Result<std::optional<event::Properties>> next(base::Duration wait) override {
    if (events_.empty() || wait < 1s) {
      if (wait == base::infinite_duration)
        return base::failure("the source is dry");
      clock_.pass(wait);
      return std::nullopt;
    }
    clock_.pass(1s);
    auto properties = events_.front();
    events_.pop_front();
    return properties;
  }

private:
  FakeClock& clock_;
  std::deque<event::Properties> events_;
};

} // namespace

TEST_CASE("recorded: what the program would act on, under a name of its own") {
  struct Row {
    std::string name;
    event::Properties properties;
    std::string expected; // empty: not recorded
  };
  const Row rows[] = {
      {"a changed log", aen, "discovery-log-changed-nvme0"},
      {"another AEN", with({{"NVME_AEN", "0x000002"}}), ""},
      {"a controller is gone", with({{"ACTION", "remove"}}), "controller-gone-nvme0"},
      {"a field is missing", with({{"NVME_TRADDR", ""}}), "malformed-nvme0"},
      {"a device name that is none", with({{"DEVNAME", "/dev/nvme0/../x"}}), "malformed"},
      {"a port announces its discovery controller",
       {{"ACTION", "change"},
        {"SUBSYSTEM", "fc"},
        {"FC_EVENT", "nvmediscovery"},
        {"NVMEFC_HOST_TRADDR", "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"},
        {"NVMEFC_TRADDR", "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45"}},
       "fc-discovery"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto event = cli::recorded(row.properties);
    CHECK((event ? event->name : "") == row.expected);
  }
}

TEST_CASE("recorded: the text is an event file of the same event") {
  const auto event = cli::recorded(with({{"X", "line\nbreak"}}));
  REQUIRE(event);
  CHECK(event->text.find("break") == std::string::npos);
  diag::Sink sink;
  const auto file = event::parse_event_file(
      std::make_shared<const diag::Source>(diag::Source{"recorded", event->text}), sink);
  REQUIRE(file);
  CHECK(file->reading == event::from_udev(aen));
}

TEST_CASE("record_events: ends with the count, with the time, or with the source") {
  struct Row {
    std::string name;
    cli::RecordLimits limits;
    std::size_t expected;
  };
  const Row rows[] = {
      {"count", {.count = 2}, 2},
      {"time", {.timeout = 2s}, 1}, // the second second brought an event that triggers nothing
      {"count before time", {.count = 1, .timeout = 1h}, 1},
      {"time before count", {.count = 9, .timeout = 1h}, 2},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    FakeClock clock;
    FakeSource source(clock, {aen, with({{"ACTION", "add"}}), aen});
    std::size_t kept = 0;
    const auto count =
        cli::record_events(source, row.limits, clock, [&](const cli::RecordedEvent&) {
          ++kept;
          return base::Result<void>();
        });
    REQUIRE(count);
    CHECK(*count == row.expected);
    CHECK(kept == row.expected);
  }
  FakeClock clock;
  FakeSource source(clock, {aen});
  const auto failed = cli::record_events(source, {}, clock, [](const cli::RecordedEvent&) {
    return base::Result<void>(base::failure("the disk is full"));
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "the disk is full");
}
