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
      report(101, fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned>(character.code)),
             "policies are UTF-8 text; convert the file, or take the byte out");
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
