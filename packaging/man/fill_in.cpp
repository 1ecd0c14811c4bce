// Fills in the parts of a manual page that are made from the program's own tables, from standard
// input to standard output: `@REFERENCE@` (the keys of a policy), `@FINDINGS@` (what check finds).
#include "diag/catalogue.hpp"
#include "policy/reference.hpp"

#include <fmt/format.h>
#include <iostream>
#include <iterator>
#include <string>

namespace {

using namespace nvmf;

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
  if (auto const at = text.find(mark); at != std::string::npos)
    text.replace(at, mark.size(), with);
}

} // namespace

int main() {
  std::string page{std::istreambuf_iterator<char>(std::cin), {}};
  replace(page, "@REFERENCE@\n", policy::reference_scdoc());
  replace(page, "@FINDINGS@\n", findings_scdoc());
  std::cout << page;
  return std::cout.flush() ? 0 : 1;
}
