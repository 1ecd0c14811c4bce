// One row for each field of an event: it comes back from every form in which events are written.
#include "event/codec.hpp"

#include "event/event_arguments.hpp"
#include "event/event_file.hpp"
#include "plan/event_json.hpp"
#include "plan/json.hpp"

#include <doctest/doctest.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

using namespace nvmf;
using event::Event;

namespace {

Event entry() {
  return {.kind = base::EventKind::discovered,
          .subject = base::Subject::io_subsystem,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any("10.20.1.21"),
                       .trsvcid = 4420},
          .subsystem_nqn = "nqn.2014-08.com.example:vol1",
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"};
}

Event lost() {
  Event event = entry();
  event.kind = base::EventKind::controller_lost;
  return event;
}

Event news() {
  return {.kind = base::EventKind::discovery_log_changed,
          .endpoint = {.traddr = base::Traddr::parse_any("10.20.1.10"), .trsvcid = 8009},
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"};
}

Event unresolved(const char* name) {
  return {.endpoint = {.trsvcid = 8009},
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .host_name = name};
}

struct FieldRow {
  std::string field;
  std::string name;
  Event before;
  std::function<void(Event&)> change;
};

const std::vector<FieldRow>& field_rows() {
  static const std::vector<FieldRow> rows{
      {"event", "another kind", entry(),
       [](Event& e) { e.kind = base::EventKind::controller_lost; }},
      {"transport", "rdma", entry(),
       [](Event& e) { e.endpoint.transport = base::Transport::rdma; }},
      {"traddr", "IPv6 with a scope", entry(),
       [](Event& e) { e.endpoint.traddr = base::Traddr::parse_any("fe80::1%ens1f0"); }},
      {"trsvcid", "not the usual one", entry(), [](Event& e) { e.endpoint.trsvcid = 65535; }},
      {"host-traddr", "set", entry(),
       [](Event& e) { e.endpoint.host_traddr = base::Traddr::parse_any("10.20.1.77"); }},
      {"host-iface", "set", entry(), [](Event& e) { e.endpoint.host_iface = "ens1f0"; }},
      {"subsystem-nqn", "with quotes", entry(),
       [](Event& e) { e.subsystem_nqn = "nqn.x:a\"b'\\c"; }},
      {"subsystem-nqn", "set, which changes the subject",
       Event{.kind = base::EventKind::boot,
             .subject = base::Subject::io_subsystem,
             .endpoint = {.traddr = base::Traddr::parse_any("10.20.1.21"), .trsvcid = 4420},
             .subsystem_nqn = "nqn.x:a"},
       [](Event& e) { e.subsystem_nqn = "nqn.x:b"; }},
      {"discovery-nqn", "a unique one", entry(), [](Event& e) { e.discovery_nqn = "nqn.x:d"; }},
      {"host-nqn", "set", entry(), [](Event& e) { e.host_nqn = "nqn.x:h"; }},
      {"hostid", "set", entry(),
       [](Event& e) { e.hostid = "11111111-2222-4333-8444-555555555555"; }},
      {"identity", "set", entry(), [](Event& e) { e.identity = "tenant-b"; }},
      {"owner", "somebody", news(), [](Event& e) { e.owner = "stas"; }},
      {"owner", "nobody", news(), [](Event& e) { e.owner = ""; }},
      {"persistent", "it is to stay", news(), [](Event& e) { e.persistent = true; }},
      {"persistent", "it is transient", news(), [](Event& e) { e.persistent = false; }},
      {"host-name", "another", unresolved("array-a"),
       [](Event& e) { e.host_name = "array-b.example"; }},
      {"portid", "the first", entry(), [](Event& e) { e.portid = 0; }},
      {"portid", "the last", entry(), [](Event& e) { e.portid = 65535; }},
      {"secure-channel", "required", entry(),
       [](Event& e) { e.secure_channel = base::SecureChannel::required; }},
      {"secure-channel", "unspecified", entry(),
       [](Event& e) { e.secure_channel = base::SecureChannel::unspecified; }},
      {"source", "one", entry(), [](Event& e) { e.sources = {"dc-a"}; }},
      {"source", "two of a loss", lost(),
       [](Event& e) {
         e.sources = {"dc-a", "null"};
       }},
      {"device", "set", entry(), [](Event& e) { e.device = "nvme0"; }},
      {"target", "set", entry(), [](Event& e) { e.target = "dc-a"; }},
      {"target", "a number", entry(), [](Event& e) { e.target = "17"; }},
      {"udev", "two", entry(),
       [](Event& e) {
         e.udev = {{"ID_PATH", "pci-0000:00:1f.2"}, {"NVME_AEN", "0x70f002"}};
       }},
  };
  return rows;
}

Event changed(const FieldRow& row) {
  Event event = row.before;
  row.change(event);
  return event;
}

std::optional<Event> read_back(const diag::SourcePtr& source) {
  diag::Sink sink;
  auto const file = event::parse_event_file(source, sink);
  for (const diag::Finding& finding : sink.findings())
    MESSAGE(finding.message);
  return file ? std::optional(std::get<Event>(file->reading)) : std::nullopt;
}

std::optional<Event> through_yaml(const Event& event) {
  return read_back(std::make_shared<const diag::Source>(
      diag::Source{"event.yaml", event::to_event_file(event)}));
}

std::optional<Event> through_json_file(const Event& event) {
  return read_back(std::make_shared<const diag::Source>(diag::Source{
      "event.json", plan::event_value({.event = event}, plan::UnsetFields::shown).dump(2)}));
}

std::optional<Event> through_plan(const Event& event) {
  auto const plan = plan::from_request(
      plan::to_request({.id = "0123456789abcdef", .event = event, .policy = {}, .items = {}}));
  if (!plan)
    MESSAGE(plan.error().message);
  return plan ? std::optional(plan->event) : std::nullopt;
}

// As a shell would take it apart: none of the rows has a blank.
std::optional<Event> through_arguments(const Event& event) {
  std::vector<std::string> words{""};
  bool is_quoted = false;
  std::string const line = event::arguments_of(event);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\'')
      is_quoted = !is_quoted;
    else if (line[i] == ' ' && !is_quoted)
      words.emplace_back();
    else
      words.back() += line[i] == '\\' && !is_quoted ? line[++i] : line[i];
  }
  return read_back(event::event_text_of(words));
}

std::map<std::string, event::FieldValue> named(const Event& event) {
  std::map<std::string, event::FieldValue> values;
  for (const event::NamedValue& each : event::encode({.event = event}))
    values.emplace(each.field.name, each.value);
  return values;
}

} // namespace

TEST_CASE("each field of an event comes back from every form") {
  for (const FieldRow& row : field_rows()) {
    CAPTURE(row.field);
    CAPTURE(row.name);
    Event const event = changed(row);
    CHECK(through_yaml(event) == event);
    CHECK(through_json_file(event) == event);
    CHECK(through_plan(event) == event);
    CHECK(through_arguments(event) == event);
  }
}

TEST_CASE("a field says nothing but its own value") {
  for (const FieldRow& row : field_rows()) {
    CAPTURE(row.field);
    CAPTURE(row.name);
    auto before = named(row.before);
    auto after = named(changed(row));
    CHECK(before[row.field] != after[row.field]);
    before.erase(row.field);
    after.erase(row.field);
    CHECK(before == after);
  }
}

TEST_CASE("each field has a row") {
  std::set<std::string_view> with_row{"hostname"}; // below
  for (const FieldRow& row : field_rows())
    with_row.insert(row.field);
  for (const event::Field& field : event::fields()) {
    CAPTURE(field.name);
    CHECK(with_row.contains(field.name));
    CHECK_FALSE(field.about.empty());
  }
}

TEST_CASE("the host's name is beside the event") {
  auto const json =
      plan::event_value({.event = entry(), .hostname = "web-07"}, plan::UnsetFields::left_out);
  CHECK(json.at("hostname") == "web-07");
  diag::Sink sink;
  auto const file = event::parse_event_file(
      std::make_shared<const diag::Source>(diag::Source{"event.json", json.dump()}), sink);
  REQUIRE(file);
  CHECK(file->hostname == "web-07");
}

TEST_CASE("a plan keeps what an event file cannot hold, and names like `none`") {
  Event event = lost();
  event.udev = {{"CONTROL", "a\tb"}, {"UMLAUT", "\xc3\xa4"}, {"EMPTY", ""}};
  event.target = "none";
  event.sources = {"none"};
  CHECK(through_plan(event) == event);
  event.udev.clear();
  CHECK(through_yaml(event) == event);
}

TEST_CASE("fields that are not set are left out or shown") {
  Event const event{.kind = base::EventKind::discovered,
                    .subject = base::Subject::io_subsystem,
                    .endpoint = {.transport = base::Transport::loop},
                    .subsystem_nqn = "nqn.x:a"};
  CHECK(plan::event_value({.event = event}, plan::UnsetFields::left_out).dump() ==
        R"({"event":"discovered","transport":"loop","subsystem-nqn":"nqn.x:a"})");
  CHECK(plan::event_value({.event = event}, plan::UnsetFields::shown).dump() ==
        R"({"event":"discovered","transport":"loop","traddr":null,"trsvcid":null,)"
        R"("host-traddr":null,"host-iface":null,"subsystem-nqn":"nqn.x:a","discovery-nqn":null,)"
        R"("host-nqn":null,"hostid":null,"identity":null,"owner":null,"persistent":null,)"
        R"("hostname":null,"portid":null,"secure-channel":null,"source":[],"device":null,)"
        R"("target":null,"host-name":null,"udev":{}})");
}

TEST_CASE("an object that is not an event") {
  struct {
    const char* name;
    const char* text;
    const char* message;
  } const rows[] = {
      {"empty", "{}", "event: an event needs `event`"},
      {"the form of before", R"({"event": "boot", "subject": "io-subsystem", "transport": "loop"})",
       "event: unknown key `subject` in an event"},
      {"nested too deep",
       R"({"event": "boot", "transport": "loop", "udev": {"A": {"B": {"C": []}}}})",
       "event: `A` takes one value"},
      {"number where a text belongs", R"({"event": 7, "transport": "loop"})",
       "event: `event`: `7` is not one of boot, firmware, discovery-log-changed, "
       "discovery-reconnected, "
       "fc-discovery, discovered, referral, controller-lost"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const result = plan::event_from(nlohmann::ordered_json::parse(row.text));
    REQUIRE_FALSE(result);
    CHECK(result.error().message == row.message);
  }
  // As deep as a hostile file likes.
  std::string const deep = R"({"event": "boot", "transport": "loop", "source": )" +
                           std::string(100000, '[') + std::string(100000, ']') + "}";
  auto const result = plan::event_from(nlohmann::ordered_json::parse(deep));
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "event: `source` takes a list of texts");
}
