// JSON → the request part of a plan.
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "plan/id.hpp"
#include "plan/json.hpp"

#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace nvmf::plan {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_text = 4096;
constexpr std::size_t most_entries = 4096; // sources, udev properties, files

// Reads fields of an object and remembers the first that is wrong.
class Reader {
public:
  Reader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {}

  std::string text(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end())
      return {};
    if (!found->is_string() || found->get_ref<const std::string&>().size() > longest_text) {
      fail(key, "expected a text");
      return {};
    }
    return found->get<std::string>();
  }

  std::string required_text(const char* key) {
    std::string value = text(key);
    if (value.empty())
      fail(key, "is missing or empty");
    return value;
  }

  // A text that ends up in an option string.
  std::string option_text(const char* key) {
    std::string value = text(key);
    if (!base::is_option_text(value)) {
      fail(key, "contains a character that no option string may hold");
      value.clear();
    }
    return value;
  }

  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> values;
    auto const found = json_.find(key);
    if (found == json_.end())
      return values;
    if (!found->is_array() || found->size() > most_entries) {
      fail(key, "expected a list of texts");
      return values;
    }
    for (const Json& each : *found) {
      if (!each.is_string()) {
        fail(key, "expected a list of texts");
        return {};
      }
      values.push_back(each.get<std::string>());
    }
    return values;
  }

  std::optional<base::Traddr> address(const char* key, base::Transport transport) {
    std::string const value = text(key);
    if (value.empty())
      return std::nullopt;
    auto const parsed = base::Traddr::parse(transport, value);
    if (!parsed)
      fail(key, fmt::format("`{}` is no {} address", base::escaped(value), to_string(transport)));
    return parsed;
  }

  std::optional<std::uint16_t> service(const char* key) {
    std::string const value = text(key);
    if (value.empty())
      return std::nullopt;
    std::uint16_t number = 0;
    auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) {
      fail(key, fmt::format("`{}` is no service id", base::escaped(value)));
      return std::nullopt;
    }
    return number;
  }

  std::optional<std::uint16_t> number(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end())
      return std::nullopt;
    if (!found->is_number_unsigned() ||
        found->get<std::uint64_t>() > std::numeric_limits<std::uint16_t>::max()) {
      fail(key, "expected a number up to 65535");
      return std::nullopt;
    }
    return found->get<std::uint16_t>();
  }

  std::map<std::string, std::string> properties(const char* key) {
    std::map<std::string, std::string> values;
    auto const found = json_.find(key);
    if (found == json_.end())
      return values;
    if (!found->is_object() || found->size() > most_entries) {
      fail(key, "expected a map of texts");
      return values;
    }
    for (const auto& [name, value] : found->items()) {
      if (!value.is_string()) {
        fail(key, "expected a map of texts");
        return {};
      }
      values[name] = value.get<std::string>();
    }
    return values;
  }

  void fail(const char* key, std::string_view what) {
    if (!problem_)
      problem_ = fmt::format("{}{}: {}", where_, key, what);
  }
  const std::optional<std::string>& problem() const { return problem_; }

private:
  const Json& json_;
  std::string where_;
  std::optional<std::string> problem_;
};

void read_words(Reader& reader, event::Event& event) {
  if (auto const kind = base::parse_event_kind(reader.required_text("event")))
    event.kind = *kind;
  else
    reader.fail("event", "is no kind of event");
  std::string const subject = reader.required_text("subject");
  if (subject == "io-subsystem")
    event.subject = base::Subject::io_subsystem;
  else if (subject != "discovery-controller")
    reader.fail("subject", "expected `discovery-controller` or `io-subsystem`");
  if (auto const transport = base::parse_transport(reader.required_text("transport")))
    event.transport = *transport;
  else
    reader.fail("transport", "is no transport");
  std::string const treq = reader.text("secure-channel");
  event.secure_channel = base::parse_secure_channel(treq);
  if (!treq.empty() && !event.secure_channel)
    reader.fail("secure-channel", "expected `required`, `not-required` or `unspecified`");
}

void check_endpoint(Reader& reader, const event::Event& event) {
  if (!event.traddr && event.transport != base::Transport::loop)
    reader.fail("traddr", "is missing or empty");
  bool const is_io = event.subject == base::Subject::io_subsystem;
  if (is_io)
    if (auto const problem = base::unusable_nqn(event.subsystem_nqn))
      reader.fail("subsystem-nqn", *problem);
}

event::Event read_event(Reader& reader) {
  event::Event event;
  read_words(reader, event);
  event.traddr = reader.address("traddr", event.transport);
  event.trsvcid = reader.service("trsvcid");
  event.host_traddr = reader.address("host-traddr", event.transport);
  event.host_iface = reader.option_text("host-iface");
  event.subsystem_nqn = reader.option_text("subsystem-nqn");
  event.discovery_nqn = reader.option_text("discovery-nqn");
  event.host_nqn = reader.option_text("host-nqn");
  event.hostid = reader.option_text("hostid");
  event.portid = reader.number("portid");
  event.sources = reader.texts("sources");
  event.udev = reader.properties("udev");
  event.device = reader.text("device");
  event.target = reader.text("target");
  check_endpoint(reader, event);
  return event;
}

} // namespace

base::Result<Plan> from_request(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("is no JSON object");
  if (json.value("/format_version"_json_pointer, Json()) != 1)
    return base::failure("format_version: expected 1");
  auto const event = json.find("event");
  auto const policy = json.find("policy");
  auto const undecided = json.find("undecided");
  if (event == json.end() || !event->is_object())
    return base::failure("event: expected an object");
  if (policy == json.end() || !policy->is_object())
    return base::failure("policy: expected an object");
  if (undecided == json.end() || !undecided->is_boolean())
    return base::failure("undecided: expected true or false");

  Plan plan{.undecided = undecided->get<bool>()};
  Reader top(json, "");
  plan.id = top.required_text("id");
  if (!is_id(plan.id))
    top.fail("id", "expected 16 hex digits");
  Reader policy_reader(*policy, "policy.");
  plan.policy = {.digest = policy_reader.text("digest"), .files = policy_reader.texts("files")};
  Reader event_reader(*event, "event.");
  plan.event = read_event(event_reader);
  for (const Reader* reader : {&top, &policy_reader, &event_reader})
    if (reader->problem())
      return base::failure(*reader->problem());
  return plan;
}

} // namespace nvmf::plan
