#include "importing/ini.hpp"

#include "base/lower_case.hpp"

namespace nvmf::importing {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view value) {
  for (std::size_t at = value.find('#'); at != std::string_view::npos; at = value.find('#', at + 1))
    if (at == 0 || blanks.find(value[at - 1]) != std::string_view::npos)
      return trimmed(value.substr(0, at));
  return value;
}

IniLine key_and_value(std::string_view text, std::uint32_t line) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return {base::lower_case(text), {}, line};
  return {base::lower_case(trimmed(text.substr(0, equals))),
          std::string(trimmed(text.substr(equals + 1))), line};
}

} // namespace

std::vector<IniSection> parse_ini(std::string_view text) {
  std::vector<IniSection> sections(1);
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.empty() || line.front() == '#' || line.front() == ';')
      continue;
    const std::string_view said = without_comment(line);
    if (said.size() > 1 && said.front() == '[' && said.back() == ']')
      sections.push_back({std::string(trimmed(said.substr(1, said.size() - 2))), number, {}});
    else
      sections.back().lines.push_back(key_and_value(said, number));
  }
  return sections;
}

std::vector<IniLine> parse_pairs(std::string_view text, std::uint32_t line) {
  std::vector<IniLine> pairs;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view part = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!part.empty())
      pairs.push_back(key_and_value(part, line));
  }
  return pairs;
}

} // namespace nvmf::importing
