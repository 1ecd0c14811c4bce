#include "policy/key_reference.hpp"

#include "base/duration.hpp"
#include "policy/reader.hpp"
#include "policy/words.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

std::string transports_of_key(const Key& key) {
  const base::ConnectOption* option =
      key.section == Section::connect ? base::find_connect_option(key.name) : nullptr;
  bool const is_of_all = option == nullptr || option->transports == base::TransportSet::all();
  return is_of_all ? std::string() : list_of(option->transports);
}

std::string range_of_key(const Key& key) {
  bool const bounded = key.maximum != std::numeric_limits<std::int64_t>::max();
  bool const is_number =
      key.type == ValueType::count || key.type == ValueType::factor || key.type == ValueType::port;
  if (is_number && bounded)
    return fmt::format("{} to {}", key.minimum, key.maximum);
  if (key.type == ValueType::poll)
    return "at least " + base::format_duration(base::Duration(key.minimum));
  if (key.type == ValueType::duration && bounded)
    return fmt::format("{} to {}", base::format_duration(base::Duration(key.minimum)),
                       base::format_duration(base::Duration(key.maximum)));
  return {};
}

std::string as_sentence(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z' && !out.starts_with("nvme"))
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out.ends_with('.') ? out : out + ".";
}

void add_places(std::vector<KeyPlace>& places, const std::string& above, Section section) {
  for (const Key& key : keys_of(section)) {
    const std::string path =
        above.empty() ? std::string(key.name) : fmt::format("{}.{}", above, key.name);
    places.push_back({path, &key});
    bool const has_keys = key.type == ValueType::map || key.type == ValueType::maps ||
                          key.type == ValueType::named_maps;
    bool const repeats =
        key.inner == Section::negated_match || key.inner == Section::transport_options;
    if (has_keys && !repeats)
      add_places(places, path, key.inner);
  }
}

} // namespace

KeyReference reference_of(const Key& key) {
  KeyReference reference{.meaning = as_sentence(key.about),
                         .example = fmt::format("{}: {}", key.name, key.example)};
  const KeyReference::Fact facts[] = {{"Value", expected_by(key)},
                                      {"Range", range_of_key(key)},
                                      {"Transports", transports_of_key(key)},
                                      {"Without it", std::string(key.fallback)}};
  for (const KeyReference::Fact& fact : facts)
    if (!fact.text.empty())
      reference.facts.push_back(fact);
  return reference;
}

std::vector<KeyPlace> all_key_places() {
  std::vector<KeyPlace> places;
  add_places(places, {}, Section::top);
  return places;
}

} // namespace nvmf::policy
