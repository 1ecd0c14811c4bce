// A JSON object that grows cheaply.
#pragma once

#include <nlohmann/json.hpp>

namespace nvmf::plan {

// An empty object with room for that many members. nlohmann's ordered object is a vector that
// copies every member, and all that is in it, whenever it has to grow.
inline nlohmann::ordered_json object_with_room(std::size_t members) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  json.get_ref<nlohmann::ordered_json::object_t&>().reserve(members);
  return json;
}

} // namespace nvmf::plan
