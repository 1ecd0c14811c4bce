#include "yaml/explain.hpp"

#include "yaml/skim.hpp"
#include "yaml/text_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <yaml-cpp/exceptions.h>

namespace nvmf::yaml {

namespace {

namespace error = YAML::ErrorMsg;

constexpr const char* columns_help =
    "check the indentation; what belongs together begins in the same column";
constexpr const char* escape_help =
    "in double quotes a backslash begins an escape; use single quotes";
constexpr const char* anchor_help =
    "write the value where it is needed, or use `sets` and `profiles`";
constexpr const char* block_help = "the text of a block begins on the next line";

// Messages of the parser that name the mistake; the others only say that something else was
// expected.
struct Row {
  std::string_view error; // how it begins
  Mistake mistake;
};
const Row rows[] = {
    {error::INVALID_ESCAPE, {101, "an escape that YAML does not know", escape_help}},
    {error::INVALID_HEX, {101, "an escape that is not a hex number", escape_help}},
    {error::INVALID_UNICODE, {101, "an escape for an invalid character", ""}},
    {error::CHAR_IN_BLOCK, {101, "text after `|` or `>`", block_help}},
    {error::ZERO_INDENT_IN_BLOCK, {101, "text after `|` or `>`", block_help}},
    {error::TAB_IN_INDENTATION, {106, "a tab in the indentation", "YAML indents with blanks only"}},
};

const Mistake never_closed{109, "the quote that begins here is never closed", ""};
const Mistake not_closed_in_its_place{
    109, "the quote that begins here is not closed in its place",
    "close it on its line, or indent the lines that belong to it"};

// Noticed behind the sign that they are about.
const std::string_view noticed_late[] = {error::ALIAS_NOT_FOUND,     error::ANCHOR_NOT_FOUND,
                                         error::CHAR_IN_ALIAS,       error::CHAR_IN_ANCHOR,
                                         error::CHAR_IN_TAG_HANDLE,  error::TAG_WITH_NO_SUFFIX,
                                         error::END_OF_VERBATIM_TAG, error::INVALID_ESCAPE,
                                         error::INVALID_HEX,         error::INVALID_UNICODE};
const std::string_view errors_of_brackets[] = {error::END_OF_MAP_FLOW, error::END_OF_SEQ_FLOW,
                                               error::FLOW_END};

template <class Range>
bool begins_with_one_of(std::string_view said, const Range& errors) {
  return std::any_of(std::begin(errors), std::end(errors),
                     [&](std::string_view error) { return said.starts_with(error); });
}

std::string_view line_before(std::string_view text, std::size_t offset) {
  std::string_view const before = text.substr(0, offset);
  return before.substr(before.rfind('\n') + 1);
}

// A tab among the blanks and dashes that the line begins with; npos if there is none.
std::size_t tab_in_indentation(std::string_view text, std::size_t offset) {
  std::size_t const start = offset - line_before(text, offset).size();
  std::size_t const content = std::min(text.find_first_not_of(" \t-", start), text.size());
  std::size_t const tab = text.find('\t', start);
  return tab < content ? tab : std::string_view::npos;
}

std::string_view word_at(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t\r\n,]}"));
}

// Of a value with a `: ` in it, in front of which `offset` is: where it begins, and all of it.
struct ValueWithColon {
  std::size_t begin = 0;
  std::string_view text;
};
std::optional<ValueWithColon> value_with_colon(std::string_view text, std::size_t offset) {
  std::string_view const before = line_before(text, offset);
  std::size_t const colon = before.rfind(": ");
  if (colon == std::string_view::npos)
    return std::nullopt;
  std::size_t const start = before.find_first_not_of(" {[", colon + 1);
  if (start == std::string_view::npos)
    return std::nullopt;
  std::size_t const begin = offset - before.size() + start;
  bool const in_brackets = before.find_first_of("{[") != std::string_view::npos;
  std::string_view value = text.substr(begin);
  value = value.substr(0, value.find_first_of(in_brackets ? ",]}\r\n" : "\r\n"));
  value = value.substr(0, value.find(" #"));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  if (value.size() <= offset - begin || value.find('"') != std::string_view::npos)
    return std::nullopt;
  // `tcp traddr: 10.0.0.1` in brackets: a comma is missing.
  if (in_brackets && value.substr(0, offset - begin).find(' ') != std::string_view::npos)
    return std::nullopt;
  return ValueWithColon{begin, value};
}

// `any: true` behind `match:` is a map without its braces.
bool may_be_map(std::string_view value) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz-";
  std::size_t const end = value.find_first_not_of(letters);
  return end != std::string_view::npos && end > 1 && value[end] == ':';
}
std::optional<std::string> quoted_if_text(std::string_view value) {
  bool const is_plain = !may_be_map(value) && value.find('\\') == std::string_view::npos;
  return is_plain ? std::optional(fmt::format("\"{}\"", value)) : std::nullopt;
}
std::string colon_help(std::string_view value) {
  return may_be_map(value) ? fmt::format("write `\"{0}\"` for a text, `{{{0}}}` for a map", value)
                           : fmt::format("write `\"{}\"`", value);
}

// Where a line has a comment of C's: at its beginning or behind a blank, not in quotes.
std::optional<std::size_t> slashes_in(std::string_view line) {
  char quote = '\0';
  for (std::size_t at = 0; at < line.size(); ++at) {
    char const previous = at == 0 ? ' ' : line[at - 1];
    if (quote != '\0')
      quote = line[at] == quote ? '\0' : quote;
    else if ((line[at] == '"' || line[at] == '\'') &&
             std::string_view(" [{").find(previous) != std::string_view::npos)
      quote = line[at];
    else if (line[at] == '#' && previous == ' ')
      return std::nullopt;
    else if (line.substr(at, 2) == "//" && previous == ' ')
      return at;
  }
  return std::nullopt;
}

struct ForeignComment {
  std::string_view sign;
  bool is_within = false; // also behind a value
};
constexpr ForeignComment foreign_comments[] = {{"//", true}, {"/*"},   {"--"},
                                               {";"},        {"<!--"}, {"\"\"\""}};

// A comment of another language, which the line begins with or has behind a value.
std::optional<Mistake> foreign_comment(std::string_view line) {
  std::size_t const begin = std::min(line.find_first_not_of(' '), line.size());
  for (const ForeignComment& one : foreign_comments) {
    std::optional<std::size_t> at;
    if (line.substr(begin).starts_with(one.sign) && !line.substr(begin).starts_with("---"))
      at = begin;
    else if (one.is_within)
      at = slashes_in(line);
    if (at)
      return Mistake{101,
                     fmt::format("`{}` does not begin a comment", one.sign),
                     "comments begin with `#`",
                     one.sign.size(),
                     *at,
                     "#"};
  }
  return std::nullopt;
}

// Signs of word processors that stand where `-` and `:` belong.
std::optional<Mistake> look_alike_sign(std::string_view line) {
  struct Sign {
    std::string_view text;
    std::uint32_t code;
    std::string_view meant;
  };
  constexpr Sign signs[] = {{"\u2010", 0x2010, "-"}, {"\u2011", 0x2011, "-"},
                            {"\u2012", 0x2012, "-"}, {"\u2013", 0x2013, "-"},
                            {"\u2014", 0x2014, "-"}, {"\u2022", 0x2022, "-"},
                            {"\u2212", 0x2212, "-"}, {"\uff1a", 0xff1a, ":"}};
  std::size_t const begin = std::min(line.find_first_not_of(' '), line.size());
  for (const Sign& sign : signs) {
    // A colon follows a key; the dash of a list begins its line.
    bool const is_colon = sign.meant == ":";
    std::size_t const at = is_colon ? line.find(sign.text) : begin;
    if (at == std::string_view::npos || !line.substr(at).starts_with(sign.text))
      continue;
    return Mistake{
        101,
        fmt::format("`{}` (U+{:04X}) is not the `{}` of YAML", sign.text, sign.code, sign.meant),
        fmt::format("write `{}` and a blank", sign.meant), sign.text.size(), at};
  }
  return std::nullopt;
}

// `-name: a` for `- name: a`.
std::optional<Mistake> dash_without_blank(std::string_view line) {
  std::size_t const begin = std::min(line.find_first_not_of(' '), line.size());
  std::string_view const rest = line.substr(begin);
  bool const is_dash = rest.size() > 1 && rest[0] == '-' &&
                       std::string_view(" -0123456789").find(rest[1]) == std::string_view::npos;
  if (!is_dash || rest.find(": ") == std::string_view::npos)
    return std::nullopt;
  return Mistake{
      101, "a blank is missing after `-`", fmt::format("write `- {}`", rest.substr(1)), 1, begin,
      "- "};
}

// The value of `version 1`: one word, and nothing behind it.
std::optional<std::string_view> two_words(std::string_view key, std::string_view value) {
  constexpr std::string_view signs = " :=#,;\"'{}[]<>|&*!%@`/";
  value = value.substr(0, value.find_last_not_of(" \r") + 1);
  bool const is_word = !value.empty() && value.find_first_of(signs) == std::string_view::npos;
  return !key.empty() && is_word ? std::optional(value) : std::nullopt;
}

// `action = discover`, `action:discover` and `action discover` for `action: discover`.
std::optional<Mistake> missing_colon(std::string_view line) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz-0123456789";
  std::size_t start = std::min(line.find_first_not_of(' '), line.size());
  if (line.substr(start, 2) == "- ")
    start = std::min(line.find_first_not_of(' ', start + 2), line.size());
  std::size_t const end = std::min(line.find_first_not_of(letters, start), line.size());
  std::size_t const sign = std::min(line.find_first_not_of(' ', end), line.size());
  // `:=` and `=>`, too.
  std::size_t const behind =
      sign < line.size() && (line[sign] == '=' || line.substr(sign).starts_with(":="))
          ? std::min(line.find_first_not_of(":=>", sign), line.size())
          : std::min(sign + 1, line.size());
  std::string_view const rest = line.substr(behind);
  std::string_view const value = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  std::string_view const key = line.substr(start, end - start);
  bool const has_no_blank = sign == end && sign < line.size() && line[sign] == ':' &&
                            !rest.empty() && rest.front() != ' ';
  bool const is_assignment = behind > sign + 1 || (sign < line.size() && line[sign] == '=' &&
                                                   rest.find(": ") == std::string_view::npos);
  if (auto const words = two_words(key, line.substr(sign)); words && sign > end)
    return Mistake{101,
                   fmt::format("a `:` expected after `{}`", key),
                   fmt::format("write `{}: {}`", key, *words),
                   line.size() - words->size() - start,
                   start,
                   fmt::format("{}: ", key)};
  if (key.empty() || value.empty() || !(has_no_blank || is_assignment))
    return std::nullopt;
  return Mistake{101,
                 has_no_blank ? fmt::format("a blank is missing after `{}:`", key)
                              : fmt::format("a `:` expected after `{}`", key),
                 fmt::format("write `{}: {}`", key, value),
                 line.size() - value.size() - start,
                 start,
                 fmt::format("{}: ", key)};
}

Mistake cannot_begin(std::string_view text) {
  std::size_t const length =
      std::max<std::size_t>(text.substr(0, text.find_first_of(" \t\r\n,]}")).size(), 1);
  return {101,
          fmt::format("a value cannot begin with `{}` without quotes", text.front()),
          fmt::format("write `\"{}\"`", text.substr(0, length)),
          length,
          0,
          fmt::format("\"{}\"", text.substr(0, length))};
}

// `match: *`.
Mistake match_of_everything() {
  return {103,
          "an alias (`*…`) is not allowed here",
          "to match everything, write `match: {any: true}`",
          1,
          0,
          "{any: true}"};
}

// A glob without quotes, or an alias of an anchor that is there.
Mistake alias_mistake(std::string_view text, std::string_view word) {
  if (text.find(fmt::format("&{}", word.substr(1))) != std::string_view::npos)
    return {103, "an alias (`*…`) is not allowed here", anchor_help};
  const std::string quoted = fmt::format("\"{}\"", word);
  return {103,
          "an alias (`*…`) is not allowed here",
          fmt::format("quote a glob: `{}`", quoted),
          word.size(),
          0,
          quoted};
}

Mistake tag_mistake(std::string_view word) {
  bool const is_negation = word.size() > 1 && word[1] != '!';
  return {104, "a tag (`!…`) is not allowed here",
          is_negation ? fmt::format("to except `{}`, write it below `not`; else take the `!` out",
                                    word.substr(1))
                      : std::string("take it out; quote a value to make it a string")};
}

// Behind a value in quotes, not within brackets.
bool is_behind_quotes(std::string_view before) {
  return !before.empty() && (before.back() == '"' || before.back() == '\'') &&
         before.find_first_of("{[") == std::string_view::npos;
}

// A sign of YAML's at which `here` begins, behind `before` on its line; none for other text.
std::optional<Mistake> unexpected_sign(std::string_view text, std::string_view before,
                                       std::string_view here) {
  bool const is_first = before.find_first_not_of(" -[{,") == std::string_view::npos;
  bool const blank_follows =
      here.size() < 2 || std::string_view(" \t\r\n").find(here[1]) != std::string_view::npos;
  switch (here.empty() ? '\n' : here.front()) {
  case '&':
    return Mistake{103, "an anchor (`&…`) is not allowed here", anchor_help};
  case '*':
    return before.ends_with("match: ") && word_at(here) == "*" ? match_of_everything()
                                                               : alias_mistake(text, word_at(here));
  case '!':
    return tag_mistake(word_at(here));
  case ']':
  case '}':
    return Mistake{101, "a closing bracket without an opening one", ""};
  case ',':
    return is_behind_quotes(before)
               ? Mistake{101, "a `,` after a value", "take it out; a value ends with its line"}
               : Mistake{101, "nothing before this `,`", "take it out"};
  case ':':
    return Mistake{101, "a `:` is not allowed here",
                   is_first ? "a key is missing before it"
                            : "check the indentation; quote a value that contains `: `"};
  case '?':
    return is_first && blank_follows
               ? Mistake{101, "a key that is marked with `?`", "write `key: value`"}
               : Mistake{101, "a `?` inside brackets needs quotes",
                         "some YAML parsers refuse it without quotes"};
  case '-':
    if (blank_follows)
      return Mistake{101, "a list entry (`- `) is not allowed here",
                     "check the indentation; entries of one list begin in the same column"};
    return std::nullopt;
  case '%':
    return before.empty() ? Mistake{101, "a YAML directive (`%…`)", "take the line out"}
                          : cannot_begin(here);
  case '@':
  case '`':
  case '|':
  case '>':
    return cannot_begin(here);
  }
  return std::nullopt;
}

diag::Finding& report(const diag::SourcePtr& source, std::size_t at, const Mistake& mistake,
                      diag::Sink& sink) {
  diag::Position const start = position_of(source->text, at);
  diag::Position const end{start.line, start.column + static_cast<std::uint32_t>(mistake.length)};
  diag::Finding& finding = sink.add(mistake.code, mistake.message, {source, start, end});
  finding.help = mistake.help;
  finding.replacement = mistake.replacement;
  return finding;
}

void report_bracket(const diag::SourcePtr& source, std::size_t opened, std::size_t noticed,
                    diag::Sink& sink) {
  std::string message = fmt::format("the `{}` that begins here is not closed, or a `,` is missing",
                                    source->text[opened]);
  diag::Finding& finding = report(source, opened, {101, std::move(message), ""}, sink);
  finding.spans.front().label = "opened here";
  diag::Position const here = position_of(source->text, noticed);
  finding.spans.push_back({{source, here, {here.line, here.column + 1}}, "noticed here", false});
}

} // namespace

Mistake unexpected(std::string_view text, std::size_t offset) {
  std::string_view const before = line_before(text, offset);
  std::string_view const here = text.substr(offset);
  if (auto const mistake = unexpected_sign(text, before, here))
    return *mistake;
  if (before.find_first_not_of(' ') == std::string_view::npos)
    return {101, "a key or value is not allowed here", columns_help};
  return {101, "text after a value", "check the quotes; a value ends with its line"};
}

void explain(const diag::SourcePtr& source, const ParserError& error, diag::Sink& sink) {
  std::string_view const text = source->text;
  std::size_t offset = std::min(error.offset, text.size());
  if (begins_with_one_of(error.said, noticed_late))
    offset = std::min(text.find_last_of("&*!\\", offset), offset);
  for (const Row& row : rows)
    if (error.said.starts_with(row.error)) {
      report(source, offset, row.mistake, sink);
      return;
    }
  Skim const before = skim(text.substr(0, offset));
  std::size_t const tab = tab_in_indentation(text, offset);
  std::size_t const begins = std::min(text.find_first_not_of(" \t\r\n:-", error.from), offset);
  if (before.stray_quote)
    report(source, *before.stray_quote,
           error.said == error::EOF_IN_SCALAR ? never_closed : not_closed_in_its_place, sink);
  else if (tab != std::string_view::npos && before.open_brackets.empty())
    report(source, tab, {106, "a tab in the indentation", "YAML indents with blanks only"}, sink);
  else if (auto const value =
               text.substr(offset).starts_with(':') ? value_with_colon(text, offset) : std::nullopt)
    report(source, value->begin,
           {101, "a value that contains `: ` needs quotes", colon_help(value->text),
            value->text.size(), 0, quoted_if_text(value->text)},
           sink);
  else if (!before.open_brackets.empty() && begins_with_one_of(error.said, errors_of_brackets))
    report_bracket(source, before.open_brackets.back(), offset, sink);
  // The parser takes a line without a `:` and the next one for one text.
  else if (error.said == error::MAP_VALUE && error.from > 0 &&
           text.substr(begins, offset - begins).find('\n') != std::string_view::npos &&
           text[begins] != '#')
    report(source, begins,
           {101, "a key and `:` expected",
            "check the indentation; keys of one map begin in the same column"},
           sink);
  else
    report(source, offset, unexpected(text, offset), sink);
}

std::optional<Mistake> odd_blank_mistake(std::string_view line) {
  auto const blank = odd_blank(line);
  if (!blank)
    return std::nullopt;
  return Mistake{107,
                 fmt::format("{} (U+{:04X}) where an ordinary blank belongs",
                             blank->code == 0xa0 ? "a no-break space" : "a blank of another kind",
                             static_cast<unsigned>(blank->code)),
                 "write an ordinary blank",
                 blank->bytes,
                 blank->offset,
                 " "};
}

namespace {

std::size_t indentation_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

} // namespace

void explain_look_alike(const diag::SourcePtr& source, diag::Sink& sink) {
  if (sink.findings().empty())
    return;
  diag::Finding const found = sink.findings().back();
  if (found.spans.empty() || found.code != 101)
    return;
  std::uint32_t const last = found.spans.front().span.start.line;
  for (std::uint32_t const line : {last, last - 1}) {
    std::string_view const text = line == 0 ? std::string_view() : source->line(line);
    auto mistake = odd_blank_mistake(text);
    for (auto const look : {foreign_comment, look_alike_sign, dash_without_blank})
      if (!mistake)
        mistake = look(text);
    // The line above is one of the same map: the parser takes both for one text.
    bool const may_be_key =
        line == last || indentation_of(text) == indentation_of(source->line(last));
    if (!mistake && may_be_key)
      mistake = missing_colon(text);
    if (!mistake)
      continue;
    sink.findings().pop_back();
    diag::Position const start{line, static_cast<std::uint32_t>(mistake->offset + 1)};
    diag::Position const end{line, start.column + static_cast<std::uint32_t>(mistake->length)};
    diag::Finding& finding = sink.add(mistake->code, mistake->message, {source, start, end});
    finding.help = mistake->help;
    finding.replacement = mistake->replacement;
    return;
  }
}

bool explain_open_end(const diag::SourcePtr& source, diag::Sink& sink) {
  Skim const whole = skim(source->text);
  if (whole.stray_quote)
    report(source, *whole.stray_quote, not_closed_in_its_place, sink);
  else if (!whole.open_brackets.empty())
    report_bracket(source, whole.open_brackets.back(), source->text.size(), sink);
  return whole.stray_quote || !whole.open_brackets.empty();
}

} // namespace nvmf::yaml
