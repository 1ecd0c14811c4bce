#include "tools/reference.hpp"

#include "policy/key_reference.hpp"

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
  case Section::firmware:
    return "FIRMWARE";
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

void append_fact(std::string& out, std::string_view word, std::string_view text) {
  out += fmt::format("{}{}: {}.", out.empty() ? "" : " ", word, scdoc_text(text));
}

void append_key(std::string& out, const Key& key) {
  KeyReference const reference = reference_of(key);
  out += fmt::format("*{}*{}\n", key.name, key.required ? " (required)" : "");
  out += fmt::format("\t{}\n\n", scdoc_text(reference.meaning));
  std::string facts;
  for (const KeyReference::Fact& fact : reference.facts)
    append_fact(facts, fact.word, fact.text);
  out += fmt::format("\t{}\n\n", facts);
  out += fmt::format("\tExample: {}\n\n", scdoc_text('`' + reference.example + '`'));
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
