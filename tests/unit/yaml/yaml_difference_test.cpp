// The tree against the parser's own events: whatever is accepted is in the tree as yaml-cpp reads
// it, nothing lost beside it. The corpora, and texts made from them by small damage.
#include "yaml/yaml.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

using namespace nvmf;

namespace {

// A tree as one text: brackets, and each scalar with its length.
class Outline final : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark&) override { ++documents; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override { text += "n,"; }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { text += "*,"; }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    text += std::to_string(value.size()) + ":" + value + ",";
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    text += "[";
  }
  void OnSequenceEnd() override { text += "]"; }
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    text += "{";
  }
  void OnMapEnd() override { text += "}"; }

  std::string text;
  int documents = 0;
};

// yaml-cpp's reading; "refused" if it takes the text for invalid YAML.
std::string theirs(const std::string& text) {
  std::istringstream stream(text);
  Outline outline;
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(outline)) {
    }
  } catch (const YAML::Exception& error) {
    return std::string("refused: ") + error.what();
  }
  return outline.documents > 1 ? "several documents" : outline.text;
}

void append(std::string& out, const yaml::Node& node) {
  constexpr std::string_view nulls[] = {"", "~", "null", "Null", "NULL"};
  bool const is_null = node.is_scalar() && !node.quoted &&
                       std::find(std::begin(nulls), std::end(nulls), node.text) != std::end(nulls);
  if (is_null) {
    out += "n,";
  } else if (node.is_scalar()) {
    out += std::to_string(node.text.size()) + ":" + node.text + ",";
  } else if (node.is_list()) {
    out += "[";
    for (const yaml::Node& item : node.items)
      append(out, item);
    out += "]";
  } else {
    out += "{";
    for (const yaml::Entry& entry : node.entries) {
      append(out, entry.key);
      append(out, entry.value);
    }
    out += "}";
  }
}

struct Ours {
  bool accepted = false;
  std::string outline;
};

Ours ours(const std::string& text) {
  auto source = std::make_shared<diag::Source>();
  source->path = "p";
  source->text = text;
  diag::Sink sink;
  auto const document = yaml::parse_yaml(source, sink);
  if (!document || sink.has_errors())
    return {};
  Ours result{.accepted = true};
  if (!document->root.is_absent())
    append(result.outline, document->root);
  return result;
}

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  namespace fs = std::filesystem;
  for (const char* folder : {"/tests/corpus/good", "/tests/corpus/bad", "/policies"})
    for (const auto& entry :
         fs::recursive_directory_iterator(std::string(NVMF_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".yaml" || !fs::is_regular_file(entry.path()))
        continue;
      std::ifstream in(entry.path(), std::ios::binary);
      texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  std::sort(texts.begin(), texts.end());
  return texts;
}

void compare(const std::string& text) {
  Ours const read = ours(text);
  if (!read.accepted)
    return;
  CAPTURE(text);
  std::string other = theirs(text);
  if (other == "n,") // a document of nothing but a marker
    other.clear();
  // A line of nothing but a tab: a warning here.
  if (other.find("illegal tab") == std::string::npos)
    CHECK(read.outline == other);
}

} // namespace

TEST_CASE("the corpora are read as yaml-cpp reads them") {
  std::size_t accepted = 0;
  for (const std::string& text : corpus()) {
    compare(text);
    accepted += ours(text).accepted ? 1 : 0;
  }
  CHECK(accepted > 250);
}

TEST_CASE("a slightly damaged text is refused, or read as yaml-cpp reads it") {
  constexpr std::string_view pieces[] = {" ",  "\n", "  ", ":", ": ",   "-",   "- ",   "#",   " #",
                                         "\"", "'",  "[",  "]", "{",    "}",   ",",    "|\n", ">\n",
                                         "x",  "\t", "\\", "?", "\n\n", "\n ", "null", "~"};
  std::mt19937 random(20'26);
  std::vector<std::string> const texts = corpus();
  auto const below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 20'000; ++round) {
    std::string text = texts[below(texts.size())];
    if (text.size() > 2000 || text.empty())
      continue;
    for (std::size_t damage = 1 + below(3); damage > 0; --damage) {
      std::size_t const at = below(text.size());
      if (random() % 3 == 0 && text.size() > 1)
        text.erase(at, 1);
      else
        text.insert(at, pieces[below(std::size(pieces))]);
    }
    compare(text);
  }
}
