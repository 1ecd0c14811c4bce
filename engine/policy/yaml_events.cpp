#include "policy/yaml_events.hpp"

#include "diag/shown_text.hpp"
#include "policy/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

constexpr std::size_t few_keys = 16; // up to here a look at each entry is quicker than a set

diag::Position position_of(const YAML::Mark& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

diag::Position next_column(diag::Position at, std::size_t columns = 1) {
  return {at.line, at.column + static_cast<std::uint32_t>(columns)};
}

// No plain scalar begins with one of these.
bool is_quote(char c) { return std::string_view("\"'|>").find(c) != std::string_view::npos; }

bool starts_with_at(std::string_view text, const YAML::Mark& mark, std::string_view wanted) {
  return text.substr(std::min<std::size_t>(static_cast<std::size_t>(mark.pos), text.size()))
      .starts_with(wanted);
}

} // namespace

TreeBuilder::TreeBuilder(diag::SourcePtr source, diag::Sink& sink)
    : source_(std::move(source)), text_(source_->text), sink_(sink),
      findings_before_(sink.findings().size()) {}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1)
    return;
  diag::Position const at = position_of(mark);
  bool const marked = text_.substr(0, static_cast<std::size_t>(mark.pos)).rfind("\n---") !=
                          std::string_view::npos ||
                      starts_with_at(text_, mark, "---");
  if (marked)
    sink_.add(105, "a second document begins", {source_, at, next_column(at)}).help =
        "a policy file is one document; put the second one into a file of its own";
  else
    sink_.add(101, "text after the end of the policy", {source_, at, next_column(at)}).help =
        "check the indentation: keys of one map begin in the same column";
  throw StopParsing();
}

void TreeBuilder::count_node(const YAML::Mark& mark) {
  if (sink_.findings().size() >= findings_before_ + most_mistakes)
    throw StopParsing();
  if (++nodes_ <= most_nodes)
    return;
  diag::Position const at = position_of(mark);
  sink_.add(108, fmt::format("more than {} values", most_nodes), {source_, at, next_column(at)});
  throw StopParsing();
}

// yaml-cpp resolves or drops anchors and tags; the text still has them.
void TreeBuilder::check_properties(const YAML::Mark& mark) {
  count_node(mark);
  diag::Position const at = position_of(mark);
  diag::Span const where{source_, at, next_column(at)};
  if (starts_with_at(text_, mark, "&"))
    sink_.add(103, "an anchor (`&…`) is not allowed here", where).help =
        "write the value where it is needed, or use `sets` and `profiles`";
  else if (starts_with_at(text_, mark, "!"))
    sink_.add(104, "a tag (`!…`) is not allowed here", where).help =
        "take it out; quote a value to make it a string";
}

Node TreeBuilder::scalar_at(const YAML::Mark& mark, const std::string& value) {
  std::size_t const marked = std::min(static_cast<std::size_t>(mark.pos), text_.size());
  std::size_t const offset = behind_properties(text_, marked);
  bool const moved = offset != marked;
  Node node;
  node.start = position_of(mark);
  auto const range = scalar_extent(text_, offset, value);
  if (!range) {
    sink_.add(109, "the quote that begins here is never closed",
              {source_, node.start, next_column(node.start)});
    throw StopParsing();
  }
  std::size_t const line_end = std::min(text_.find('\n', offset), text_.size());
  std::size_t const length = std::min(range->last, line_end) - offset;
  node.end = next_column(node.start, moved ? 1 : std::max<std::size_t>(length, 1));
  node.text = value;
  node.quoted = offset < text_.size() && is_quote(text_[offset]);
  ranges_.push_back(*range);
  last_scalar_ = {node.start, offset, node.quoted && range->last > line_end};
  return node;
}

// Escapes can make characters that the text itself may not contain.
void TreeBuilder::check_decoded(const Node& scalar) {
  std::string_view rest = scalar.text;
  while (!rest.empty()) {
    diag::Character const character = diag::first_character(rest);
    bool const control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
    bool const break_or_tab = character.code == '\n' || character.code == '\t';
    if ((control && !break_or_tab) || diag::is_invisible(character.code)) {
      sink_
          .add(107,
               fmt::format("the text contains the invisible character U+{:04X}",
                           static_cast<unsigned>(character.code)),
               {source_, scalar.start, scalar.end})
          .help = "take the escape out";
      return;
    }
    rest.remove_prefix(character.bytes);
  }
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t) {
  check_properties(mark);
  std::string written;
  for (std::string_view const word : {"null", "Null", "NULL", "~"})
    if (starts_with_at(text_, mark, word))
      written = word;
  Node node;
  node.start = position_of(mark);
  node.end = next_column(node.start, std::max<std::size_t>(written.size(), 1));
  node.text = written;
  put(std::move(node));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  count_node(mark);
  diag::Position const at = position_of(mark);
  sink_.add(103, "an alias (`*…`) is not allowed here", {source_, at, next_column(at)}).help =
      "write the value where it is needed, or use `sets` and `profiles`; quote a glob";
  Node node;
  node.start = at;
  node.end = next_column(at);
  node.text = "*";
  put(std::move(node));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                           const std::string& value) {
  check_properties(mark);
  Node node = scalar_at(mark, value);
  if (node.quoted)
    check_decoded(node);
  put(std::move(node));
}

void TreeBuilder::open(const YAML::Mark& mark, Node::Kind kind, YAML::EmitterStyle::value style) {
  check_properties(mark);
  Frame frame;
  frame.node.kind = kind;
  frame.node.start = position_of(mark);
  frame.node.end = next_column(frame.node.start);
  frame.flow = style == YAML::EmitterStyle::Flow;
  if (stack_.size() >= deepest_nesting) {
    sink_.add(108, fmt::format("nested more than {} deep", deepest_nesting),
              {source_, frame.node.start, frame.node.end});
    throw StopParsing();
  }
  stack_.push_back(std::move(frame));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                                  YAML::EmitterStyle::value style) {
  open(mark, Node::Kind::list, style);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                             YAML::EmitterStyle::value style) {
  open(mark, Node::Kind::map, style);
}

void TreeBuilder::close() {
  Frame frame = std::move(stack_.back());
  stack_.pop_back();
  // A block map is shown by its first key.
  if (!frame.flow && !frame.node.entries.empty())
    frame.node.end = frame.node.entries.front().key.end;
  put(std::move(frame.node));
}

void TreeBuilder::put(Node node) {
  if (stack_.empty()) {
    root_ = std::move(node);
    return;
  }
  Frame& frame = stack_.back();
  if (frame.node.is_list())
    frame.node.items.push_back(std::move(node));
  else
    put_in_map(frame, std::move(node));
}

bool TreeBuilder::is_repeated(Frame& frame, const std::string& key) {
  const auto& entries = frame.node.entries;
  if (entries.size() < few_keys)
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.key.text == key; });
  if (frame.keys.empty())
    for (const Entry& entry : entries)
      frame.keys.insert(entry.key.text);
  return !frame.keys.insert(key).second;
}

// A key that comes again is reported and left out with its value: the first one counts.
void TreeBuilder::put_in_map(Frame& frame, Node node) {
  auto& entries = frame.node.entries;
  frame.expects_value = !frame.expects_value;
  if (!frame.expects_value) {
    if (node.is_absent()) { // shown by its key
      node.start = entries.back().key.start;
      node.end = entries.back().key.end;
    }
    entries.back().value = std::move(node);
    if (entries.back().key.text.empty() && !entries.back().key.quoted)
      entries.pop_back();
    return;
  }
  diag::Span const where{source_, node.start, node.end};
  bool usable = node.is_scalar();
  if (!usable) {
    sink_.add(101, "a key must be a word, not a list or a map", where);
  } else if (node.is_plain("<<")) {
    sink_.add(103, "a merge key (`<<`) is not allowed here", where).help =
        "write the keys where they are needed, or use `profiles`";
    usable = false;
  } else if (is_repeated(frame, node.text)) {
    diag::Finding& finding =
        sink_.add(102, fmt::format("key `{}` is there twice", node.text), where);
    for (const Entry& entry : entries)
      if (entry.key.text == node.text)
        finding.spans.push_back({{source_, entry.key.start, entry.key.end}, "first here", false});
    usable = false;
  }
  if (!usable)
    node = Node{.start = node.start, .end = node.end}; // dropped when its value is there
  entries.push_back({std::move(node), {}});
}

const diag::Position* TreeBuilder::open_flow() const {
  for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame)
    if (frame->flow)
      return &frame->node.start;
  return nullptr;
}

} // namespace nvmf::policy
