// The table of keys: which keys belong in which section of a policy file. The decoder's checks, the
// suggestions, the JSON Schema and the reference section of the manual page are all made from it. A
// new key is a row here, its decoding, and its tests.
#pragma once

#include "base/connect_option.hpp"
#include "base/transport.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

// A kind of map.
enum class Section : std::uint8_t {
  top,
  identity,
  defaults,
  set,
  target,
  target_path, // one of a target's `paths`
  guard,
  rule,
  match,
  negated_match, // below `not`
  connect,
  transport_options, // below `tcp`, `rdma`, `fc`, `loop`
  retry,
  boot,
  firmware,
  limits,
  secret,       // `{credential: …}`
  text_or_file, // `{file: …}`
};
inline constexpr std::size_t section_count = 18;
// The name of a section in messages: "the top level", "a rule".
std::string_view described(Section section);

// The type of a value.
enum class ValueType : std::uint8_t {
  version,          // the number 1
  only_true,        // `true`
  boolean,          // `true`, `false`
  count,            // a whole number
  factor,           // a number, a fraction allowed
  percent,          // `20%`
  attempts,         // a whole number or `unlimited`
  duration,         // `500ms` … `3d`
  seconds,          // the same, whole seconds
  poll,             // `10s` … or `never`
  name,             // kebab-case
  names,            // one or a list
  text,             // any text
  word,             // one of `words`
  words,            // one or a list of them
  persistence,      // `true`, `false`, `if-supported`
  transport,        // one transport
  address,          // one address of the target's transport
  addresses,        // one or a list of them, or of host names
  port,             // 1 to 65535
  nqn,              // one NQN
  nqn_or_file,      // an NQN, or `{file: PATH}`
  uuid_or_file,     // a UUID, or `{file: PATH}`
  interface,        // an interface's name
  path,             // an absolute path
  credential,       // a credential's name
  nqn_globs,        // one or a list; no sets
  address_patterns, // one or a list of addresses, CIDRs, ranges, FC patterns, `@set`
  port_patterns,    // one or a list of numbers and ranges
  number_patterns,  // the same for port ids
  globs,            // one or a list, `@set` where the key has sets
  sources,          // one or a list of target and rule names and of globs
  flag,             // `true` or `false`, as a condition
  properties,       // map of udev property → glob or list of globs
  keyring,          // a keyring's name
  secret_ref,       // a reference
  map,              // a map of `inner`
  maps,             // a list of maps of `inner`
  named_maps,       // a map of name → map of `inner`
};

// For whom a key of a rule or target is there: `discover`, `connect` by the rule's action, or by
// what the target is.
enum class Only : std::uint8_t { everywhere, discover, connect, discover_or_connect, main_file };

struct Key {
  Section section;
  std::string_view name;
  ValueType type;
  bool required = false;
  Only only = Only::everywhere;
  bool takes_infinity = false;
  bool takes_sets = false;  // `"@NAME"`
  bool takes_null = false;  // `null`: the kernel's default
  std::int64_t minimum = 0; // of numbers, and of durations in milliseconds
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  Section inner = Section::top; // of map, maps, named_maps
  std::span<const std::string_view> words{};
  // The value that holds without it, for the manual: `1s`, `the kernel's`. Empty in a row: as
  // defaults.hpp says, if it has the key.
  std::string_view fallback;
  std::string_view about;   // sentences for the manual, the schema and editors
  std::string_view example; // a value, in YAML's flow style
};

// All keys of a kind of map, in the order of the manual. For `connect`: the rows of
// base::connect_options(), and a map for each transport.
std::span<const Key> keys_of(Section section);
const Key* find_key(Section section, std::string_view name);

// All kinds of map, in the order of the manual.
std::span<const Section> all_sections();

// Names, for suggestions.
const std::vector<std::string>& names_of(Section section);

} // namespace nvmf::policy
