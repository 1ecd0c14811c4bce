#include "plan/event_json.hpp"

#include "plan/json_object.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <memory>

namespace nvmf::plan {

namespace {

using Json = nlohmann::ordered_json;

// Of a value of this form.
class JsonOfValue {
public:
  explicit JsonOfValue(event::FieldForm form) : form_(form) {}

  Json operator()(const std::string& text) const {
    if (text.empty())
      return nullptr;
    if (form_ == event::FieldForm::flag)
      return text == "true";
    return form_ == event::FieldForm::number ? Json(std::strtoul(text.c_str(), nullptr, 10))
                                             : Json(text);
  }
  Json operator()(const std::vector<std::string>& texts) const { return texts; }
  Json operator()(const std::map<std::string, std::string>& properties) const {
    return properties.empty() ? Json::object() : Json(properties);
  }

private:
  event::FieldForm form_;
};

// An event has lists and maps of texts: a deeper value is as wrong as an empty list there.
constexpr int deepest_level = 2;

yaml::Node node_of(const Json& json, int level) {
  yaml::Node node;
  if (json.is_string()) {
    node.quoted = true;
    node.text = json.get<std::string>();
  } else if (json.is_primitive()) {
    node.text = json.dump();
  } else if (json.is_object() && level <= deepest_level) {
    node.kind = yaml::Node::Kind::map;
    for (const auto& [name, value] : json.items())
      node.entries.push_back({.key = {.text = name}, .value = node_of(value, level + 1)});
  } else {
    node.kind = yaml::Node::Kind::list;
    if (level <= deepest_level)
      for (const auto& value : json)
        node.items.push_back(node_of(value, level + 1));
  }
  return node;
}

} // namespace

Json event_value(const event::DescribedEvent& event, UnsetFields unset) {
  Json json = object_with_room(event::fields().size());
  for (const event::Field& field : event::fields()) {
    event::FieldValue const value = field.get(event);
    if (unset == UnsetFields::shown || event::is_set(value))
      json[std::string(field.name)] = std::visit(JsonOfValue(field.form), value);
  }
  return json;
}

base::Result<event::Event> event_from(const Json& json) {
  yaml::Document const document{.source =
                                    std::make_shared<const diag::Source>(diag::Source{"event", ""}),
                                .root = node_of(json, 0),
                                .comments = {}};
  diag::Sink sink;
  auto described = event::decode(document, document.root, sink);
  if (!described)
    return base::failure(fmt::format("event: {}", sink.findings().front().message));
  return std::move(described->event);
}

} // namespace nvmf::plan
