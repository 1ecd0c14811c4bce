#include "importing/model.hpp"

#include "diag/shown_text.hpp"

#include <algorithm>

namespace nvmf::importing {

std::string Origin::text() const {
  const std::string shown = diag::shown(path);
  return line == 0 ? shown : shown + ':' + std::to_string(line);
}

bool same_values(const Settings& left, const Settings& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first && one.second.value == other.second.value;
                    });
}

void Imported::note(Origin origin, std::string text) {
  notes.push_back({std::move(origin), std::move(text)});
}

} // namespace nvmf::importing
