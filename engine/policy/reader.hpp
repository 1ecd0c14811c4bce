// Reports about nodes of one document.
#pragma once

#include "diag/finding.hpp"
#include "policy/key_table.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nvmf::policy {

class Reader {
public:
  // `source` is the text that findings show; it is the document's.
  Reader(std::shared_ptr<diag::Source> source, diag::Sink& sink)
      : source_(std::move(source)), sink_(sink) {}

  diag::Span span(const yaml::Node& node) const { return {source_, node.start, node.end}; }
  diag::Finding& report(std::uint16_t code, std::string message, const yaml::Node& node,
                        std::string label = {}) {
    return sink_.add(code, std::move(message), span(node), std::move(label));
  }
  diag::Sink& sink() { return sink_; }
  // An error is among the findings behind the first `count`.
  bool has_errors_since(std::size_t count) const;

  // Overwrites a secret in the text that findings show, so that none of them can print it.
  void mask(const yaml::Node& scalar);

private:
  std::shared_ptr<diag::Source> source_;
  diag::Sink& sink_;
};

// "a list", "a map", "nothing", "`text`".
std::string described(const yaml::Node& node);

// The value is of the wrong type: 210 where its spelling is ambiguous, else 204: "`KEY` takes
// EXPECTED, not GOT".
void report_mismatch(Reader& reader, const yaml::Node& node, const Key& key);

// What a key takes, in words: "a whole number", "`true` or `false`".
std::string expected_by(const Key& key);

} // namespace nvmf::policy
