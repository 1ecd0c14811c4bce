// Values as other tools, systemd and people write them.
#include "base/duration.hpp"
#include "base/lower_case.hpp"
#include "base/time_span.hpp"
#include "policy/foreign.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace nvmf::policy {

namespace {

using diag::Advice;
using diag::write_instead;

constexpr std::string_view digit_set = "0123456789";

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of(digit_set) == std::string_view::npos;
}

// Also a number below zero, with a unit or without one: `-1s`.
bool means_never(std::string_view value) {
  constexpr std::array<std::string_view, 12> words{"off",       "never",    "none",    "no",
                                                   "disabled",  "false",    "forever", "endless",
                                                   "unlimited", "infinite", "inf",     "infinity"};
  std::string const lower = base::lower_case(value);
  bool const is_negative =
      value.size() > 1 && value[0] == '-' && digit_set.find(value[1]) != std::string_view::npos;
  return is_negative || value == "∞" || std::find(words.begin(), words.end(), lower) != words.end();
}

bool is_duration(const Key& key) {
  return key.type == ValueType::duration || key.type == ValueType::seconds ||
         key.type == ValueType::poll;
}

bool is_within(const Key& key, base::Duration duration) {
  return duration.count() >= key.minimum && duration.count() <= key.maximum;
}

// The same number with the unit of the language where there is one: `600 sec` as `600s`.
std::string with_known_unit(std::string_view value, base::Duration span) {
  std::string_view const number = value.substr(0, value.find_first_not_of(digit_set));
  for (std::string_view const unit : {"s", "ms", "m", "h", "d"})
    if (std::string text = fmt::format("{}{}", number, unit); base::parse_duration(text) == span)
      return text;
  return base::format_duration(span);
}

Advice never_help(const Key& key) {
  if (key.takes_infinity)
    return write_instead("infinity");
  if (key.type == ValueType::poll)
    return write_instead("never");
  if (key.name == "keep-alive-tmo")
    return Advice("write `0s` to switch it off", "0s");
  return key.takes_null ? "take the key out, or write `null` for the kernel's default"
                        : "take the key out for its default";
}

// `PT1H30M` of ISO 8601, `1,5h`, `+10s` and `10s,` in the form of systemd.
std::string usual_time_span(std::string_view value) {
  std::string text = base::lower_case(value);
  if (text.starts_with("pt"))
    text.erase(0, 2);
  if (text.starts_with('+') || text.starts_with('~'))
    text.erase(0, 1);
  if (text.ends_with(',') || text.ends_with(';'))
    text.pop_back();
  std::replace(text.begin(), text.end(), ',', '.');
  return text;
}

Advice duration_help(const Key& key, std::string_view given) {
  if (means_never(given))
    return never_help(key);
  std::string const value = usual_time_span(given);
  auto const span = base::parse_time_span(value);
  if (!span || *span == base::infinite_duration || base::parse_duration(given))
    return {};
  if (key.type == ValueType::seconds && span->count() % 1000 != 0)
    return "the kernel counts in whole seconds";
  // Of a number of seconds that is far too large the milliseconds are meant.
  if (auto const millis = base::parse_duration(value + "ms");
      !is_within(key, *span) && is_whole_number(value) && millis && is_within(key, *millis) &&
      key.type != ValueType::seconds)
    return Advice(fmt::format("write `{}ms` for milliseconds", value), value + "ms");
  if (!is_within(key, *span))
    return span->count() < key.minimum
               ? Advice(fmt::format("at least `{}`",
                                    base::format_duration(base::Duration(key.minimum))))
               : Advice();
  std::string const text = with_known_unit(value, *span);
  return is_whole_number(value) ? Advice(fmt::format("write `{}` for seconds", text), text)
                                : write_instead(text);
}

// `0.2`, `20 %`, `20pct`, `+-20%`, `20`.
Advice percent_help(const Key& key, std::string_view value) {
  if (means_never(value) && value.find_first_of(digit_set) == std::string_view::npos)
    return write_instead("0%");
  value.remove_prefix(std::min(value.find_first_of("0123456789."), value.size()));
  std::string_view const number = value.substr(0, value.find_first_not_of("0123456789."));
  std::string const unit = base::lower_case(value.substr(number.size()));
  bool const is_share = unit.empty() && number.find('.') != std::string_view::npos;
  constexpr std::array<std::string_view, 6> units{"", "%", " %", "pct", "percent", " percent"};
  double amount = -1;
  std::from_chars(number.data(), number.data() + number.size(), amount);
  double const percent = is_share ? amount * 100 : amount;
  bool const is_known = std::find(units.begin(), units.end(), unit) != units.end();
  if (!is_known || percent < static_cast<double>(key.minimum) ||
      percent > static_cast<double>(key.maximum))
    return {};
  return write_instead(fmt::format("{:.0f}%", percent));
}

bool is_word_of(const Key& key, std::string_view text) {
  return std::find(key.words.begin(), key.words.end(), text) != key.words.end();
}

// The words of `tcp|rdma`, `tcp,rdma`, `tcp rdma`; none if one of them is not a word of the key.
std::vector<std::string_view> joined_words(const Key& key, std::string_view value) {
  constexpr std::string_view separators = ",|/;+ ";
  std::vector<std::string_view> words;
  while (!value.empty()) {
    std::string_view const word = value.substr(0, value.find_first_of(separators));
    if (!word.empty() && !is_word_of(key, word))
      return {};
    if (!word.empty())
      words.push_back(word);
    value.remove_prefix(std::min(word.size() + 1, value.size()));
  }
  return words;
}

// Attempts as `3x` or `3 times`.
Advice attempts_help(std::string_view value) {
  if (means_never(value) || value == "0")
    return {"write `unlimited` for no limit", "unlimited"};
  std::string_view const number = value.substr(0, value.find_first_not_of(digit_set));
  std::string const unit = base::lower_case(value.substr(number.size()));
  bool const is_counted = unit == "x" || unit == " x" || unit == " times" || unit == "times";
  return !number.empty() && number.front() != '0' && is_counted ? write_instead(std::string(number))
                                                                : Advice();
}

// `!rdma`, `not rdma`, `-rdma`: the value that is meant to be excepted.
std::string_view excepted(const Key& key, std::string_view value) {
  for (std::string_view const sign : {"!=", "!", "not ", "~", "^", "-"})
    if (value.starts_with(sign) && value.size() > sign.size()) {
      std::string_view rest = value.substr(sign.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      bool const can_be = key.words.empty() ? sign.front() == '!' : is_word_of(key, rest);
      return can_be ? rest : std::string_view();
    }
  return {};
}

Advice written_as_list(std::string list) {
  std::string help = fmt::format("write a list: `{}`", list);
  return {std::move(help), std::move(list)};
}

// As it is written in YAML: signs that YAML takes for its own need quotes.
std::string as_yaml(std::string_view value) {
  bool const needs_quotes = value.find_first_of("@*&!%|>`?") == 0;
  return needs_quotes ? fmt::format("\"{}\"", value) : std::string(value);
}

struct ForeignWord {
  std::string_view key;
  std::string_view word;
  std::string_view meant; // empty: `help` says what to do
  std::string_view help{};
};
constexpr std::string_view under_deny =
    "put what must never be connected under `deny`, or write `ignore`";
constexpr std::string_view connect_or_discover =
    "write `connect`, or `discover` for discovery controllers";
constexpr std::string_view names_host_side =
    "a target names an interface or address; a rule says how to choose one";
constexpr ForeignWord foreign_words[] = {
    {"event", "aen", "discovery-log-changed"},
    {"event", "change", "discovery-log-changed"},
    {"event", "changed", "discovery-log-changed"},
    {"event", "log-changed", "discovery-log-changed"},
    {"event", "rediscover", "", "write `discovery-log-changed`, or `discovery-reconnected`"},
    {"event", "reconnected", "discovery-reconnected"},
    {"event", "reconnect", "discovery-reconnected"},
    {"event", "connected", "discovery-reconnected"},
    {"event", "fc", "fc-discovery"},
    {"event", "nvmediscovery", "fc-discovery"},
    {"event", "startup", "boot"},
    {"event", "boot-time", "boot"},
    {"event", "start", "boot"},
    {"event", "lost", "controller-lost"},
    {"event", "remove", "controller-lost"},
    {"event", "removed", "controller-lost"},
    {"event", "disconnect", "controller-lost"},
    {"transport", "roce", "rdma"},
    {"transport", "rocev2", "rdma"},
    {"transport", "iwarp", "rdma"},
    {"transport", "ib", "rdma"},
    {"transport", "infiniband", "rdma"},
    {"transport", "nvme-rdma", "rdma"},
    {"transport", "nvme/rdma", "rdma"},
    {"transport", "nvme-tcp", "tcp"},
    {"transport", "nvme/tcp", "tcp"},
    {"transport", "ip", "tcp"},
    {"transport", "fibre-channel", "fc"},
    {"transport", "fcp", "fc"},
    {"transport", "nvme-fc", "fc"},
    {"transport", "nvme/fc", "fc"},
    {"action", "deny", "", under_deny},
    {"action", "reject", "", under_deny},
    {"action", "block", "", under_deny},
    {"action", "drop", "", under_deny},
    {"action", "disconnect", "",
     "rules disconnect nothing; to keep it from being connected, write "
     "`ignore`, or put it under `deny`"},
    {"action", "skip", "ignore"},
    {"action", "none", "ignore"},
    {"action", "allow", "", connect_or_discover},
    {"action", "accept", "", connect_or_discover},
    {"action", "permit", "", connect_or_discover},
    {"action", "both", "", "a rule has one action: write a rule for each"},
    {"host-side", "auto", "", "write `inherit` or `any`"},
    {"host-side", "none", "", "write `any` to leave it to the kernel's routing"},
    {"host-side", "all", "", "write `same-subnet` for a path from each interface"},
    {"persistent", "always", "true"},
    {"persistent", "force", "true"},
    {"persistent", "auto", "if-supported"},
    {"persistent", "never", "false"},
    {"nbft", "false", "ignore"},
    {"nbft", "no", "ignore"},
    {"nbft", "off", "ignore"},
    {"nbft", "none", "ignore"},
    {"nbft", "disabled", "ignore"},
    {"nbft", "true", "use"},
    {"nbft", "yes", "use"},
    {"nbft", "on", "use"},
    {"secure-channel", "true", "required"},
    {"secure-channel", "yes", "required"},
    {"secure-channel", "false", "not-required"},
    {"secure-channel", "no", "not-required"},
    {"secure-channel", "not specified", "unspecified"},
    {"secure-channel", "not required", "not-required"},
    {"event", "nbft", "firmware"},
    {"event", "discovery", "", "write `discovery-log-changed`, or `fc-discovery`"},
    {"event", "log", "discovery-log-changed"},
    {"event", "log-page-change", "discovery-log-changed"},
    {"event", "add", "", "write `discovered` for what a log lists"},
    {"event", "entry", "discovered"},
    {"action", "refuse", "", under_deny},
    {"action", "keep", "", "what is connected is kept by any action; write `connect`"},
};

Advice word_help(const Key& key, std::string_view value) {
  std::string const lower = base::lower_case(value);
  for (const ForeignWord& row : foreign_words)
    if (row.key == key.name && row.word == lower)
      return row.help.empty() ? write_instead(std::string(row.meant)) : std::string(row.help);
  bool const means_all = value == "*" || value == "any" || value == "all";
  bool const is_condition = key.section == Section::match || key.section == Section::negated_match;
  if (key.type == ValueType::only_true)
    return write_instead("true");
  if (is_condition && means_all && !is_word_of(key, value))
    return fmt::format("take `{}` out: without it every value matches", key.name);
  auto const words = joined_words(key, value);
  if (words.size() > 1 && key.type == ValueType::words)
    return written_as_list(fmt::format("[{}]", fmt::join(words, ", ")));
  if (words.size() > 1 && key.name == "action")
    return "a rule has one action: write a rule for each";
  if (key.name == "host-side" && value.find_first_of("0123456789") != std::string_view::npos)
    return std::string(names_host_side);
  return {};
}

// `4420..4430`, `4420 - 4430`, `8009,4420`, `*`.
Advice number_help(const Key& key, std::string_view value) {
  if (value == "*" || value == "any" || value == "all")
    return fmt::format("take `{}` out: without it every number matches", key.name);
  std::string close(value);
  std::erase(close, ' ');
  if (auto const dots = close.find(".."); dots != std::string::npos)
    close.replace(dots, 2, "-");
  auto const dash = close.find('-');
  if (dash != std::string::npos && close != value && is_whole_number(close.substr(0, dash)) &&
      is_whole_number(close.substr(dash + 1)))
    return write_instead(close);
  bool const is_list = close.find_first_not_of("0123456789,-") == std::string::npos &&
                       close.find(',') != std::string::npos;
  return is_list ? written_as_list(fmt::format("[{}]", value)) : Advice();
}

} // namespace

diag::Advice foreign_value_help(const Key& key, std::string_view value) {
  bool const is_condition = key.section == Section::match || key.section == Section::negated_match;
  if (std::string_view const rest = excepted(key, value); is_condition && !rest.empty())
    return fmt::format("write `not: {{{}: {}}}`", key.name, as_yaml(rest));
  if (auto const dashed = with_hyphens(value))
    return {fmt::format("write `{}`: it has a dash where a hyphen belongs", *dashed), *dashed};
  if (value.find(" // ") != std::string_view::npos || value.find(" ; ") != std::string_view::npos)
    return "comments begin with `#`";
  if (auto const sharp = value.find('#');
      sharp != std::string_view::npos && is_word_of(key, value.substr(0, sharp)))
    return "a blank is missing before the `#` of the comment";
  if (is_duration(key))
    return duration_help(key, value);
  if (key.type == ValueType::percent)
    return percent_help(key, value);
  if (key.type == ValueType::attempts)
    return attempts_help(value);
  if (key.type == ValueType::port_patterns || key.type == ValueType::number_patterns)
    return number_help(key, value);
  return word_help(key, value);
}

} // namespace nvmf::policy
