#include "execute/state.hpp"

#include "execute/items_json.hpp"
#include "execute/json_fields.hpp"
#include "execute/records_json.hpp"
#include "execute/tid_json.hpp"
#include "host/run_paths.hpp"
#include "plan/json.hpp"
#include "plan/json_object.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <new>
#include <nlohmann/json.hpp>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;
constexpr int format_version = 1;
// A log of 4096 entries, each with a plan item of some two kilobytes.
constexpr std::size_t state_limit = std::size_t{64} * 1024 * 1024;

template <class Value>
struct Word {
  Value value;
  std::string_view text;
};
constexpr std::array<Word<PathState>, all_path_states.size()> state_words{
    {{PathState::pending, "pending"},
     {PathState::probing, "probing"},
     {PathState::connecting, "connecting"},
     {PathState::live, "live"},
     {PathState::waiting, "waiting"},
     {PathState::given_up, "given-up"}}};
constexpr std::array<Word<Phase>, 4> phase_words{{{Phase::running, "running"},
                                                  {Phase::done, "done"},
                                                  {Phase::cancelled, "cancelled"},
                                                  {Phase::failed, "failed"}}};

template <class Table, class Value>
std::string_view text_of(const Table& table, Value value) {
  for (const auto& word : table)
    if (word.value == value)
      return word.text;
  return {};
}

template <class Table>
auto value_of(const Table& table, std::string_view text)
    -> std::optional<decltype(table[0].value)> {
  for (const auto& word : table)
    if (word.text == text)
      return word.value;
  return std::nullopt;
}

std::string_view lane_word(fabrics::RetryLane lane) {
  switch (lane) {
  case fabrics::RetryLane::none:
    return "none";
  case fabrics::RetryLane::soon:
    return "soon";
  case fabrics::RetryLane::fast:
    return "fast";
  case fabrics::RetryLane::slow:
    return "slow";
  case fabrics::RetryLane::source:
    return "source";
  case fabrics::RetryLane::event:
    return "event";
  case fabrics::RetryLane::secret:
    return "secret";
  case fabrics::RetryLane::never:
    return "never";
  }
  return {};
}

constexpr std::string_view discovery_word = "discovery-controller";
std::string_view subject_word(base::Subject subject) {
  return subject == base::Subject::discovery_controller ? discovery_word : "io-subsystem";
}

// Puts a time twice: for people, and for the next executor.
class Times {
public:
  explicit Times(const base::Clock& clock) : boot_(clock.since_boot()), wall_(clock.now()) {}

  std::string wall(BootTime time) const {
    auto const at = wall_ + (time - boot_);
    return fmt::format("{:%FT%TZ}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(
                           std::chrono::time_point_cast<std::chrono::system_clock::duration>(at))));
  }
  std::string updated() const { return wall(boot_); }

  void put(Json& json, const std::string& name, const std::optional<BootTime>& time) const {
    json[name] = time ? Json(wall(*time)) : Json(nullptr);
    json[name + "_boot_ms"] = time ? Json(time->count()) : Json(nullptr);
  }

private:
  BootTime boot_;
  std::chrono::system_clock::time_point wall_;
};

Json to_json(const LogRecord& log, const Times& times) {
  Json json = plan::object_with_room(9);
  json["tid"] = plan::tid_value(log.tid);
  json["device"] = log.device;
  json["incarnation"] = log.incarnation;
  json["genctr"] = log.log.genctr;
  json["entries"] = log.log.entries.size();
  json["truncated"] = log.log.truncated;
  times.put(json, "read", log.read);
  json["records"] = records_to_json(log.log.entries);
  return json;
}

Json to_json(const PathRecord& path, const Times& times) {
  Json json = plan::object_with_room(17);
  json["item"] = path.item ? Json(*path.item) : Json();
  json["subject"] = subject_word(path.subject);
  json["tid"] = plan::tid_value(path.tid);
  json["rule"] = path.rule;
  json["expect_paths"] = path.expect_paths ? Json(*path.expect_paths) : Json();
  json["state"] = to_string(path.state);
  json["device"] = path.device.empty() ? Json() : Json(path.device);
  json["incarnation"] = path.incarnation;
  json["tries"] = path.tries;
  times.put(json, "first_try", path.first_try);
  times.put(json, "next_try", path.next_try);
  json["error_class"] = path.error_class ? Json(to_string(*path.error_class)) : Json();
  json["lane"] = path.error_class
                     ? Json(lane_word(fabrics::lane_of(*path.error_class, path.slow_lane)))
                     : Json();
  json["reason"] = path.reason;
  if (path.was_unavailable)
    json["was_unavailable"] = true;
  return json;
}

// A log's text may contain bytes that are not UTF-8; such an entry is unusable before and after.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(const plan::Plan& plan) { return text_of(plan::request_value(plan)); }

std::string text_of(const State& state, const std::string& plan, const base::Clock& clock) {
  Times const times(clock);
  Json json = plan::object_with_room(8);
  json["format_version"] = format_version;
  json["id"] = state.id;
  json["phase"] = to_string(state.phase);
  json["why"] = state.why;
  json["updated"] = times.updated();
  if (state.follows_network)
    json["follows_network"] = true;
  json["logs"] = Json::array();
  for (const LogRecord& log : state.logs)
    json["logs"].push_back(to_json(log, times));
  json["paths"] = Json::array();
  for (const PathRecord& path : state.paths)
    json["paths"].push_back(to_json(path, times));
  std::string text = text_of(json);
  text.pop_back(); // its brace
  return text + ",\"plan\":" + plan + "}\n";
}

std::optional<BootTime> time_of(JsonFields& fields, const char* key) {
  auto const time = fields.optional<std::int64_t>(key);
  return time ? std::optional(BootTime(*time)) : std::nullopt;
}

base::Result<PathRecord> path_from(const Json& json) {
  JsonFields fields(json);
  auto const error_class = fabrics::parse_error_class(fields.text_or_empty("error_class"));
  bool const is_slow = fields.text_or_empty("lane") == lane_word(fabrics::RetryLane::slow);
  return fields.result(
      PathRecord{.item = fields.optional<std::size_t>("item"),
                 .subject = fields.required<std::string>("subject") == discovery_word
                                ? base::Subject::discovery_controller
                                : base::Subject::io_subsystem,
                 .tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
                 .rule = fields.text_or_empty("rule"),
                 .expect_paths = fields.optional<std::uint32_t>("expect_paths"),
                 .state = fields.known("state", parse_path_state(fields.text_or_empty("state"))),
                 .device = fields.text_or_empty("device"),
                 .incarnation = fields.optional<std::uint64_t>("incarnation").value_or(0),
                 .tries = fields.required<std::uint32_t>("tries"),
                 .first_try = time_of(fields, "first_try_boot_ms"),
                 .next_try = time_of(fields, "next_try_boot_ms"),
                 .error_class = error_class,
                 .slow_lane = is_slow && error_class &&
                              fabrics::lane_of(*error_class) == fabrics::RetryLane::fast,
                 .was_unavailable = fields.optional<bool>("was_unavailable").value_or(false),
                 .reason = fields.text_or_empty("reason")});
}

base::Result<LogRecord> log_from(const Json& json) {
  JsonFields fields(json);
  LogRecord record{.tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
                   .device = fields.text_or_empty("device"),
                   .incarnation = fields.optional<std::uint64_t>("incarnation").value_or(0),
                   .read = time_of(fields, "read_boot_ms").value_or(BootTime{})};
  record.log.genctr = fields.required<std::uint64_t>("genctr");
  record.log.truncated = fields.required<bool>("truncated");
  record.log.entries = fields.taken("records", records_from_json(fields.at("records")));
  record.log.numrec = record.log.entries.size();
  return fields.result(std::move(record));
}

base::Result<State> state_of(const Json& json, Items items) {
  JsonFields fields(json);
  if (fields.required<std::int64_t>("format_version") != format_version)
    return base::failure("written by another version", EINVAL);
  const Json& plan = fields.at("plan");
  State state{.id = fields.required<std::string>("id"),
              .phase = fields.known("phase", parse_phase(fields.text_or_empty("phase"))),
              .why = fields.text_or_empty("why"),
              .plan = fields.taken("plan", plan::from_request(plan.dump()))};
  if (items == Items::told)
    state.plan.items = fields.taken(
        "plan", items_from_json(JsonFields(plan).at("items"), state.plan.event.subject));
  state.logs = fields.taken("logs", each_of<LogRecord>(fields.at("logs"), log_from));
  state.paths = fields.taken("paths", each_of<PathRecord>(fields.at("paths"), path_from));
  state.follows_network = fields.optional<bool>("follows_network").value_or(false);
  return fields.result(std::move(state));
}

} // namespace

std::string_view to_string(PathState state) { return text_of(state_words, state); }
std::optional<PathState> parse_path_state(std::string_view text) {
  return value_of(state_words, text);
}
std::string_view to_string(Phase phase) { return text_of(phase_words, phase); }
std::optional<Phase> parse_phase(std::string_view text) { return value_of(phase_words, text); }

base::Result<State> state_from_json(std::string_view text, Items items) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("not a JSON object", EINVAL);
  return state_of(json, items);
}

namespace {

// nullopt: there is none, or `word` is not in its text.
base::Result<std::optional<State>> state_with(const base::FileSystem& files, const std::string& id,
                                              const std::string& word, Items items) {
  auto const text = files.read(host::state_path(id), state_limit);
  if (!text && text.error().code == ENOENT)
    return std::optional<State>();
  if (!text)
    return tl::unexpected(text.error());
  if (text->find(word) == std::string::npos)
    return std::optional<State>();
  auto state = state_from_json(*text, items);
  if (!state)
    return base::with_context(host::state_path(id), state.error());
  return std::optional(std::move(*state));
}

} // namespace

base::Result<std::optional<State>> read_state(const base::FileSystem& files, const std::string& id,
                                              Items items) {
  return state_with(files, id, {}, items);
}

base::Result<std::optional<State>>
read_state_naming(const base::FileSystem& files, const std::string& id, const std::string& device) {
  return state_with(files, id, '"' + device + '"', Items::left_out);
}

base::Result<void> write_state(base::FileSystem& files, const State& state,
                               const base::Clock& clock) {
  return StateWriter(files, clock).write(state);
}

base::Result<void> StateWriter::write(const State& state) {
  if (!last_ || last_->plan != state.plan)
    last_ = Written{.plan = state.plan, .text = text_of(state.plan)};
  return files_.write_atomically(host::state_path(state.id), text_of(state, last_->text, clock_),
                                 0600);
}

bool is_open(const State& state) {
  if (state.phase != Phase::done)
    return state.phase == Phase::running;
  return state.follows_network ||
         std::any_of(state.logs.begin(), state.logs.end(),
                     [](const LogRecord& log) { return log.device.empty(); });
}

PathCount count_paths(const State& state) {
  PathCount count;
  for (const PathRecord& path : state.paths) {
    if (path.subject != base::Subject::io_subsystem)
      continue;
    ++count.all;
    count.live += path.state == PathState::live ? 1 : 0;
  }
  return count;
}

std::string summary_line(const State& state, BootTime now) {
  PathCount const count = count_paths(state);
  std::string line = fmt::format("paths {} of {}", count.live, count.all);
  std::optional<BootTime> next;
  for (const PathRecord& path : state.paths)
    if (path.next_try && (!next || *path.next_try < *next))
      next = path.next_try;
  if (next) {
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(*next - now);
    line += fmt::format(", next try in {}",
                        base::format_duration(std::max(seconds, std::chrono::seconds(0))));
  }
  if (!state.logs.empty())
    line += fmt::format("; log of {} read, {} entries", state.logs.front().device,
                        state.logs.front().log.entries.size());
  if (state.phase != Phase::running)
    line += fmt::format("; {}", to_string(state.phase));
  return line;
}

} // namespace nvmf::execute
