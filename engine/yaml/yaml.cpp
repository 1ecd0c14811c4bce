#include "yaml/yaml.hpp"

#include "yaml/skim.hpp"
#include "yaml/text_check.hpp"
#include "yaml/tree_builder.hpp"

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
  Skim const skimmed = skim(source->text);
  // yaml-cpp queues the content of brackets before it raises an event for any of it.
  if (skimmed.too_deep) {
    diag::Position const at = position_of(source->text, *skimmed.too_deep);
    sink.add(108, fmt::format("nested more than {} deep", deepest_nesting),
             {source, at, {at.line, at.column + 1}});
    return std::nullopt;
  }
  return build_tree(source, skimmed.text, sink);
}

} // namespace nvmf::yaml
