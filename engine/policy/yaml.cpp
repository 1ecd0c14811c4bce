#include "policy/yaml.hpp"

#include "policy/comments.hpp"
#include "policy/text_check.hpp"
#include "policy/yaml_error.hpp"
#include "policy/yaml_events.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <streambuf>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace nvmf::policy {

namespace {

// Reads from memory that somebody else holds.
class MemoryBuffer final : public std::streambuf {
public:
  explicit MemoryBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data()); // never written: this is a get area only
    setg(begin, begin, begin + text.size());
  }
};

// A secret ends at a blank, a quote, or what ends a flow value.
constexpr std::string_view secret_end = " \t\r\n\"',]}";
constexpr std::array<std::string_view, 2> secret_forms{"DHHC-1:", "NVMeTLSkey-1:"};

bool parse_into(TreeBuilder& builder, const diag::SourcePtr& source, diag::Sink& sink) {
  MemoryBuffer buffer(source->text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const StopParsing&) {
  } catch (const YAML::Exception& error) {
    report_yaml_error({error.msg, error.mark.line, error.mark.column}, source, builder, sink);
  }
  return false;
}

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
  TreeBuilder builder(source, sink);
  if (!parse_into(builder, source, sink))
    return std::nullopt;
  Document document{.source = source, .root = builder.take_root()};
  document.comments = scan_lines(source, builder.scalar_ranges(), sink);
  return document;
}

} // namespace nvmf::policy
