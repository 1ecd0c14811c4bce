#include "policy/yaml.hpp"

#include "policy/text_check.hpp"
#include "policy/yaml_cursor.hpp"
#include "policy/yaml_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

// A secret ends at a blank, a quote, or what ends a flow value.
constexpr std::string_view secret_end = " \t\r\n\"'`,]}";
// `DHHC-1:…` and `NVMeTLSkey-1:…`, in any case: what lowers a line before it shows it must not let
// a secret through.
constexpr std::string_view version = "-1:";
constexpr std::array<std::string_view, 2> forms{"dhhc", "nvmetlskey"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool ends_with_form(std::string_view text) {
  return std::any_of(forms.begin(), forms.end(), [&](std::string_view form) {
    return text.size() >= form.size() &&
           std::equal(form.begin(), form.end(),
                      text.end() - static_cast<std::ptrdiff_t>(form.size()),
                      [](char wanted, char c) { return wanted == lower(c); });
  });
}

// Where the text of the next secret begins; npos: there is none.
std::size_t next_secret(std::string_view text, std::size_t at) {
  for (at = text.find(version, at); at != std::string_view::npos; at = text.find(version, at)) {
    if (ends_with_form(text.substr(0, at)))
      return at + version.size();
    at += version.size();
  }
  return at;
}

} // namespace

std::string with_secrets_masked(std::string text) {
  for (std::size_t at = next_secret(text, 0); at != std::string::npos; at = next_secret(text, at)) {
    std::size_t const end = std::min(text.find_first_of(secret_end, at), text.size());
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
              text.begin() + static_cast<std::ptrdiff_t>(end), '*');
    at = end;
  }
  return text;
}

bool holds_secret(std::string_view text) { return next_secret(text, 0) != std::string_view::npos; }

std::optional<Document> parse_yaml(const diag::SourcePtr& source, diag::Sink& sink) {
  if (source->text.size() > longest_text) {
    sink.add(108,
             fmt::format("the file has {} bytes, more than {}", source->text.size(), longest_text),
             {source, {}, {}});
    return std::nullopt;
  }
  if (!check_text(source, sink))
    return std::nullopt;
  YamlCursor cursor(source, sink);
  try {
    Document document{.source = source, .root = YamlReader(cursor).document()};
    document.comments = cursor.take_comments();
    return document;
  } catch (const StopParsing&) {
    return std::nullopt;
  }
}

} // namespace nvmf::policy
