#include "policy/read_values.hpp"

#include "base/interface_name.hpp"
#include "base/nearest.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "policy/foreign.hpp"
#include "policy/map_view.hpp"
#include "policy/nqn_form.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

enum class Off : std::uint8_t { too_small, too_large };

void report_range(Reader& reader, const yaml::Node& node, const Key& key, Off off,
                  std::string_view least, std::string_view most) {
  // The kernel takes what an int holds: a bound that is worth naming only where it was passed.
  bool const open =
      off == Off::too_small && key.maximum >= std::numeric_limits<std::int32_t>::max();
  std::string const bounds =
      open ? fmt::format("at least {}", least) : fmt::format("from {} to {}", least, most);
  reader.report(206, fmt::format("`{}` must be {}, not `{}`", key.name, bounds, node.text), node)
      .take(foreign_value_help(key, node.text));
}

std::string duration_text(std::int64_t milliseconds) {
  return base::format_duration(base::Duration(milliseconds));
}

void report_number_for_duration(Reader& reader, const yaml::Node& node, const Key& key) {
  bool const is_negative = node.text.starts_with('-');
  std::string const message =
      is_negative ? fmt::format("`{}` cannot be negative: `{}`", key.name, node.text)
                  : fmt::format("`{}` needs a unit: `{}`", key.name, node.text);
  reader.report(is_negative ? 206 : 209, message, node).take(foreign_value_help(key, node.text));
}

bool check_duration_range(Reader& reader, const yaml::Node& node, const Key& key,
                          base::Duration duration) {
  if (duration == base::infinite_duration) {
    if (key.takes_infinity)
      return true;
    reader.report(206, fmt::format("`{}` cannot be `infinity`", key.name), node)
        .take(foreign_value_help(key, node.text));
    return false;
  }
  if (key.type == ValueType::seconds && duration.count() % 1000 != 0) {
    reader.report(206,
                  fmt::format("`{}` must be whole seconds, not `{}`: the kernel counts in seconds",
                              key.name, node.text),
                  node);
    return false;
  }
  if (duration.count() >= key.minimum && duration.count() <= key.maximum)
    return true;
  report_range(reader, node, key, duration.count() < key.minimum ? Off::too_small : Off::too_large,
               duration_text(key.minimum), duration_text(key.maximum));
  return false;
}

// Whether the text would be a duration if the number were smaller.
bool is_long_duration(std::string_view text) {
  std::size_t const digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return digits > 0 && text.front() != '0' &&
         base::parse_duration(fmt::format("1{}", text.substr(digits))).has_value();
}

// "did you mean `tcp`?".
diag::Advice nearest_word(std::string_view typed, std::span<const std::string_view> words) {
  std::vector<std::string> const candidates(words.begin(), words.end());
  auto near = base::nearest(typed, candidates);
  return near ? diag::Advice(base::suggestion(typed, words), *near) : diag::Advice();
}

bool is_kebab(std::string_view name) {
  bool dash_allowed = false;
  for (char const c : name) {
    bool const word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && !(c == '-' && dash_allowed))
      return false;
    dash_allowed = word;
  }
  return !name.empty() && name.back() != '-';
}

bool can_be_name(std::string_view name) {
  // A wildcard in a name would make a `source` that names it a glob.
  return base::is_option_text(name) && name.find_first_of("/@\\`\"'*?") == std::string_view::npos;
}

void report_not_kebab(Reader& reader, const yaml::Node& node) {
  std::string kebab;
  for (char const c : node.text)
    kebab +=
        c == '_' || c == '.' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  reader.report(801, fmt::format("name `{}` is not in kebab-case", node.text), node).help =
      is_kebab(kebab) ? fmt::format("write `{}`", kebab)
                      : std::string("lower-case letters and digits, with hyphens between words");
}

} // namespace

std::optional<std::string> read_text(Reader& reader, const yaml::Node& node, const Key& key) {
  if (!is_type(node, yaml::ScalarType::text) || node.text.empty()) {
    if (node.is_scalar() && node.quoted)
      reader.report(
          204, fmt::format("`{}` takes {}, not an empty text", key.name, expected_by(key)), node);
    else
      report_mismatch(reader, node, key);
    return std::nullopt;
  }
  return node.text;
}

std::optional<bool> read_boolean(Reader& reader, const yaml::Node& node, const Key& key) {
  if (is_type(node, yaml::ScalarType::boolean))
    return node.text == "true";
  report_mismatch(reader, node, key);
  return std::nullopt;
}

std::optional<std::int64_t> read_count(Reader& reader, const yaml::Node& node, const Key& key) {
  if (!is_type(node, yaml::ScalarType::integer)) {
    report_mismatch(reader, node, key);
    return std::nullopt;
  }
  auto const value = yaml::to_integer(node.text);
  if (value && *value >= key.minimum && *value <= key.maximum)
    return value;
  bool const small = value ? *value < key.minimum : node.text.starts_with('-');
  report_range(reader, node, key, small ? Off::too_small : Off::too_large,
               std::to_string(key.minimum), std::to_string(key.maximum));
  return std::nullopt;
}

std::optional<double> read_factor(Reader& reader, const yaml::Node& node, const Key& key) {
  if (!is_type(node, yaml::ScalarType::integer) && !is_type(node, yaml::ScalarType::decimal)) {
    report_mismatch(reader, node, key);
    return std::nullopt;
  }
  constexpr std::size_t longest = 12; // digits; a longer text is not a factor
  double const value = node.text.size() <= longest ? std::strtod(node.text.c_str(), nullptr) : 1e9;
  if (value >= static_cast<double>(key.minimum) && value <= static_cast<double>(key.maximum))
    return value;
  bool const small = value < static_cast<double>(key.minimum);
  report_range(reader, node, key, small ? Off::too_small : Off::too_large,
               std::to_string(key.minimum), std::to_string(key.maximum));
  return std::nullopt;
}

std::optional<unsigned> read_percent(Reader& reader, const yaml::Node& node, const Key& key) {
  bool const has_sign = is_type(node, yaml::ScalarType::text) && node.text.ends_with('%');
  std::string_view const digits =
      has_sign ? std::string_view(node.text).substr(0, node.text.size() - 1) : std::string_view();
  bool const padded = digits.size() > 1 && digits.front() == '0';
  auto const value = yaml::to_integer(digits);
  if (!value || padded) {
    report_mismatch(reader, node, key);
    return std::nullopt;
  }
  if (*value >= key.minimum && *value <= key.maximum)
    return static_cast<unsigned>(*value);
  report_range(reader, node, key, Off::too_large, "0%", "100%");
  return std::nullopt;
}

std::optional<RetrySettings::Attempts> read_attempts(Reader& reader, const yaml::Node& node,
                                                     const Key& key) {
  if (node.is_plain("unlimited"))
    return RetrySettings::Attempts{};
  if (!node.quoted && is_type(node, yaml::ScalarType::text)) {
    reader
        .report(204,
                fmt::format("`{}` takes {}, not {}", key.name, expected_by(key), described(node)),
                node)
        .take(foreign_value_help(key, node.text));
    return std::nullopt;
  }
  auto const value = read_count(reader, node, key);
  if (!value)
    return std::nullopt;
  return RetrySettings::Attempts{static_cast<std::uint32_t>(*value)};
}

std::optional<base::Duration> read_duration(Reader& reader, const yaml::Node& node,
                                            const Key& key) {
  if (is_type(node, yaml::ScalarType::integer)) {
    report_number_for_duration(reader, node, key);
    return std::nullopt;
  }
  auto const duration =
      is_type(node, yaml::ScalarType::text) ? base::parse_duration(node.text) : std::nullopt;
  if (!duration && is_long_duration(node.text)) {
    reader.report(206, fmt::format("`{}`: `{}` is more than 100 years", key.name, node.text), node);
    return std::nullopt;
  }
  if (!duration) {
    report_mismatch(reader, node, key);
    return std::nullopt;
  }
  return check_duration_range(reader, node, key, *duration) ? duration : std::nullopt;
}

std::optional<base::Duration> read_poll(Reader& reader, const yaml::Node& node, const Key& key) {
  if (node.is_plain("never"))
    return base::infinite_duration;
  return read_duration(reader, node, key);
}

std::optional<std::size_t> read_word(Reader& reader, const yaml::Node& node, const Key& key) {
  if (!is_type(node, yaml::ScalarType::text)) {
    report_mismatch(reader, node, key);
    return std::nullopt;
  }
  auto const at = std::find(key.words.begin(), key.words.end(), node.text);
  if (at != key.words.end())
    return static_cast<std::size_t>(at - key.words.begin());
  diag::Advice const advice = foreign_value_help(key, node.text);
  reader
      .report(206, fmt::format("`{}` must be {}, not `{}`", key.name, expected_by(key), node.text),
              node)
      .take(advice.empty() ? nearest_word(node.text, key.words) : advice);
  return std::nullopt;
}

std::optional<Persistent> read_persistence(Reader& reader, const yaml::Node& node, const Key& key) {
  if (is_type(node, yaml::ScalarType::boolean))
    return node.text == "true" ? Persistent::yes : Persistent::no;
  if (is_type(node, yaml::ScalarType::text) && node.text == "if-supported")
    return Persistent::if_supported;
  report_mismatch(reader, node, key);
  constexpr std::array<std::string_view, 1> words{"if-supported"};
  diag::Finding& finding = reader.sink().findings().back();
  if (finding.help.empty() && node.is_scalar())
    finding.take(nearest_word(node.text, words));
  return std::nullopt;
}

std::optional<std::string> read_nqn(Reader& reader, const yaml::Node& node, const Key& key) {
  auto text = read_text(reader, node, key);
  if (!text)
    return std::nullopt;
  if (auto const problem = base::nqn_problem(*text)) {
    reader.report(208, fmt::format("`{}` is not a valid NQN: it {}", *text, *problem), node);
    return std::nullopt;
  }
  report_unusual_nqn(reader, node);
  return text;
}

std::optional<std::string> read_interface(Reader& reader, const yaml::Node& node, const Key& key) {
  auto text = read_text(reader, node, key);
  if (!text)
    return std::nullopt;
  if (base::is_interface_name(*text))
    return text;
  reader.report(206, fmt::format("`{}` cannot be the name of an interface", *text), node).help =
      fmt::format("at most {} characters, no blank, comma, `/` or `:`",
                  base::interface_name_max_length);
  return std::nullopt;
}

std::optional<std::string> read_path(Reader& reader, const yaml::Node& node, const Key& key) {
  auto text = read_text(reader, node, key);
  if (!text)
    return std::nullopt;
  if (text->starts_with('/') && text->find('\n') == std::string::npos)
    return text;
  reader.report(206, fmt::format("`{}` must be an absolute path, not `{}`", key.name, *text), node);
  return std::nullopt;
}

std::optional<TextOrFile> read_text_or_file(Reader& reader, const yaml::Node& node,
                                            const Key& key) {
  if (node.is_map()) {
    MapView const map(reader, node, key, Section::text_or_file);
    const yaml::Node* file = map.find("file");
    auto path = file != nullptr ? read_path(reader, *file, *find_key(Section::text_or_file, "file"))
                                : std::nullopt;
    if (!path)
      return std::nullopt;
    return TextOrFile{.text = *path, .is_file = true, .span = reader.span(*file)};
  }
  if (key.type == ValueType::nqn_or_file) {
    auto nqn = read_nqn(reader, node, key);
    auto const of_nqn = nqn ? base::uuid_of_nqn(*nqn) : std::nullopt;
    if (of_nqn && base::is_placeholder_uuid(*of_nqn)) {
      reader
          .report(206, fmt::format("`{}` has a placeholder UUID that no host may use", *nqn), node)
          .help = "make one with `uuidgen`";
      return std::nullopt;
    }
    return nqn ? std::optional(TextOrFile{.text = *nqn, .span = reader.span(node)}) : std::nullopt;
  }
  auto uuid = read_text(reader, node, key);
  if (!uuid)
    return std::nullopt;
  if (base::is_uuid(*uuid) && !base::is_placeholder_uuid(*uuid))
    return TextOrFile{.text = *uuid, .span = reader.span(node)};
  reader
      .report(206,
              base::is_uuid(*uuid)
                  ? fmt::format("`{}` is a placeholder that no host may use", *uuid)
                  : fmt::format("`{}` must be a UUID, not `{}`", key.name, *uuid),
              node)
      .help = "make one with `uuidgen`";
  return std::nullopt;
}

std::optional<NameUse> read_name_use(Reader& reader, const yaml::Node& node, const Key& key) {
  auto text = read_text(reader, node, key);
  return text ? std::optional(NameUse{*text, reader.span(node)}) : std::nullopt;
}

std::optional<NameUse> read_new_name(Reader& reader, const yaml::Node& node, const Key& key) {
  auto use = read_name_use(reader, node, key);
  if (!use)
    return std::nullopt;
  if (!can_be_name(use->name)) {
    reader.report(206, fmt::format("`{}` cannot be a name", use->name), node).help =
        "lower-case letters and digits, with hyphens between words";
    return std::nullopt;
  }
  if (!is_kebab(use->name))
    report_not_kebab(reader, node);
  return use;
}

std::optional<NameUse> read_definition_name(Reader& reader, const yaml::Node& node,
                                            const Key& key) {
  Key name_key = key;
  name_key.type = ValueType::name;
  if (auto use = read_new_name(reader, node, name_key))
    return use;
  if (!node.is_scalar() || node.text.empty())
    return std::nullopt;
  return NameUse{node.text, reader.span(node)};
}

std::vector<NameUse> read_name_uses(Reader& reader, const yaml::Node& node, const Key& key) {
  std::vector<NameUse> uses;
  for_each_value(reader, node, key, [&](const yaml::Node& each) {
    if (auto use = read_name_use(reader, each, key))
      uses.push_back(std::move(*use));
  });
  return uses;
}

void for_each_value(Reader& reader, const yaml::Node& node, const Key& key,
                    const std::function<void(const yaml::Node&)>& each) {
  if (!node.is_list()) {
    each(node);
    return;
  }
  if (node.items.empty())
    reader.report(214, fmt::format("`{}` is an empty list", key.name), node).help =
        "a list without entries matches nothing; take the key out, or fill the list";
  for (const yaml::Node& item : node.items)
    each(item);
}

} // namespace nvmf::policy
