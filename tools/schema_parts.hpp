// Parts that the schemas of several documents are made from.
#pragma once

#include "tools/nullable.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace nvmf::tools {

// The words of a table, as an array.
template <class Words>
nlohmann::ordered_json words(const Words& all) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& one : all)
    list.push_back(to_string(one));
  return list;
}

template <class Words>
nlohmann::ordered_json word(const Words& all, const std::string& about) {
  return {{"enum", words(all)}, {"description", about}};
}

nlohmann::ordered_json list_of(nlohmann::ordered_json items);

// A whole document: `$schema`, `$id` and `title` before what `schema` says.
nlohmann::ordered_json document(const std::string& name, const std::string& title,
                                const nlohmann::ordered_json& schema);

// An object with all these keys. Written by this program alone, so that later versions may add
// keys.
nlohmann::ordered_json open_object(nlohmann::ordered_json properties);

} // namespace nvmf::tools
