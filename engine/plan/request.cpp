// JSON → the request part of a plan.
#include "plan/event_json.hpp"
#include "plan/id.hpp"
#include "plan/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nvmf::plan {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_text = 4096;
constexpr std::size_t most_entries = 4096; // files

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

} // namespace

base::Result<Plan> from_request(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("is not a JSON object");
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
  for (const Reader* reader : {&top, &policy_reader})
    if (reader->problem())
      return base::failure(*reader->problem());
  auto read_event = event_from(*event);
  if (!read_event)
    return tl::unexpected(read_event.error());
  plan.event = std::move(*read_event);
  return plan;
}

base::Result<event::Event> event_of_request(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("is not a JSON object");
  auto const event = json.find("event");
  if (event == json.end() || !event->is_object())
    return base::failure("event: expected an object");
  return event_from(*event);
}

} // namespace nvmf::plan
