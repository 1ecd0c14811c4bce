#include "service/logged_decision.hpp"

#include "event/event_file.hpp"
#include "systemd/message_ids.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;
using service::Comparison;

namespace {

// Lines that are there, newest first.
class FakeReader final : public systemd::JournalReader {
public:
  explicit FakeReader(base::Result<std::vector<systemd::JournalEntry>> lines)
      : lines_(std::move(lines)) {}
  base::Result<std::vector<systemd::JournalEntry>> newest(std::span<const std::string_view> ids,
                                                          std::size_t limit) override {
    asked_for.assign(ids.begin(), ids.end());
    auto lines = lines_;
    if (lines)
      lines->resize(std::min(limit, lines->size()));
    return lines;
  }
  std::vector<std::string_view> asked_for;

private:
  base::Result<std::vector<systemd::JournalEntry>> lines_;
};

event::Event changed_log(const char* traddr) {
  return {.kind = base::EventKind::discovery_log_changed,
          .endpoint = {.traddr = base::Traddr::parse_any(traddr),
                       .trsvcid = 8009,
                       .host_iface = "ens1f0"},
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .udev = {{"NVME_CTRL_NAME", "nvme0"}},
          .device = "nvme0"};
}

systemd::JournalEntry line(const event::Event& event, const char* outcome) {
  return {.time = std::chrono::system_clock::time_point(std::chrono::seconds(1700000000)),
          .fields = {{service::event_file_field, service::event_field_text(event)},
                     {"NVMF_OUTCOME", outcome},
                     {"NVMF_RULE", "storage"}}};
}

using Lines = std::vector<systemd::JournalEntry>;

} // namespace

TEST_CASE("logged decisions: the events come back as they were") {
  const event::Event first = changed_log("192.0.2.5");
  const event::Event second = changed_log("fd20::1");
  FakeReader journal(Lines{line(second, "discover"), line(first, "keep")});
  const auto both = service::logged_decisions(journal, 5);
  REQUIRE(both);
  REQUIRE(both->size() == 2);
  CHECK(both->front().event == second);
  CHECK(both->back().event == first);
  CHECK(both->back().outcome == "keep");
  CHECK(both->back().by == "storage");
  CHECK(service::time_text(both->front()) == "2023-11-14T22:13:20Z");
  CHECK(journal.asked_for == std::vector<std::string_view>{systemd::message::event_planned,
                                                           systemd::message::event_undecided,
                                                           systemd::message::controller_removed});
  CHECK(service::logged_decisions(journal, 1)->size() == 1);
}

TEST_CASE("logged decisions: a line that cannot be read back is passed over") {
  Lines lines{line(changed_log("192.0.2.5"), "discover"), line(changed_log("192.0.2.6"), "keep")};
  lines[0].fields[service::event_file_field] = "event: [\x1b";
  FakeReader one_left(lines);
  CHECK(service::logged_decisions(one_left, 5)->size() == 1);
  lines.pop_back();
  FakeReader none_left(lines);
  CHECK(service::logged_decisions(none_left, 5).error().message ==
        "no event can be read back from the journal");
}

TEST_CASE("logged decisions: a path that was disconnected by hand is named, too") {
  event::Event lost = changed_log("192.0.2.5");
  lost.kind = base::EventKind::controller_lost;
  Lines lines{line(lost, "")};
  lines[0].fields["MESSAGE_ID"] = systemd::message::controller_removed;
  FakeReader journal(lines);
  const auto removed = service::logged_decisions(journal, 1);
  REQUIRE(removed);
  CHECK(removed->front().removed_by_hand);
  CHECK(service::then_text({}, removed->front(), {}) ==
        "then: disconnected by hand, and kept away until the policy changes, the host boots or "
        "`nvmf-policy resume`\n");
}

TEST_CASE("logged decisions: why there are none") {
  FakeReader empty(Lines{});
  CHECK(service::logged_decisions(empty, 1).error().message ==
        "the journal of this boot has no decision");
  FakeReader closed(base::failure("the journal may not be read"));
  CHECK(service::logged_decisions(closed, 1).error().message == "the journal may not be read");
}

TEST_CASE("event field: a large event goes without udev's properties") {
  event::Event event = changed_log("192.0.2.5");
  event.udev["LONG"] = std::string(5000, 'x');
  const std::string text = service::event_field_text(event);
  CHECK(text.size() < 4096);
  CHECK(text.find("192.0.2.5") != std::string::npos);
  CHECK(text.find("NVME_CTRL_NAME") == std::string::npos);
  event.sources.assign(100, std::string(100, 's'));
  CHECK(service::event_field_text(event).empty());
}

TEST_CASE("compared: the decision of then and the decision of now") {
  policy::Policy policy;
  policy::Rule storage;
  storage.name = storage.full_name = "storage";
  struct Row {
    const char* outcome;
    const char* reason;
    const char* by;
    decide::Decision now;
    Comparison result;
  };
  const decide::Decision discover{.outcome = Outcome::discover, .rule = &storage};
  const decide::Decision nothing{.outcome = Outcome::ignored, .reason = Reason::no_rule_matched};
  const Row rows[] = {
      {"discover", "", "storage", discover, Comparison::same},
      {"keep", "", "storage", discover, Comparison::same},
      {"refused", "source-missing", "storage", discover, Comparison::same},
      {"connect", "", "storage", discover, Comparison::another},
      {"discover", "", "other", discover, Comparison::another},
      {"keep", "", "storage", nothing, Comparison::another},
      {"ignored", "no-rule-matched", "", nothing, Comparison::same},
      {"ignored", "no-rule-matched", "", discover, Comparison::another},
      {"denied", "denied", "guard", discover, Comparison::another},
      {"ignored", "excluded-by-list", "storage", discover, Comparison::not_comparable},
      {"", "", "", discover, Comparison::not_comparable},
  };
  for (const Row& row : rows) {
    CAPTURE(row.outcome);
    CAPTURE(row.reason);
    CAPTURE(row.by);
    const service::LoggedDecision then{.outcome = row.outcome, .reason = row.reason, .by = row.by};
    CHECK(service::compared(policy, then, row.now) == row.result);
    const bool said =
        service::then_text(policy, then, row.now).find("otherwise") != std::string::npos;
    CHECK(said == (row.result == Comparison::another));
  }
}
