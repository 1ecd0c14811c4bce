#include "yaml/yaml.hpp"

#include "yaml/text_check.hpp"
#include "yaml/yaml_cursor.hpp"
#include "yaml/yaml_reader.hpp"

#include <fmt/format.h>

namespace nvmf::yaml {

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

} // namespace nvmf::yaml
