#include "yaml/yaml_scalar_reader.hpp"

#include "diag/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::yaml {

namespace {

constexpr std::string_view flow_indicators = ",[]{}";
constexpr std::string_view indicators = ",[]{}#&*!|>'\"%@`";

bool is_one_of(char c, std::string_view set) { return c != '\0' && set.find(c) != set.npos; }

void append_utf8(std::string& text, char32_t code) {
  auto const add = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | (code >> 6));
    add(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    add(0xe0 | (code >> 12));
    add(0x80 | ((code >> 6) & 0x3f));
    add(0x80 | (code & 0x3f));
  } else {
    add(0xf0 | (code >> 18));
    add(0x80 | ((code >> 12) & 0x3f));
    add(0x80 | ((code >> 6) & 0x3f));
    add(0x80 | (code & 0x3f));
  }
}

void trim_blanks(std::string& text, std::size_t from) {
  while (text.size() > from && (text.back() == ' ' || text.back() == '\t'))
    text.pop_back();
}

} // namespace

bool YamlScalarReader::begins_plain(bool flow) const {
  char const c = cursor_.peek();
  if (c == '-' || c == '?' || c == ':')
    return !cursor_.is_blank_or_break(1) && !(flow && is_one_of(cursor_.peek(1), flow_indicators));
  return c != '\0' && !is_one_of(c, indicators);
}

bool YamlScalarReader::ends_plain(bool flow) const {
  char const c = cursor_.peek();
  if (cursor_.is_break())
    return true;
  if (c == ':')
    return cursor_.is_blank_or_break(1) || (flow && is_one_of(cursor_.peek(1), flow_indicators));
  if (c == ' ' || c == '\t') {
    std::size_t ahead = 1;
    while (cursor_.is_blank(ahead))
      ++ahead;
    return cursor_.peek(ahead) == '#' || cursor_.is_break(ahead);
  }
  return flow && is_one_of(c, flow_indicators);
}

void YamlScalarReader::plain_line(std::string& text, bool flow) {
  std::size_t const first = cursor_.offset();
  std::size_t const before = text.size();
  for (; !ends_plain(flow); cursor_.advance())
    if (flow && cursor_.peek() == '?')
      cursor_.fail_here("a `?` inside brackets needs quotes",
                        "not every YAML parser takes it without");
  if (flow && cursor_.peek() == ':' && is_one_of(cursor_.peek(1), flow_indicators))
    cursor_.fail_here("a blank is missing behind `:`");
  text += cursor_.text(first, cursor_.offset());
  trim_blanks(text, before);
}

// Goes on to the next line with content. What the line ends between fold to: a blank for one, one
// less for more.
std::string YamlScalarReader::folded_breaks() {
  std::size_t breaks = 0;
  while (cursor_.is_break() && !cursor_.at_end()) {
    cursor_.next_line();
    ++breaks;
    skip_blanks_silently();
  }
  return breaks == 1 ? " " : std::string(breaks > 0 ? breaks - 1 : 0, '\n');
}

// Looks at the next line with content, from the end of this one.
bool YamlScalarReader::continues_plain(const ScalarContext& context) {
  if (context.single_line || !at_line_end())
    return false;
  YamlCursor::Mark const here = cursor_.mark();
  YamlCursor& ahead = cursor_;
  skip_blanks_silently();
  while (ahead.is_break() && !ahead.at_end()) {
    ahead.next_line();
    while (ahead.is_blank())
      ahead.advance();
  }
  bool const continues = goes_on_here(context);
  cursor_.go_to(here);
  return continues;
}

// At the first character of a line that is not blank.
bool YamlScalarReader::goes_on_here(const ScalarContext& context) const {
  if (cursor_.at_end() || cursor_.peek() == '#' || cursor_.is_marker("---") ||
      cursor_.is_marker("..."))
    return false;
  if (context.flow)
    return !is_one_of(cursor_.peek(), flow_indicators) &&
           !(cursor_.peek() == ':' && cursor_.is_blank_or_break(1));
  if (cursor_.column() < context.indent)
    return false;
  if (cursor_.line_so_far().find('\t') != std::string_view::npos)
    cursor_.fail(106, "a tab in the indentation", cursor_.position(),
                 "YAML indents with blanks only");
  return true;
}

// Nothing but blanks up to the end of the line; a comment is something.
bool YamlScalarReader::at_line_end() const {
  std::size_t ahead = 0;
  while (cursor_.is_blank(ahead))
    ++ahead;
  return cursor_.is_break(ahead);
}

void YamlScalarReader::skip_blanks_silently() {
  while (cursor_.is_blank())
    cursor_.advance();
}

Node YamlScalarReader::plain(const ScalarContext& context) {
  Node node;
  node.start = cursor_.position();
  plain_line(node.text, context.flow);
  node.end = {node.start.line, node.start.column + static_cast<std::uint32_t>(node.text.size())};
  while (continues_plain(context)) {
    skip_blanks_silently();
    node.text += folded_breaks();
    plain_line(node.text, context.flow);
  }
  return node;
}

char32_t YamlScalarReader::hexadecimal(std::size_t digits) {
  char32_t code = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    char const c = cursor_.peek();
    bool const is_decimal = c >= '0' && c <= '9';
    bool const is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_decimal && !is_letter)
      cursor_.fail_here("an escape that is no hex number",
                        "in double quotes a backslash begins an escape; use single quotes");
    code = code * 16 + static_cast<char32_t>(is_decimal ? c - '0' : (c | 0x20) - 'a' + 10);
    cursor_.advance();
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    cursor_.fail_here("an escape for a character that there is not");
  return code;
}

// At the backslash.
void YamlScalarReader::escape(std::string& text, diag::Position opened) {
  constexpr std::string_view names = "0abtnvfre\"/\\ N_LP";
  constexpr char32_t codes[] = {0,   7,   8,    9,   10,   11,   12,     13,    27,
                                '"', '/', '\\', ' ', 0x85, 0xa0, 0x2028, 0x2029};
  diag::Position const where = cursor_.position();
  cursor_.advance();
  char const c = cursor_.peek();
  if (cursor_.at_end())
    cursor_.fail(109, "the quote that begins here is never closed", opened);
  cursor_.advance();
  if (c == 'x' || c == 'u' || c == 'U') {
    append_utf8(text, hexadecimal(c == 'x' ? 2 : c == 'u' ? 4 : 8));
    return;
  }
  std::size_t const at = names.find(c);
  if (at == std::string_view::npos)
    cursor_.fail(101, "an escape that YAML does not know", where,
                 "in double quotes a backslash begins an escape; use single quotes");
  append_utf8(text, codes[at]);
}

Node YamlScalarReader::quoted(const ScalarContext& context) {
  char const quote = cursor_.peek();
  Node node{.quoted = true, .start = cursor_.position()};
  cursor_.advance();
  std::size_t first_line_end = 0;
  std::size_t kept = 0; // text up to here is not trimmed: an escape wrote it
  while (true) {
    char const c = cursor_.peek();
    if (cursor_.at_end())
      cursor_.fail(109, "the quote that begins here is never closed", node.start);
    if (c == quote && quote == '\'' && cursor_.peek(1) == '\'') {
      node.text += '\'';
      cursor_.advance(2);
    } else if (c == quote) {
      break;
    } else if (c == '\\' && quote == '"' && cursor_.is_break(1)) {
      cursor_.advance();
      first_line_end = first_line_end != 0 ? first_line_end : cursor_.column();
      cursor_.next_line();
      while (cursor_.is_blank())
        cursor_.advance();
      kept = node.text.size();
    } else if (c == '\\' && quote == '"') {
      escape(node.text, node.start);
      kept = node.text.size();
    } else if (cursor_.is_break()) {
      first_line_end = first_line_end != 0 ? first_line_end : cursor_.column();
      trim_blanks(node.text, kept);
      node.text += folded_breaks();
      kept = node.text.size();
      // A document's marker ends everything that is open.
      bool const too_shallow = (!context.flow && cursor_.column() < context.indent) ||
                               cursor_.is_marker("---") || cursor_.is_marker("...");
      if (!cursor_.at_end() && (context.single_line || too_shallow))
        cursor_.fail(109, "the quote that begins here is not closed in its place", node.start,
                     "close it on its line, or indent the lines that belong to it");
    } else {
      node.text += c;
      cursor_.advance();
    }
  }
  cursor_.advance();
  std::size_t const end = first_line_end != 0 ? first_line_end : cursor_.column();
  node.end = {node.start.line, static_cast<std::uint32_t>(end + 1)};
  check_characters(node);
  return node;
}

YamlScalarReader::BlockHeader YamlScalarReader::header() {
  BlockHeader header{.folded = cursor_.peek() == '>'};
  cursor_.advance();
  for (; !cursor_.is_blank_or_break(); cursor_.advance()) {
    char const c = cursor_.peek();
    if (c == '+' || c == '-')
      header.chomping = c;
    else if (c >= '1' && c <= '9')
      header.indent = static_cast<std::size_t>(c - '0');
    else
      cursor_.fail_here("text behind `|` or `>`", "the text of a block begins on the next line");
  }
  cursor_.finish_line();
  return header;
}

Node YamlScalarReader::block(std::size_t parent_indent) {
  Node node{.quoted = true, .start = cursor_.position()};
  node.end = {node.start.line, node.start.column + 1};
  BlockHeader const how = header();
  std::size_t indent = how.indent > 0 ? parent_indent + how.indent - 1 : 0;
  std::size_t breaks = 0;        // line ends not yet written
  bool was_more_indented = true; // before the first line nothing folds
  while (!cursor_.at_end()) {
    YamlCursor::Mark const before = cursor_.mark();
    YamlCursor& line = cursor_;
    line.next_line();
    std::size_t const limit = indent > 0 ? indent : std::string_view::npos;
    while (line.peek() == ' ' && line.column() < limit)
      line.advance();
    bool const is_empty = line.is_break();
    if (!is_empty && indent == 0 && line.column() >= parent_indent)
      indent = line.column();
    bool const is_over = (line.at_end() && line.column() == 0) ||
                         (!is_empty && (indent == 0 || line.column() < indent));
    if (is_over) {
      cursor_.go_to(before);
      break;
    }
    if (is_empty) {
      ++breaks;
      continue;
    }
    bool const more_indented = cursor_.is_blank();
    bool const folds = how.folded && !more_indented && !was_more_indented && !node.text.empty();
    if (folds && breaks == 1)
      node.text += ' ';
    else
      node.text.append(folds ? breaks - 1 : breaks, '\n');
    was_more_indented = more_indented;
    std::size_t const first = cursor_.offset();
    while (!cursor_.is_break())
      cursor_.advance();
    node.text += cursor_.text(first, cursor_.offset());
    breaks = 1;
  }
  if (!node.text.empty() && how.chomping != '-')
    node.text.append(how.chomping == '+' ? std::max<std::size_t>(breaks, 1) : 1, '\n');
  return node;
}

// Escapes can make characters that the text itself may not contain.
void YamlScalarReader::check_characters(const Node& node) {
  std::string_view rest = node.text;
  while (!rest.empty()) {
    diag::Character const character = diag::first_character(rest);
    bool const control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
    bool const break_or_tab = character.code == '\n' || character.code == '\t';
    if ((control && !break_or_tab) || diag::is_invisible(character.code)) {
      cursor_
          .report(107,
                  fmt::format("the text contains the invisible character U+{:04X}",
                              static_cast<unsigned>(character.code)),
                  node.start, node.end.column - node.start.column)
          .help = "take the escape out";
      return;
    }
    rest.remove_prefix(character.bytes);
  }
}

} // namespace nvmf::yaml
