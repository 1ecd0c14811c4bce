#include "policy/key_table.hpp"

#include "policy/defaults.hpp"
#include "policy/key_rows.hpp"

#include <algorithm>
#include <array>

namespace nvmf::policy {

namespace {

using Rows = std::array<std::vector<Key>, section_count>;

// The type that the schema and the manual give for an option's value.
ValueType type_of(const base::ConnectOption& option) {
  switch (option.kind) {
  case base::OptionKind::count:
    return ValueType::count;
  case base::OptionKind::seconds:
    return ValueType::seconds;
  case base::OptionKind::flag:
    return ValueType::boolean;
  case base::OptionKind::secret:
    return ValueType::secret_ref;
  case base::OptionKind::keyring:
    return ValueType::keyring;
  }
  return ValueType::text;
}

std::string_view example_of(const base::ConnectOption& option) {
  switch (option.kind) {
  case base::OptionKind::count:
    return option.queue_option ? "16" : "8";
  case base::OptionKind::seconds:
    return option.takes_infinity ? "infinity" : "10s";
  case base::OptionKind::flag:
    return "true";
  case base::OptionKind::secret:
    return "{credential: nvmf-key}";
  case base::OptionKind::keyring:
    return ".nvme";
  }
  return {};
}

Key row_of(const base::ConnectOption& option) {
  bool const in_seconds = option.kind == base::OptionKind::seconds;
  return {.section = Section::connect,
          .name = option.name,
          .type = type_of(option),
          .takes_infinity = option.takes_infinity,
          .takes_null = true,
          .minimum = option.minimum * (in_seconds ? 1000 : 1),
          .maximum = option.maximum * (in_seconds ? 1000 : 1),
          .fallback = "the kernel's",
          .about = option.about,
          .example = example_of(option)};
}

Key map_of(base::Transport transport) {
  bool const reconnects =
      base::connect_option(base::OptionId::ctrl_loss_tmo).transports.contains(transport);
  return {.section = Section::connect,
          .name = to_string(transport),
          .type = ValueType::map,
          .inner = Section::transport_options,
          .about = "Options for this transport alone. They come before those beside this map.",
          .example = reconnects ? "{ctrl-loss-tmo: infinity}" : "{nr-io-queues: 4}"};
}

Rows make_rows() {
  Rows rows;
  for (Key key : key_rows()) {
    if (key.fallback.empty())
      key.fallback = default_text(key.section, key.name);
    rows[static_cast<std::size_t>(key.section)].push_back(key);
  }
  std::vector<Key>& options = rows[static_cast<std::size_t>(Section::connect)];
  for (const base::ConnectOption& option : base::connect_options())
    options.push_back(row_of(option));
  for (Key key : options) {
    key.section = Section::transport_options;
    rows[static_cast<std::size_t>(Section::transport_options)].push_back(key);
  }
  for (base::Transport const each : base::all_transports)
    options.push_back(map_of(each));
  // Below `not` belong the keys of a match, but for `any` and `not` themselves.
  for (Key key : rows[static_cast<std::size_t>(Section::match)])
    if (key.name != "any" && key.name != "not") {
      key.section = Section::negated_match;
      rows[static_cast<std::size_t>(Section::negated_match)].push_back(key);
    }
  return rows;
}

const Rows& all_rows() {
  static const Rows rows = make_rows();
  return rows;
}

} // namespace

std::string_view described(Section section) {
  switch (section) {
  case Section::top:
    return "the top level";
  case Section::identity:
    return "an identity";
  case Section::defaults:
    return "`defaults`";
  case Section::set:
    return "a set";
  case Section::target:
    return "a target";
  case Section::target_path:
    return "a path of a target";
  case Section::guard:
    return "a guard";
  case Section::rule:
    return "a rule";
  case Section::match:
    return "`match`";
  case Section::negated_match:
    return "`not`";
  case Section::connect:
    return "connect options";
  case Section::transport_options:
    return "the options of one transport";
  case Section::retry:
    return "`retry`";
  case Section::boot:
    return "`boot`";
  case Section::firmware:
    return "`firmware`";
  case Section::limits:
    return "`limits`";
  case Section::secret:
    return "a secret reference";
  case Section::text_or_file:
    return "a file reference";
  }
  return {};
}

std::span<const Key> keys_of(Section section) {
  return all_rows()[static_cast<std::size_t>(section)];
}

const Key* find_key(Section section, std::string_view name) {
  auto const keys = keys_of(section);
  auto const at =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return at != keys.end() ? &*at : nullptr;
}

std::span<const Section> all_sections() {
  static constexpr std::array sections{
      Section::top,           Section::rule,     Section::match,
      Section::negated_match, Section::guard,    Section::target,
      Section::target_path,   Section::connect,  Section::transport_options,
      Section::secret,        Section::retry,    Section::defaults,
      Section::set,           Section::identity, Section::boot,
      Section::firmware,      Section::limits,   Section::text_or_file};
  static_assert(sections.size() == section_count);
  return sections;
}

const std::vector<std::string>& names_of(Section section) {
  static const auto all = [] {
    std::array<std::vector<std::string>, section_count> names;
    for (Section const each : all_sections())
      for (const Key& key : keys_of(each))
        names[static_cast<std::size_t>(each)].emplace_back(key.name);
    return names;
  }();
  return all[static_cast<std::size_t>(section)];
}

} // namespace nvmf::policy
