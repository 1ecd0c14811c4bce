#include "yaml/writer.hpp"

#include "yaml/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::yaml {

namespace {

bool is_plain_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == '/';
}

bool can_be_plain(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.front() == '.' ||
      !std::all_of(text.begin(), text.end(), is_plain_character))
    return false;
  return scalar_type({.text = std::string(text)}) == ScalarType::text;
}

} // namespace

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + '"';
}

std::string scalar(std::string_view text) {
  return can_be_plain(text) ? std::string(text) : quoted(text);
}

std::string scalar_or_list(const std::vector<std::string>& texts) {
  if (texts.size() == 1)
    return scalar(texts.front());
  std::string list;
  for (const std::string& text : texts)
    list += (list.empty() ? "" : ", ") + scalar(text);
  return '[' + list + ']';
}

void Writer::line(unsigned indent, std::string_view key, std::string_view value,
                  std::string_view comment) {
  text_ += std::string(indent, ' ');
  text_ += key;
  text_ += ':';
  if (!value.empty()) {
    text_ += ' ';
    text_ += value;
  }
  if (!comment.empty()) {
    text_ += "  # ";
    text_ += comment;
  }
  text_ += '\n';
}

void Writer::item(unsigned indent, std::string_view value) {
  text_ += fmt::format("{}- {}\n", std::string(indent, ' '), value);
}

void Writer::comment(unsigned indent, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text_ += fmt::format("{}#{}{}\n", std::string(indent, ' '), line.empty() ? "" : " ", line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

void Writer::blank() { text_ += '\n'; }

} // namespace nvmf::yaml
