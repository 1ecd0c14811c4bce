#include "base/ini.hpp"

#include "base/lower_case.hpp"

namespace nvmf::base {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view without_comment(std::string_view value) {
  for (std::size_t at = value.find('#'); at != std::string_view::npos; at = value.find('#', at + 1))
    if (at == 0 || blanks.find(value[at - 1]) != std::string_view::npos)
      return trimmed(value.substr(0, at));
  return value;
}

IniLine key_and_value(std::string_view text, std::uint32_t line, IniReading reading) {
  std::size_t const equals = text.find('=');
  bool const has_value = equals != std::string_view::npos;
  std::string_view const key = trimmed(text.substr(0, equals));
  return {.key = reading == IniReading::forgiving ? lower_case(key) : std::string(key),
          .value = has_value ? std::string(trimmed(text.substr(equals + 1))) : std::string(),
          .line = line};
}

// The text up to `separator`, which is taken from `rest` together with it.
std::string_view next_part(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  std::string_view const part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(part);
}

} // namespace

std::string_view trimmed(std::string_view text) {
  std::size_t const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<IniSection> parse_ini(std::string_view text, IniReading reading) {
  std::vector<IniSection> sections(1);
  std::uint32_t number = 0;
  while (!text.empty()) {
    std::string_view const line = next_part(text, '\n');
    ++number;
    if (line.empty() || line.front() == '#' || line.front() == ';')
      continue;
    std::string_view const said = reading == IniReading::forgiving ? without_comment(line) : line;
    if (said.size() > 1 && said.front() == '[' && said.back() == ']')
      sections.push_back({std::string(trimmed(said.substr(1, said.size() - 2))), number, {}});
    else
      sections.back().lines.push_back(key_and_value(said, number, reading));
  }
  return sections;
}

std::vector<IniLine> parse_pairs(std::string_view text, std::uint32_t line, IniReading reading) {
  std::vector<IniLine> pairs;
  while (!text.empty())
    if (std::string_view const part = next_part(text, ';'); !part.empty())
      pairs.push_back(key_and_value(part, line, reading));
  return pairs;
}

} // namespace nvmf::base
