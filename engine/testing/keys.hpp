// The table of keys of policy tests (`*.test.yaml`): the reader's checks, its suggestions and the
// JSON Schema are made from it. A new key is a row here, its reading, and its tests.
#pragma once

#include "policy/key_table.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::testing {

// A kind of map.
enum class Section : std::uint8_t {
  top,
  test,
  one_case, // of `cases`
  expect,
  entry,    // of `expect.entries`
  selector, // `entry` of one of them: which items are meant
};
inline constexpr std::array all_sections{Section::top,    Section::test,  Section::one_case,
                                         Section::expect, Section::entry, Section::selector};
// The name of a section in messages: "a test".
std::string_view described(Section section);

// The form of a value.
enum class Form : std::uint8_t {
  version,
  text,
  paths,          // one path or a list
  path,           //
  facts,          // facts as a map, or the path of a facts file
  event,          // an event as a map, or the path of an event file
  maps,           // a list of maps of `inner`
  map,            // a map of `inner`
  word,           // one of `key.words`
  name,           // of a rule, guard or profile
  options,        // connect options
  durations,      // a list of durations, possibly empty
  count,          //
  outcome_counts, // outcome → count
  reason_counts,  // reason → count
  address,        // an address, or `null` for none
  nullable_text,  // a text, or `null` for none
  persistence,    // `true`, `false`, `if-supported`
  number,         // a service id
};

struct Key {
  Section section;
  Form form;
  Section inner = Section::top; // of map and maps
  // Name, required or not, words, sentences and example; its own `section` says nothing here.
  policy::Key key;
};

std::span<const Key> keys();
std::vector<const Key*> keys_of(Section section);
const Key* find_key(Section section, std::string_view name);
const std::vector<std::string>& names_of(Section section);

// The words of `outcome` and `reason`.
std::span<const std::string_view> outcome_words();
std::span<const std::string_view> reason_words();

} // namespace nvmf::testing
