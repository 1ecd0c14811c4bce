#include "tools/manual.hpp"

#include "diag/catalogue.hpp"
#include "event/codec.hpp"
#include "tools/reference.hpp"

#include <fmt/format.h>
#include <string_view>

namespace nvmf::tools {

namespace {

// scdoc gives these a meaning (scdoc(5)).
std::string escaped(std::string_view text) {
  std::string result;
  for (char const c : text) {
    if (c == '*' || c == '_' || c == '\\' || c == '+')
      result += '\\';
    result += c;
  }
  return result;
}

std::string findings_scdoc() {
  std::string text;
  for (const diag::CatalogueEntry& entry : diag::catalogue())
    text += fmt::format("*{}* {} ({}{})\n\t{}\n\n", diag::code_name(entry.code),
                        escaped(entry.slug), diag::to_string(entry.severity),
                        entry.needs_host ? ", with --host" : "", escaped(entry.title));
  return text;
}

std::string form_text(const event::Field& field) {
  switch (field.form) {
  case event::FieldForm::word: {
    std::string words;
    for (const std::string& word : field.words())
      words += (words.empty() ? "*" : ", *") + escaped(word) + "*";
    return words;
  }
  case event::FieldForm::address:
    return "an address of the transport";
  case event::FieldForm::service:
    return "a number from 1 to 65535";
  case event::FieldForm::number:
    return "a number";
  case event::FieldForm::flag:
    return "*true* or *false*";
  case event::FieldForm::text:
    return "text";
  case event::FieldForm::texts:
    return "one text or a list";
  case event::FieldForm::properties:
    return "a map of texts";
  }
  return {};
}

std::string event_fields_scdoc() {
  std::string text;
  for (const event::Field& field : event::fields())
    text += fmt::format("*{}*\n\t{}; {}.\n\n", field.name, escaped(field.about), form_text(field));
  return text;
}

void replace(std::string& text, std::string_view mark, const std::string& with) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
    text.replace(at, mark.size(), with);
}

} // namespace

std::string filled_in(std::string page, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values)
    replace(page, fmt::format("@{}@", name), escaped(value));
  replace(page, "@REFERENCE@\n", reference_scdoc());
  replace(page, "@FINDINGS@\n", findings_scdoc());
  replace(page, "@EVENT_FIELDS@\n", event_fields_scdoc());
  return page;
}

} // namespace nvmf::tools
