#include "execute/items_json.hpp"

#include "base/connect_option.hpp"
#include "execute/json_fields.hpp"
#include "execute/tid_json.hpp"

#include <string>

namespace nvmf::execute {

using Json = nlohmann::ordered_json;

base::Result<plan::DecidedBy> decided_by_from_json(const Json& json) {
  JsonFields fields(json);
  return fields.result(plan::DecidedBy{
      .kind = fields.known("kind", plan::parse_decided_by(fields.required<std::string>("kind"))),
      .name = fields.required<std::string>("name")});
}

namespace {

// The part that plan::serving_as looks at; an I/O subsystem's has no `persistent`.
void read_staying(plan::Item& item, JsonFields& fields) {
  const Json& persistent = fields.at("persistent");
  item.persistent_if_supported = persistent == "if-supported";
  item.keep_connected = item.persistent_if_supported || persistent == true;
  const std::string name(base::connect_option(base::OptionId::keep_alive_tmo).name);
  JsonFields connect(fields.at("connect"));
  if (const auto seconds = connect.optional<std::int64_t>(name.c_str()))
    item.connect[base::OptionId::keep_alive_tmo].value = *seconds;
}

base::Result<plan::Item> item_from(const Json& json, base::Subject event_subject) {
  JsonFields fields(json);
  auto const word = [&](const char* key) { return fields.required<std::string>(key); };
  plan::Item item{.outcome = fields.known("outcome", decide::parse_outcome(word("outcome"))),
                  .detail = fields.nullable<std::string>("detail").value_or(""),
                  .event = fields.known("event", base::parse_event_kind(word("event"))),
                  .tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
                  .device = fields.nullable<std::string>("device").value_or(""),
                  .bystander = fields.text_or_empty("bystander")};
  if (auto const reason = fields.nullable<std::string>("reason"))
    item.reason = fields.known("reason", decide::parse_reason(*reason));
  item.parent = fields.nullable<std::size_t>("parent");
  if (const Json& decided_by = fields.at("decided_by"); !decided_by.is_null())
    item.decided_by = fields.taken("decided_by", decided_by_from_json(decided_by));
  if (!item.parent)
    item.subject = event_subject;
  else if (item.event == base::EventKind::referral)
    item.subject = base::Subject::discovery_controller;
  read_staying(item, fields);
  return fields.result(std::move(item));
}

} // namespace

base::Result<std::vector<plan::Item>> items_from_json(const Json& json,
                                                      base::Subject event_subject) {
  return each_of<plan::Item>(json,
                             [&](const Json& item) { return item_from(item, event_subject); });
}

} // namespace nvmf::execute
