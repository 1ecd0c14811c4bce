#include "tools/manual.hpp"

#include "diag/catalogue.hpp"
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
  return page;
}

} // namespace nvmf::tools
