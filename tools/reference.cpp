#include "tools/reference.hpp"

#include "base/duration.hpp"
#include "policy/key_table.hpp"
#include "policy/reader.hpp"
#include "policy/words.hpp"

#include <fmt/format.h>

namespace nvmf::tools {

namespace {

using namespace policy;

std::string_view title(Section section) {
  switch (section) {
  case Section::top:
    return "THE TOP LEVEL";
  case Section::rule:
    return "A RULE";
  case Section::match:
    return "MATCH";
  case Section::negated_match:
    return "NOT";
  case Section::guard:
    return "A GUARD";
  case Section::target:
    return "A TARGET";
  case Section::target_path:
    return "A PATH OF A TARGET";
  case Section::connect:
    return "CONNECT OPTIONS";
  case Section::transport_options:
    return "OPTIONS OF ONE TRANSPORT";
  case Section::secret:
    return "A SECRET";
  case Section::retry:
    return "RETRY";
  case Section::defaults:
    return "DEFAULTS";
  case Section::set:
    return "A SET";
  case Section::identity:
    return "AN IDENTITY";
  case Section::boot:
    return "BOOT";
  case Section::limits:
    return "LIMITS";
  case Section::text_or_file:
    return "A FILE REFERENCE";
  }
  return {};
}

// scdoc's markup characters as text; `code` in bold.
std::string scdoc_text(std::string_view text) {
  std::string out;
  for (char const c : text) {
    if (c == '`') {
      out += '*';
      continue;
    }
    if (std::string_view("_*\\#<>[]|~").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string transports_of(const Key& key) {
  const base::ConnectOption* option =
      key.section == Section::connect ? base::find_connect_option(key.name) : nullptr;
  bool const is_of_all = option == nullptr || option->transports == base::TransportSet::all();
  return is_of_all ? std::string() : list_of(option->transports);
}

std::string range_of(const Key& key) {
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

void append_fact(std::string& out, std::string_view word, std::string_view text) {
  if (!text.empty())
    out += fmt::format("{}{}: {}.", out.empty() ? "" : " ", word, scdoc_text(text));
}

std::string sentence(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z' && !out.starts_with("nvme"))
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out.ends_with('.') ? out : out + ".";
}

void append_key(std::string& out, const Key& key) {
  out += fmt::format("*{}*{}\n", key.name, key.required ? " (required)" : "");
  out += fmt::format("\t{}\n\n", scdoc_text(sentence(key.about)));
  std::string facts;
  append_fact(facts, "Value", expected_by(key));
  append_fact(facts, "Range", range_of(key));
  append_fact(facts, "Transports", transports_of(key));
  append_fact(facts, "Without it", key.fallback);
  out += fmt::format("\t{}\n\n", facts);
  out +=
      fmt::format("\tExample: {}\n\n", scdoc_text(fmt::format("`{}: {}`", key.name, key.example)));
}

} // namespace

std::string reference_scdoc() {
  std::string out;
  for (Section const section : all_sections()) {
    out += fmt::format("## {}\n\n", title(section));
    if (section == Section::negated_match) {
      out += "The keys of *match* but *any* and *not*, none of which may hold.\n\n";
      continue;
    }
    if (section == Section::transport_options) {
      out += "The connect options that the transport takes.\n\n";
      continue;
    }
    for (const Key& key : keys_of(section))
      append_key(out, key);
  }
  return out;
}

} // namespace nvmf::tools
