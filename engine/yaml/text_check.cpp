#include "yaml/text_check.hpp"

#include "diag/shown_text.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::yaml {

namespace {

constexpr std::size_t most_findings = 10;

bool is_harmless(std::string_view text, std::size_t at) {
  char const c = text[at];
  if (c == '\r')
    return at + 1 < text.size() && text[at + 1] == '\n';
  return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

// Walks over the text and knows the place.
class Walk {
public:
  Walk(const diag::SourcePtr& source, diag::Sink& sink) : source_(source), sink_(sink) {}

  bool run() {
    std::string_view const text = source_->text;
    if (!check_encoding(text))
      return false;
    check_length(text);
    while (at_ < text.size() && reported_ < most_findings) {
      if (text[at_] == '\n')
        next_line();
      else if (is_harmless(text, at_))
        ++at_;
      else
        look_at(diag::first_character(text.substr(at_)));
    }
    return reported_ == 0;
  }

private:
  // Said once, before each of its bytes is found wrong.
  bool check_encoding(std::string_view text) {
    using namespace std::string_view_literals;
    bool const is_marked = text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv);
    bool const has_gaps = text.size() > 3 && (text[0] == '\0') != (text[1] == '\0') &&
                          (text[0] == '\0') == (text[2] == '\0') &&
                          (text[1] == '\0') == (text[3] == '\0');
    if (text.starts_with("\xff\xfe\0\0"sv) || text.starts_with("\0\0\xfe\xff"sv))
      report(101, "UTF-8 text expected, not UTF-32",
             "convert the file: `iconv -f UTF-32 -t UTF-8`");
    else if (is_marked || has_gaps)
      report(101, "UTF-8 text expected, not UTF-16",
             "convert the file: `iconv -f UTF-16 -t UTF-8`");
    else if (text.starts_with("\xef\xbb\xbf"sv)) {
      report(107, "the file begins with a byte order mark (U+FEFF)",
             "save the file as UTF-8 without a byte order mark");
      sink_.findings().back().spans.front().span.end.column = 4;
      sink_.findings().back().replacement = "";
    } else if (is_binary(text))
      report(101, "text expected, not a binary file", "name a policy in YAML");
    return reported_ == 0;
  }

  // Programs, archives and images have many control characters.
  static bool is_binary(std::string_view text) {
    constexpr std::size_t looked_at = 4096;
    constexpr std::ptrdiff_t few = 3;
    std::string_view const start = text.substr(0, looked_at);
    auto const controls = std::count_if(start.begin(), start.end(), [](unsigned char c) {
      return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    });
    return controls > few && controls * 16 > static_cast<std::ptrdiff_t>(start.size());
  }

  void next_line() {
    ++at_;
    ++line_;
    line_start_ = at_;
    line_reported_ = false;
    check_length(source_->text);
  }

  // yaml-cpp keeps a whole line of values in its queue until it knows that no key begins with them.
  void check_length(std::string_view text) {
    std::size_t const length = std::min(text.find('\n', at_), text.size()) - at_;
    if (length > longest_line)
      report(108, fmt::format("a line of {} bytes, more than {}", length, longest_line),
             "write a long list on several lines");
  }

  void look_at(diag::Character character) {
    if (!character.valid)
      report(
          101, fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned>(character.code)),
          "policies are UTF-8 text; convert the file, as by `iconv -f WINDOWS-1252 -t UTF-8`, or "
          "take the byte out");
    else if (is_control(character.code))
      report(107, fmt::format("control character U+{:04X}", static_cast<unsigned>(character.code)),
             "take it out; it cannot be seen in an editor and may not mean what it seems to");
    else if (diag::is_invisible(character.code))
      report(107,
             fmt::format("invisible or direction-changing character U+{:04X}",
                         static_cast<unsigned>(character.code)),
             "take it out; it makes the text read differently from what it means");
    at_ += character.bytes;
  }

  void report(std::uint16_t code, std::string message, std::string help) {
    if (line_reported_)
      return;
    auto const column = static_cast<std::uint32_t>(at_ - line_start_ + 1);
    sink_.add(code, std::move(message), {source_, {line_, column}, {line_, column + 1}}).help =
        std::move(help);
    line_reported_ = true;
    ++reported_;
  }

  const diag::SourcePtr& source_;
  diag::Sink& sink_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  bool line_reported_ = false; // about this line
  std::size_t reported_ = 0;
};

} // namespace

bool check_text(const diag::SourcePtr& source, diag::Sink& sink) {
  return Walk(source, sink).run();
}

namespace {

// Blanks that YAML takes for letters.
bool is_odd_blank(char32_t code) {
  return code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x202f ||
         code == 0x205f || code == 0x3000;
}

} // namespace

std::optional<OddBlank> odd_blank(std::string_view line) {
  char before = ':'; // the last character that is not blank
  bool was_blank = true;
  for (std::size_t at = 0; at < line.size();) {
    diag::Character const character = diag::first_character(line.substr(at));
    bool const is_odd = character.valid && is_odd_blank(character.code);
    bool const may_begin = std::string_view(":-,[{").find(before) != std::string_view::npos;
    if (line[at] == '#' && was_blank)
      return std::nullopt;
    if (may_begin && (line[at] == '"' || line[at] == '\'')) {
      std::size_t const closed = line.find(line[at], at + 1);
      if (closed == std::string_view::npos)
        return std::nullopt;
      before = line[at];
      was_blank = false;
      at = closed + 1;
      continue;
    }
    if (is_odd && may_begin)
      return OddBlank{at, character.bytes, character.code};
    was_blank = line[at] == ' ' || line[at] == '\t' || is_odd;
    if (!was_blank)
      before = line[at];
    at += character.bytes;
  }
  return std::nullopt;
}

std::optional<OddBlank> odd_blank_at_end(std::string_view scalar) {
  std::size_t at = 0;
  std::optional<OddBlank> last;
  while (at < scalar.size()) {
    diag::Character const character = diag::first_character(scalar.substr(at));
    bool const is_odd = character.valid && is_odd_blank(character.code);
    OddBlank const found{at, character.bytes, character.code};
    if (is_odd && at == 0)
      return found;
    last = is_odd ? std::optional(found) : std::nullopt;
    at += character.bytes;
  }
  return last;
}

std::optional<char32_t> invisible_character(std::string_view scalar) {
  while (!scalar.empty()) {
    diag::Character const character = diag::first_character(scalar);
    bool const break_or_tab = character.code == '\n' || character.code == '\t';
    if ((is_control(character.code) && !break_or_tab) || diag::is_invisible(character.code))
      return character.code;
    scalar.remove_prefix(character.bytes);
  }
  return std::nullopt;
}

} // namespace nvmf::yaml
