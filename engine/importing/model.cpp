#include "importing/model.hpp"

#include "diag/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::importing {

std::string Origin::text() const {
  const std::string shown = diag::shown(path);
  return line == 0 ? shown : shown + ':' + std::to_string(line);
}

Note lost_connection(Origin origin, std::string_view why) {
  return {std::move(origin), fmt::format("the connection is not carried over: {}", why),
          Lost::connection};
}

Note lost_exclusion(Origin origin, std::string_view why) {
  return {std::move(origin), fmt::format("this exclusion is not carried over: {}", why),
          Lost::exclusion};
}

bool same_values(const Settings& left, const Settings& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first && one.second.value == other.second.value;
                    });
}

namespace {
constexpr std::string_view file_prefix = "file://";
}

bool names_file(std::string_view value) {
  return value.starts_with(file_prefix) && value.substr(file_prefix.size()).starts_with('/');
}

std::string path_of(std::string_view value) {
  return std::string(value.substr(file_prefix.size()));
}

void Imported::note(Origin origin, std::string text) {
  notes.push_back({std::move(origin), std::move(text)});
}

} // namespace nvmf::importing
