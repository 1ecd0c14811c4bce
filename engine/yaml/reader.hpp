// Reports about nodes of one document.
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace nvmf::yaml {

class Reader {
public:
  // `source` is the text that findings show; it is the document's.
  Reader(diag::SourcePtr source, diag::Sink& sink) : source_(std::move(source)), sink_(sink) {}

  diag::Span span(const Node& node) const { return {source_, node.start, node.end}; }
  diag::Finding& report(std::uint16_t code, std::string message, const Node& node,
                        std::string label = {}) {
    return sink_.add(code, std::move(message), span(node), std::move(label));
  }
  diag::Sink& sink() { return sink_; }
  // An error is among the findings behind the first `count`.
  bool has_errors_since(std::size_t count) const;

private:
  diag::SourcePtr source_;
  diag::Sink& sink_;
};

// The name of a value in a finding: "a list", "a map", "nothing", "`text`".
std::string described(const Node& node);

} // namespace nvmf::yaml
