#include "execute/hands_messages.hpp"

#include "execute/item_json.hpp"
#include "execute/json_fields.hpp"
#include "execute/records_json.hpp"
#include "execute/tid_json.hpp"
#include "plan/json.hpp"
#include "plan/json_object.hpp"

#include <cerrno>
#include <optional>
#include <set>
#include <utility>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

// Looks whether the bytes are CBOR in which nothing is deeper than any message, or longer than its
// bytes: the reader of the library calls itself for each level, and throws for such a length.
class Guard final : public nlohmann::json_sax<Json> {
public:
  explicit Guard(std::size_t bytes) : bytes_(bytes) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return false; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t elements) override { return enter(elements); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t elements) override { return enter(elements); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

private:
  bool enter(std::size_t elements) {
    constexpr std::size_t most_levels = 16;
    return elements <= bytes_ && ++level_ <= most_levels;
  }
  bool leave() {
    --level_;
    return true;
  }

  std::size_t bytes_;
  std::size_t level_ = 0;
};

std::optional<Json> value_of(std::string_view bytes) {
  Guard guard(bytes.size());
  if (!Json::sax_parse(bytes.begin(), bytes.end(), &guard, Json::input_format_t::cbor))
    return std::nullopt;
  Json json = Json::from_cbor(bytes.begin(), bytes.end(), true, false);
  return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
}

std::string bytes_of(const Json& json) {
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

// A number of the enumeration, of which `last` is the greatest.
template <class Enum>
Enum numbered(JsonFields& fields, const char* key, Enum last) {
  auto const number = fields.required<std::uint8_t>(key);
  if (number > static_cast<std::uint8_t>(last))
    fields.note(key);
  return number > static_cast<std::uint8_t>(last) ? Enum{} : static_cast<Enum>(number);
}

template <class Enum>
std::uint8_t number_of(Enum value) {
  return static_cast<std::uint8_t>(value);
}

// Requests. Each kind has a name, and its fields beside it.

struct RequestToJson {
  Json operator()(const WriteRequest& write) const {
    return {{"kind", "write"},
            {"id", write.id},
            {"item", item_to_json(write.item)},
            {"stay", number_of(write.stay)},
            {"probe", number_of(write.probe)},
            {"lane", number_of(write.lane)},
            {"policy-digest", write.policy_digest}};
  }
  Json operator()(const LogRequest& log) const {
    return {{"kind", "log"},
            {"item", item_to_json(log.item)},
            {"device", log.device},
            {"max-entries", log.max_entries},
            {"nqn", number_of(log.nqn)},
            {"id", log.id}};
  }
  Json operator()(const Disconnection& one) const {
    return {{"kind", "disconnect"},
            {"device", one.device},
            {"tid", plan::tid_value(one.tid)},
            {"incarnation", one.incarnation},
            {"id", one.id}};
  }
  Json operator()(const wish::Adopt& one) const {
    return {{"kind", "adopt"}, {"device", one.device}};
  }
  Json operator()(const wish::SettleLeftOvers&) const { return {{"kind", "settle"}}; }
  Json operator()(const wish::KernelOptions&) const { return {{"kind", "options"}}; }
  Json operator()(const wish::SignOfLife&) const { return {{"kind", "alive"}}; }
  Json operator()(const wish::Stop&) const { return {{"kind", "stop"}}; }
};

plan::Item item_of(JsonFields& fields) {
  return fields.taken("item", item_from_json(fields.at("item")));
}

WriteRequest write_of(JsonFields& fields) {
  using fabrics::FailedAttempt;
  return {.id = fields.required<std::string>("id"),
          .item = item_of(fields),
          .stay = numbered(fields, "stay", Stay::transient),
          .probe = numbered(fields, "probe", FailedAttempt::Probe::answered),
          .lane = numbered(fields, "lane", WriteRequest::Lane::suspect),
          .policy_digest = fields.required<std::string>("policy-digest")};
}

LogRequest log_of(JsonFields& fields) {
  return {.item = item_of(fields),
          .device = fields.required<std::string>("device"),
          .max_entries = fields.required<std::uint32_t>("max-entries"),
          .nqn = numbered(fields, "nqn", LogRequest::Nqn::unique_first),
          .id = fields.required<std::string>("id")};
}

Disconnection disconnection_of(JsonFields& fields) {
  return {.device = fields.required<std::string>("device"),
          .tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
          .incarnation = fields.required<std::uint64_t>("incarnation"),
          .id = fields.required<std::string>("id")};
}

HandsRequest::What request_of(JsonFields& fields) {
  std::string const kind = fields.required<std::string>("kind");
  if (kind == "write")
    return write_of(fields);
  if (kind == "log")
    return log_of(fields);
  if (kind == "disconnect")
    return disconnection_of(fields);
  if (kind == "adopt")
    return wish::Adopt{.device = fields.required<std::string>("device")};
  if (kind == "settle")
    return wish::SettleLeftOvers{};
  if (kind == "options")
    return wish::KernelOptions{};
  if (kind == "alive")
    return wish::SignOfLife{};
  if (kind != "stop")
    fields.note("kind");
  return wish::Stop{};
}

// Answers.

Json error_to_json(const base::Error& error) {
  return {{"message", error.message}, {"code", std::int64_t{error.code}}};
}

base::Result<base::Error> error_from(const Json& json) {
  JsonFields fields(json);
  return fields.result(
      base::Error{.message = fields.required<std::string>("message"),
                  .code = static_cast<int>(fields.required<std::int64_t>("code"))});
}

Json log_to_json(const event::DiscoveryLog& log) {
  return {{"genctr", log.genctr},
          {"numrec", log.numrec},
          {"truncated", log.truncated},
          {"records", records_to_json(log.entries)}};
}

base::Result<event::DiscoveryLog> discovery_log_from(const Json& json) {
  JsonFields fields(json);
  return fields.result(event::DiscoveryLog{
      .genctr = fields.required<std::uint64_t>("genctr"),
      .numrec = fields.required<std::uint64_t>("numrec"),
      .entries = fields.taken("records", records_from_json(fields.at("records"))),
      .truncated = fields.required<bool>("truncated")});
}

struct AnswerToJson {
  Json operator()(const WriteOutcome& write) const {
    return {{"kind", "write"},
            {"outcome", number_of(write.kind)},
            {"device", write.device},
            {"incarnation", write.incarnation},
            {"class", to_string(write.error_class)},
            {"reason", write.reason},
            {"took-ms", write.took.count()},
            {"wait-ms", write.wait.count()},
            {"secrets", write.secrets}};
  }
  Json operator()(const LogOutcome& log) const {
    return {{"kind", "log"},
            {"outcome", number_of(log.kind)},
            {"log", log_to_json(log.log)},
            {"own-nqn", log.own_nqn},
            {"error", error_to_json(log.error)}};
  }
  Json operator()(const base::Result<void>& done) const {
    return {{"kind", "done"}, {"error", done ? Json() : error_to_json(done.error())}};
  }
  Json operator()(const base::Result<decide::KernelOptions>& options) const {
    if (!options)
      return {{"kind", "options"}, {"error", error_to_json(options.error())}};
    return {{"kind", "options"},
            {"error", nullptr},
            {"names", options->names},
            {"doubtful", options->doubtful}};
  }
};

WriteOutcome write_outcome_of(JsonFields& fields) {
  return {.kind = numbered(fields, "outcome", WriteOutcome::Kind::kept_away),
          .device = fields.required<std::string>("device"),
          .incarnation = fields.required<std::uint64_t>("incarnation"),
          .error_class = fields.known(
              "class", fabrics::parse_error_class(fields.required<std::string>("class"))),
          .reason = fields.required<std::string>("reason"),
          .took = base::Duration(fields.required<std::int64_t>("took-ms")),
          .wait = base::Duration(fields.required<std::int64_t>("wait-ms")),
          .secrets = fields.required<std::string>("secrets")};
}

LogOutcome log_outcome_of(JsonFields& fields) {
  return {.kind = numbered(fields, "outcome", LogOutcome::Kind::failed),
          .log = fields.taken("log", discovery_log_from(fields.at("log"))),
          .own_nqn = fields.required<std::string>("own-nqn"),
          .error = fields.taken("error", error_from(fields.at("error")))};
}

base::Result<void> done_of(JsonFields& fields) {
  if (fields.at("error").is_null())
    return {};
  return tl::unexpected(fields.taken("error", error_from(fields.at("error"))));
}

base::Result<std::string> name_from(const Json& json) {
  if (!json.is_string())
    return base::failure("is not a text", EINVAL);
  return json.get<std::string>();
}

std::set<std::string> names_of(JsonFields& fields, const char* key) {
  auto const names = fields.taken(key, each_of<std::string>(fields.at(key), name_from));
  return {names.begin(), names.end()};
}

base::Result<decide::KernelOptions> options_of(JsonFields& fields) {
  if (auto const done = done_of(fields); !done)
    return tl::unexpected(done.error());
  decide::KernelOptions options(names_of(fields, "names"));
  options.doubtful = names_of(fields, "doubtful");
  return options;
}

HandsAnswer::What answer_of(JsonFields& fields) {
  std::string const kind = fields.required<std::string>("kind");
  if (kind == "write")
    return write_outcome_of(fields);
  if (kind == "log")
    return log_outcome_of(fields);
  if (kind == "options")
    return options_of(fields);
  if (kind != "done")
    fields.note("kind");
  return done_of(fields);
}

template <class Message, class Read>
base::Result<Message> message_from(std::string_view bytes, Read read) {
  auto const json = value_of(bytes);
  if (!json)
    return base::failure("is not a message", EINVAL);
  JsonFields fields(*json);
  return fields.result(
      Message{.number = fields.required<std::uint64_t>("number"), .what = read(fields)});
}

template <class Message, class ToJson>
std::string message_to_bytes(const Message& message, ToJson to_json) {
  Json json = std::visit(to_json, message.what);
  json["number"] = message.number;
  return bytes_of(json);
}

} // namespace

std::string to_bytes(const HandsRequest& request) {
  return message_to_bytes(request, RequestToJson{});
}
std::string to_bytes(const HandsAnswer& answer) { return message_to_bytes(answer, AnswerToJson{}); }

base::Result<HandsRequest> request_from_bytes(std::string_view bytes) {
  return message_from<HandsRequest>(bytes, request_of);
}
base::Result<HandsAnswer> answer_from_bytes(std::string_view bytes) {
  return message_from<HandsAnswer>(bytes, answer_of);
}

} // namespace nvmf::execute
