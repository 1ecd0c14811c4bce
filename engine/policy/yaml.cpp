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
constexpr std::string_view secret_end = " \t\r\n\"',]}";
constexpr std::array<std::string_view, 2> secret_forms{"DHHC-1:", "NVMeTLSkey-1:"};

} // namespace

std::string with_secrets_masked(std::string text) {
  for (std::string_view const form : secret_forms)
    for (std::size_t at = text.find(form); at != std::string::npos; at = text.find(form, at)) {
      at += form.size();
      std::size_t const end = std::min(text.find_first_of(secret_end, at), text.size());
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
                text.begin() + static_cast<std::ptrdiff_t>(end), '*');
    }
  return text;
}

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
