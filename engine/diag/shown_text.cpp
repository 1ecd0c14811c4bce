#include "diag/shown_text.hpp"

#include <array>
#include <fmt/format.h>

namespace nvmf::diag {

namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};
// Unicode's Default_Ignorable_Code_Point and Bidi_Control, the parts that occur as text.
constexpr std::array invisible{
    CodeRange{0x00ad, 0x00ad},  CodeRange{0x034f, 0x034f}, CodeRange{0x061c, 0x061c},
    CodeRange{0x115f, 0x1160},  CodeRange{0x17b4, 0x17b5}, CodeRange{0x180b, 0x180f},
    CodeRange{0x200b, 0x200f},  CodeRange{0x2028, 0x202e}, CodeRange{0x2060, 0x206f},
    CodeRange{0x3164, 0x3164},  CodeRange{0xfe00, 0xfe0f}, CodeRange{0xfeff, 0xfeff},
    CodeRange{0xffa0, 0xffa0},  CodeRange{0xfff0, 0xfffb}, CodeRange{0x1bca0, 0x1bca3},
    CodeRange{0xe0000, 0xe0fff}};

std::size_t length_by_lead(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead <= 0xdf)
    return 2;
  if (lead >= 0xe0 && lead <= 0xef)
    return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// RFC 3629: no overlong forms, no surrogates, nothing beyond 0x10ffff.
bool is_well_formed(char32_t code, std::size_t bytes) {
  constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  return code >= smallest[bytes] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

std::string shown_character(Character character, std::string_view bytes) {
  if (!character.valid)
    return fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
  if (character.code == '\t')
    return " ";
  if (character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0))
    return fmt::format("\\x{:02x}", static_cast<unsigned>(character.code));
  if (is_invisible(character.code))
    return fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(character.code));
  return std::string(bytes.substr(0, character.bytes));
}

// A host NQN with its UUID has 68.
constexpr std::size_t longest_quotation = 72;
constexpr std::size_t kept_at_end = 20;

std::string without_middle(std::string_view text) {
  if (text.size() <= longest_quotation)
    return std::string(text);
  std::size_t first = longest_quotation - kept_at_end - 1;
  std::size_t last = text.size() - kept_at_end;
  auto const is_inner = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  while (first > 0 && is_inner(first))
    --first;
  while (last < text.size() && is_inner(last))
    ++last;
  return fmt::format("{}…{}", text.substr(0, first), text.substr(last));
}

} // namespace

Character first_character(std::string_view text) {
  auto const lead = static_cast<unsigned char>(text.front());
  std::size_t const length = length_by_lead(lead);
  if (length == 1)
    return {.code = lead};
  if (length == 0 || length > text.size())
    return {.code = lead, .valid = false};
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    auto const byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80)
      return {.code = lead, .valid = false};
    code = (code << 6) | (byte & 0x3fU);
  }
  if (!is_well_formed(code, length))
    return {.code = lead, .valid = false};
  return {.code = code, .bytes = length};
}

bool is_invisible(char32_t code) {
  for (const CodeRange& range : invisible)
    if (code >= range.first && code <= range.last)
      return true;
  return false;
}

std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    Character const character = first_character(text);
    out += shown_character(character, text);
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    Character const character = first_character(text);
    std::string const piece = shown_character(character, text);
    bool const escaped = piece.size() > 1 && piece.front() == '\\';
    width += escaped ? piece.size() : 1;
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string shown_message(std::string_view text) {
  constexpr std::size_t longest_path = 4096; // PATH_MAX
  std::string cut;
  for (bool quoted = false; !text.empty(); quoted = !quoted) {
    std::size_t const end = text.find('`');
    bool const closes = quoted && end != std::string_view::npos;
    std::string_view const part = text.substr(0, end);
    bool const is_quotation = closes && !part.starts_with('/');
    cut += is_quotation || part.size() > longest_path ? without_middle(part) : std::string(part);
    if (end == std::string_view::npos)
      break;
    cut += '`';
    text.remove_prefix(end + 1);
  }
  return shown(cut);
}

} // namespace nvmf::diag
