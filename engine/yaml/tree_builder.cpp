#include "yaml/tree_builder.hpp"

#include "diag/shown_text.hpp"
#include "yaml/explain.hpp"
#include "yaml/margin.hpp"
#include "yaml/text_check.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sstream>
#include <unordered_set>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace nvmf::yaml {

namespace {

constexpr std::size_t few_keys = 16; // up to here a look at each entry is quicker than a set

// Leaves the parser out of its callbacks; a finding has been added. Caught in this file.
struct Stop {};

// A list or map that is being read; the document below all of them.
struct Frame {
  Node node;
  Style style = Style::block;
  std::size_t column = 0; // where it begins; its entries begin there in blocks
  std::size_t nodes = 0;  // of its own, keys included
  Node key;
  bool keeps_key = true;                // false: reported, and left out with its value
  std::unordered_set<std::string> keys; // once there are more than a few

  bool wants_key() const { return node.is_map() && nodes % 2 == 0; }
  bool wants_value() const { return node.is_map() && nodes % 2 == 1; }
};

std::size_t length_of(const Node& node) {
  return node.end.column > node.start.column ? node.end.column - node.start.column : 1;
}

// The parser checks little of what lies between two nodes (`[a,,b]`, `{a, b}`, a second document
// and `? a` are fine with it). Here each node must be preceded by exactly what its place in the
// tree needs, and nothing else: that is what makes a wrong text an error whatever the parser takes.
class TreeBuilder final : public YAML::EventHandler {
public:
  TreeBuilder(const diag::SourcePtr& source, diag::Sink& sink) : margin_(source, sink) {
    frames_.emplace_back();
  }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {
    need(margin_.skip(Style::block));
    if (margin_.is_marker("---"))
      margin_.advance(3);
  }
  void OnDocumentEnd() override {}

  // Also for a word that YAML 1.1 takes for null, and for what is not there: then the place is that
  // of whatever comes next.
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {
    pass_indicator();
    need(margin_.skip(style()));
    has_properties_ = margin_.skip_properties();
    if (has_properties_)
      need(margin_.skip(style()));
    std::size_t const length = null_word();
    if (length == 0) {
      pass_over_properties_alone();
      return add(absent());
    }
    Node node{.start = margin_.position(), .text = std::string(margin_.rest().substr(0, length))};
    margin_.advance(length);
    node.end = margin_.position();
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    arrive(mark);
    Node node{.start = margin_.position(), .end = margin_.position(), .text = "*"};
    margin_.skip_sign();
    add(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    arrive(mark);
    Node node{.start = margin_.position(), .text = value};
    if (value.empty() && margin_.peek() != '"' && margin_.peek() != '\'')
      pass_over_properties_alone();
    std::optional<diag::Position> end;
    switch (margin_.peek()) {
    case '"':
    case '\'':
      node.quoted = true;
      end = margin_.pass_quoted(in_document() || style() == Style::flow ? 0 : top().column + 1);
      break;
    case '|':
    case '>':
      node.quoted = true;
      end = margin_.pass_block(top().column);
      break;
    default:
      // `{a: -}` is a list entry for others.
      if (style() == Style::flow && value == "-")
        fail(101, "a value cannot begin with `-` without quotes", "write `\"-\"`");
      end = margin_.pass_plain(value, style());
    }
    need(end.has_value());
    node.end = *end;
    if (auto const code = node.quoted ? invisible_character(value) : std::nullopt)
      margin_
          .report(107,
                  fmt::format("the text contains the invisible character U+{:04X}",
                              static_cast<unsigned>(*code)),
                  node.start, length_of(node))
          .help = "take the escape out";
    take_odd_blanks(node);
    take_curly_quotes(node);
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value style) override {
    open(mark, Node::Kind::list, style, '[');
  }
  void OnSequenceEnd() override { close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value style) override {
    open(mark, Node::Kind::map, style, '{');
  }
  void OnMapEnd() override { close('}'); }

  // Behind the document: nothing but comments, and its end marker.
  Document finish() {
    need(margin_.skip(Style::block));
    if (margin_.is_marker("...")) {
      margin_.advance(3);
      need(margin_.skip(Style::block));
    }
    if (margin_.is_marker("---"))
      fail(105, "a second document begins",
           "a policy file is one document; put the second one into a file of its own");
    bool const directive = margin_.peek() == '%' && margin_.column() == 0;
    if (directive || margin_.peek() == '#') // a comment needs a blank before it
      fail_unexpected();
    if (!margin_.at_end())
      fail(101, "text after the end of the policy",
           "check the indentation: keys of one map begin in the same column");
    return {.source = margin_.source(),
            .root = std::move(top().node),
            .comments = margin_.take_comments()};
  }

  // Of the last node.
  std::size_t end() const { return margin_.offset(); }

private:
  Frame& top() { return frames_.back(); }
  bool in_document() const { return frames_.size() == 1; }
  Style style() { return top().style; }

  static void need(bool fine) {
    if (!fine)
      throw Stop();
  }

  [[noreturn]] void fail(std::uint16_t code, std::string message, std::string help = {}) {
    margin_.report(code, std::move(message), margin_.position()).help = std::move(help);
    throw Stop();
  }

  // At the end of the text the parser takes brackets that are still open for keys, and 0.7 a quote
  // for closed: then that is the mistake.
  [[noreturn]] void fail_in_brackets(std::string message, std::string help = {}) {
    need(!explain_open_end(margin_.source(), margin_.sink()));
    fail(101, std::move(message), std::move(help));
  }

  [[noreturn]] void fail_unexpected() {
    margin_.report_unexpected();
    throw Stop();
  }

  // The one indicator that a node in this place needs before it.
  void pass_indicator() {
    need(margin_.mistakes() <= most_mistakes);
    if (++nodes_ > most_nodes)
      fail(108, fmt::format("more than {} values", most_nodes));
    need(margin_.skip(style()));
    indicator_ = margin_.position();
    if (top().wants_value())
      return pass_colon();
    char const needed = style() == Style::flow ? (top().nodes > 0 ? ',' : '\0')
                        : top().node.is_list() ? '-'
                                               : '\0';
    if (needed == '\0')
      return;
    if (margin_.peek() != needed)
      fail_unexpected();
    margin_.advance();
  }

  void pass_colon() {
    const Node& key = top().key;
    if (margin_.peek() != ':') {
      margin_
          .report(101, fmt::format("a `:` expected after `{}`", key.text), key.start,
                  length_of(key))
          .help = colon_missing_help(key.text);
      throw Stop();
    }
    // JSON needs none behind a quoted key.
    if (!key.quoted && std::string_view(",[]{}").find(margin_.peek(1)) != std::string_view::npos)
      fail(101, "a blank is missing after `:`");
    margin_.advance();
  }

  // `transport=tcp`, `transport:tcp`; in brackets also what a `,` has cut off.
  std::string colon_missing_help(const std::string& key) {
    auto const sign = key.find_first_of(":=");
    auto const value = key.find_first_not_of(":=> ", sign);
    auto const name = key.substr(0, key.find_last_not_of(' ', sign == 0 ? 0 : sign - 1) + 1);
    if (sign != std::string::npos && sign > 0 && value != std::string::npos)
      return fmt::format("write `{}: {}`", name, key.substr(value));
    bool const is_cut_off = style() == Style::flow && top().nodes > 1;
    return is_cut_off
               ? "a value with a `,` in it needs quotes, and several values are a list `[A, B]`"
               : "";
  }

  // At a node that is there.
  void arrive(const YAML::Mark& mark) {
    pass_indicator();
    need(margin_.skip(style()));
    if (margin_.offset() != static_cast<std::size_t>(mark.pos) || !(is_deeper() || at_dash()))
      fail_unexpected();
    has_properties_ = margin_.skip_properties();
    if (has_properties_)
      need(margin_.skip(style()));
  }

  // `transport: !rdma` was reported; its value is not missing.
  void pass_over_properties_alone() {
    if (has_properties_ && top().wants_value())
      top().keeps_key = false;
  }

  // The value of a key or dash is behind it or, below it, in a deeper column; a list may begin
  // right below its key. yaml-cpp takes anything there.
  bool is_deeper() {
    return in_document() || top().wants_key() || style() == Style::flow ||
           margin_.line() == indicator_.line || margin_.column() > top().column;
  }
  bool at_dash() const {
    return margin_.peek() == '-' && (margin_.is_blank(1) || margin_.is_break(1));
  }

  // The length of the word for null here, if it is the node. A node that is absent is followed by
  // something else, which may be such a word, too: a key, not deeper than its map.
  std::size_t null_word() {
    constexpr std::array<std::string_view, 4> words{"~", "null", "Null", "NULL"};
    auto const word = std::find_if(words.begin(), words.end(), [&](std::string_view one) {
      return margin_.rest().starts_with(one);
    });
    return is_deeper() && word != words.end() ? word->size() : 0;
  }

  // Nothing was written: its place is that of its key or dash. A list in brackets has no such item,
  // a map no such key.
  Node absent() {
    bool const in_brackets = style() == Style::flow;
    if (in_brackets && top().wants_key() &&
        std::string_view(":,").find(margin_.peek()) == std::string_view::npos)
      fail_in_brackets("a key and `:` expected", "a key and its `:` belong on one line");
    if (top().wants_key() || (in_brackets && top().node.is_list()))
      fail_unexpected();
    if (top().wants_value())
      return {.start = top().key.start, .end = top().key.end};
    if (in_document())
      return {};
    return {.start = indicator_, .end = {indicator_.line, indicator_.column + 1}};
  }

  void open(const YAML::Mark& mark, Node::Kind kind, YAML::EmitterStyle::value style,
            char bracket) {
    arrive(mark);
    if (frames_.size() > deepest_nesting)
      fail(108, fmt::format("nested more than {} deep", deepest_nesting));
    if (top().wants_key())
      fail_in_brackets("a key must be a word, not a list or a map");
    Frame frame{.node = {.kind = kind, .start = margin_.position()}, .column = margin_.column()};
    frame.node.end = {frame.node.start.line, frame.node.start.column + 1};
    if (style == YAML::EmitterStyle::Flow) {
      if (margin_.peek() != bracket)
        fail_in_brackets("a `:` is not allowed in a list", "write `{key: value}`");
      frame.style = Style::flow;
      margin_.advance();
    }
    frames_.push_back(std::move(frame));
  }

  void close(char bracket) {
    if (style() == Style::flow) {
      need(margin_.skip(style()));
      if (margin_.peek() == ',' && top().nodes > 0) {
        margin_.advance();
        need(margin_.skip(style()));
      }
      if (margin_.peek() != bracket)
        fail_unexpected();
      margin_.advance();
    }
    Node node = std::move(top().node);
    frames_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    Frame& frame = top();
    if (in_document()) {
      frame.node = std::move(node);
    } else if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
    } else if (frame.wants_key()) {
      // A map in a block has the place of its first key.
      if (frame.style == Style::block && frame.nodes == 0)
        frame.node.end = node.end;
      frame.keeps_key = check_key(frame, node);
      frame.key = std::move(node);
    } else if (frame.keeps_key) {
      frame.node.entries.push_back({std::move(frame.key), std::move(node)});
    }
    ++frame.nodes;
  }

  // A blank of another kind at either end, which cannot be seen there, and is a letter for YAML.
  void take_odd_blanks(Node& node) {
    bool const may_be = !node.quoted && !top().wants_key();
    auto const odd = may_be ? odd_blank_at_end(node.text) : std::nullopt;
    if (!odd)
      return;
    margin_
        .report(107,
                fmt::format("{} (U+{:04X}) at the {} of a value",
                            odd->code == 0xa0 ? "a no-break space" : "a blank of another kind",
                            static_cast<unsigned>(odd->code),
                            odd->offset == 0 ? "beginning" : "end"),
                {node.start.line, node.start.column + static_cast<std::uint32_t>(odd->offset)},
                odd->bytes)
        .help = "take it out";
    node.text.erase(odd->offset, odd->bytes);
  }

  // As word processors write them, and YAML takes them for letters. The text between them is read.
  void take_curly_quotes(Node& node) {
    constexpr std::array<std::string_view, 7> closing{"\u2019", "\u201c", "\u201d", "\u00ab",
                                                      "\u00bb", "\u2039", "\u203a"};
    if (node.quoted || node.text.empty())
      return;
    diag::Character const first = diag::first_character(node.text);
    constexpr std::array<char32_t, 4> angles{0xab, 0xbb, 0x2039, 0x203a};
    bool const is_curly = (first.code >= 0x2018 && first.code <= 0x201f) ||
                          std::find(angles.begin(), angles.end(), first.code) != angles.end();
    if (!first.valid || !is_curly)
      return;
    diag::Finding& finding = margin_.report(101,
                                            fmt::format("`{}` (U+{:04X}) is not a quote of YAML",
                                                        node.text.substr(0, first.bytes),
                                                        static_cast<unsigned>(first.code)),
                                            node.start, length_of(node));
    finding.help = "write `\"` or `'`";
    node.text.erase(0, first.bytes);
    for (std::string_view const quote : closing)
      if (node.text.ends_with(quote))
        node.text.erase(node.text.size() - quote.size());
    if (node.text.find_first_of("\"\\\n") == std::string::npos)
      finding.replacement = fmt::format("\"{}\"", node.text);
    node.quoted = true;
  }

  // False for a key that comes again (yaml-cpp leaves that to its caller) or cannot be one: it is
  // reported, and left out with its value.
  bool check_key(Frame& frame, const Node& key) {
    if (key.is_plain("<<")) {
      margin_.report(103, "a merge key (`<<`) is not allowed here", key.start, 2).help =
          "write the keys where they are needed, or use `profiles`";
      return false;
    }
    if (auto const odd = key.quoted ? std::nullopt : odd_blank_mistake(key.text)) {
      diag::Finding& finding = margin_.report(
          odd->code, odd->message,
          {key.start.line, key.start.column + static_cast<std::uint32_t>(odd->offset)},
          odd->length);
      finding.help = odd->help;
      finding.replacement = odd->replacement;
      throw Stop();
    }
    if (!is_repeated(frame, key.text))
      return true;
    diag::Finding& finding =
        margin_.report(102, fmt::format("duplicate key `{}`", key.text), key.start, length_of(key));
    for (const Entry& entry : frame.node.entries)
      if (entry.key.text == key.text)
        finding.spans.push_back(
            {{margin_.source(), entry.key.start, entry.key.end}, "first here", false});
    return false;
  }

  static bool is_repeated(Frame& frame, const std::string& key) {
    const std::vector<Entry>& entries = frame.node.entries;
    if (entries.size() < few_keys)
      return std::any_of(entries.begin(), entries.end(),
                         [&](const Entry& entry) { return entry.key.text == key; });
    if (frame.keys.empty())
      for (const Entry& entry : entries)
        frame.keys.insert(entry.key.text);
    return !frame.keys.insert(key).second;
  }

  Margin margin_;
  std::vector<Frame> frames_;   // the document first
  bool has_properties_ = false; // a tag or an anchor before the node that was begun last
  diag::Position indicator_;    // before the node that was begun last
  std::size_t nodes_ = 0;
};

} // namespace

std::optional<Document> build_tree(const diag::SourcePtr& source, const std::string& text,
                                   diag::Sink& sink) {
  TreeBuilder builder(source, sink);
  try {
    std::istringstream stream(text);
    YAML::Parser(stream).HandleNextDocument(builder);
    return builder.finish();
  } catch (const Stop&) {
    // It was reported.
  } catch (const YAML::Exception& error) {
    explain(source,
            {error.msg, static_cast<std::size_t>(std::max(error.mark.pos, 0)), builder.end()},
            sink);
  }
  explain_look_alike(source, sink);
  return std::nullopt;
}

} // namespace nvmf::yaml
