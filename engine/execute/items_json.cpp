#include "execute/items_json.hpp"

#include "execute/tid_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

std::string required_text(const Json& json, const char* key) {
  const Json& value = json.at(key);
  return value.is_null() ? std::string() : value.get<std::string>();
}

template <class Value>
Value word(const std::optional<Value>& parsed, const char* key) {
  if (!parsed)
    throw std::invalid_argument(key);
  return *parsed;
}

plan::Item item_from(const Json& json, base::Subject event_subject) {
  plan::Item item{
      .outcome = word(decide::parse_outcome(json.at("outcome").get<std::string>()), "outcome"),
      .detail = required_text(json, "detail"),
      .event = word(base::parse_event_kind(json.at("event").get<std::string>()), "event"),
      .tid = tid_from_json(json.at("tid")),
      .device = required_text(json, "device")};
  if (const Json& reason = json.at("reason"); !reason.is_null())
    item.reason = word(decide::parse_reason(reason.get<std::string>()), "reason");
  if (const Json& parent = json.at("parent"); !parent.is_null())
    item.parent = parent.get<std::size_t>();
  if (const Json& decided_by = json.at("decided_by"); !decided_by.is_null())
    item.decided_by = plan::DecidedBy{
        .kind =
            word(plan::parse_decided_by(decided_by.at("kind").get<std::string>()), "decided_by"),
        .name = decided_by.at("name").get<std::string>()};
  if (!item.parent)
    item.subject = event_subject;
  else if (item.event == base::EventKind::referral)
    item.subject = base::Subject::discovery_controller;
  return item;
}

} // namespace

std::vector<plan::Item> items_from_json(const Json& json, base::Subject event_subject) {
  std::vector<plan::Item> items;
  for (const Json& item : json)
    items.push_back(item_from(item, event_subject));
  return items;
}

} // namespace nvmf::execute
