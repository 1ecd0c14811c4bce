// yaml-cpp's events as a tree. yaml-cpp knows neither duplicate keys nor where a node ends, and
// hides what quotes and tags stood in the text: those are read from the text itself.
#pragma once

#include "diag/finding.hpp"
#include "policy/scalar_extent.hpp"
#include "policy/tree.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

namespace nvmf::policy {

// Thrown through the parser to stop it; a finding has been added.
struct StopParsing : std::runtime_error {
  StopParsing() : std::runtime_error("stopped") {}
};

class TreeBuilder final : public YAML::EventHandler {
public:
  TreeBuilder(diag::SourcePtr source, diag::Sink& sink);

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  // The root of the first document, after parsing.
  Node take_root() { return std::move(root_); }

  // Where the innermost `[` or `{` that is still open stands; null outside of all.
  const diag::Position* open_flow() const;

  // Byte ranges of the scalars, in text order: `#` and tabs inside them are text.
  const std::vector<ByteRange>& scalar_ranges() const { return ranges_; }
  // Where the last scalar began, and whether it is a quoted one that goes over several lines.
  struct LastScalar {
    diag::Position start;
    std::size_t offset = 0;
    bool quoted_over_lines = false;
  };
  const LastScalar& last_scalar() const { return last_scalar_; }

private:
  struct Frame {
    Node node;
    bool flow = false;
    bool expects_value = false;           // map: a key was read
    std::unordered_set<std::string> keys; // of a map with many
  };

  void put(Node node);
  void put_in_map(Frame& frame, Node node);
  bool is_repeated(Frame& frame, const std::string& key);
  void open(const YAML::Mark& mark, Node::Kind kind, YAML::EmitterStyle::value style);
  void close();
  void count_node(const YAML::Mark& mark);
  void check_properties(const YAML::Mark& mark);
  void check_decoded(const Node& scalar);
  Node scalar_at(const YAML::Mark& mark, const std::string& value);

  diag::SourcePtr source_;
  std::string_view text_; // the source's
  diag::Sink& sink_;
  Node root_;
  std::vector<Frame> stack_;
  std::vector<ByteRange> ranges_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t findings_before_;
  LastScalar last_scalar_;
};

} // namespace nvmf::policy
