// Texts that yaml-cpp takes, or refuses too late or too vaguely, and that the language refuses:
// each is a finding at its place. And similar texts that are right.
#include "diag/render.hpp"
#include "yaml/yaml.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

std::string repeated(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += piece;
  return out;
}

diag::Sink text_findings_of(const std::string& text) {
  auto source = std::make_shared<diag::Source>();
  source->path = "p";
  source->text = text;
  diag::Sink sink;
  yaml::parse_yaml(source, sink);
  return sink;
}

// `102 3:1 key …` for each, without help.
std::string findings_outline_of(const std::string& text) {
  std::string out;
  diag::Sink const sink = text_findings_of(text);
  for (const diag::Finding& finding : sink.findings()) {
    diag::Position const at = finding.spans.front().span.start;
    out += std::to_string(finding.code) + " " + std::to_string(at.line) + ":" +
           std::to_string(at.column) + " " + finding.message + "\n";
  }
  return out;
}

struct StrictRow {
  const char* name;
  std::string text;
  std::string findings;
};

void check_row(const StrictRow& row) {
  INFO(std::string(row.name));
  CAPTURE(row.text);
  CHECK(findings_outline_of(row.text) == row.findings);
}

constexpr const char* invisible_escape =
    "107 1:4 the text contains the invisible character U+200B\n";
constexpr const char* unknown_escape = "101 1:6 an escape that YAML does not know\n";
constexpr const char* shallow_quote =
    "109 1:4 the quote that begins here is not closed in its place\n";

} // namespace

TEST_CASE("an error at its place: texts that the parser takes and the language does not") {
  const StrictRow rows[] = {
      {"duplicate key", "a: 1\nb: 2\na: 3\n", "102 3:1 duplicate key `a`\n"},
      {"duplicate key in brackets", "{a: 1, \"a\": 2}", "102 1:8 duplicate key `a`\n"},
      {"the twentieth key again",
       repeated("", 1) +
           [] {
             std::string out;
             for (int i = 0; i < 20; ++i)
               out += "k" + std::to_string(i) + ": 1\n";
             return out + "k19: 2\n";
           }(),
       "102 21:1 duplicate key `k19`\n"},
      {"anchor", "a: &x 1\n", "103 1:4 an anchor (`&…`) is not allowed here\n"},
      {"anchor of null", "a: &x null\nb: 1\n", "103 1:4 an anchor (`&…`) is not allowed here\n"},
      {"anchor of nothing", "a: &x\nb: 1\n", "103 1:4 an anchor (`&…`) is not allowed here\n"},
      {"alias", "a: &x 1\nb: [*x]\n",
       "103 1:4 an anchor (`&…`) is not allowed here\n"
       "103 2:5 an alias (`*…`) is not allowed here\n"},
      {"alias of nothing", "a: *x\n", "103 1:4 an alias (`*…`) is not allowed here\n"},
      {"a star alone", "a: *\n", "103 1:4 an alias (`*…`) is not allowed here\n"},
      {"merge key", "a: {<<: {b: 1}}\n", "103 1:5 a merge key (`<<`) is not allowed here\n"},
      {"tag", "a: !!str 1\n", "104 1:4 a tag (`!…`) is not allowed here\n"},
      {"tag of nothing", "a: !!str\nb: 1\n", "104 1:4 a tag (`!…`) is not allowed here\n"},
      {"second document", "a: 1\n---\nb: 1\n", "105 2:1 a second document begins\n"},
      {"document behind the end marker", "a: 1\n...\nb: 1\n",
       "101 3:1 text after the end of the policy\n"},
      {"directive", "%YAML 1.2\n---\na: 1\n", "101 1:1 a YAML directive (`%…`)\n"},
      {"tab before a key", "a:\n\tb: 1\n", "106 2:1 a tab in the indentation\n"},
      {"tab before a value", "a:\n\tb\n", "106 2:1 a tab in the indentation\n"},
      {"tab before the rest of a text", "a: b\n  \tc\n", "106 2:3 a tab in the indentation\n"},
      {"tab behind a dash", "-\ta\n", "106 1:2 a tab in the indentation\n"},
      {"escape makes an invisible character", "a: \"\\u200b\"\n", invisible_escape},
      {"escape of a single quote", "a: \"b\\'c\"\n", unknown_escape},
      {"quote open to the end", "a: \"b\n", "109 1:4 the quote that begins here is never closed\n"},
      {"quote closed by the next one", "a: \"b\nc: \"d\"\n", shallow_quote},
      {"quote goes on too far left", "a: 'b\nc'\n", shallow_quote},
      {"quote goes on behind an escaped line end", "a: \"b\\\nc\"\n", shallow_quote},
      {"quote open in brackets", "a: [b, \"c]\n",
       "109 1:8 the quote that begins here is not closed in its place\n"},
      {"quoted key open in brackets", "- {a: 1, \"b: 2}\n",
       "109 1:10 the quote that begins here is not closed in its place\n"},
      {"empty item", "[a,,b]", "101 1:4 nothing before this `,`\n"},
      {"only a comma", "[,]", "101 1:2 nothing before this `,`\n"},
      {"empty entry", "{a: 1,,b: 1}", "101 1:7 nothing before this `,`\n"},
      {"key alone in brackets", "{a, b: 1}", "101 1:2 a `:` expected after `a`\n"},
      {"blank missing", "{a:b}", "101 1:2 a `:` expected after `a:b`\n"},
      {"blank missing before a comma", "{a:,b: 1}", "101 1:3 a blank is missing after `:`\n"},
      {"value without a key", "{: b}", "101 1:2 a `:` is not allowed here\n"},
      {"value without a key in a block", ": b\n", "101 1:1 a `:` is not allowed here\n"},
      {"list as a key", "{[a]: b}", "101 1:2 a key must be a word, not a list or a map\n"},
      {"pair in a list", "[a: b]", "101 1:2 a `:` is not allowed in a list\n"},
      {"marked key", "? a\n: b\n", "101 1:1 a key that is marked with `?`\n"},
      {"question mark in brackets", "[a?]", "101 1:3 a `?` inside brackets needs quotes\n"},
      {"dash in brackets", "[-]", "101 1:2 a value cannot begin with `-` without quotes\n"},
      {"value not deeper than its key", "a:\nb\nc: 1\n", "101 2:1 a key and `:` expected\n"},
      {"block text not deeper than its key", "a:\n|\n  b\n",
       "101 2:1 a value cannot begin with `|` without quotes\n"},
      {"brackets not deeper than their key", "a:\n[b]\n",
       "101 2:1 a key or value is not allowed here\n"},
      {"comment without a blank", "a: \"b\"#c\n", "101 1:7 text after a value\n"},
      {"comment without a blank behind `|`", "a: |#c\n  b\n", "101 1:5 text after a value\n"},
      {"a line without a colon", "a: 1\nrules\n  - name: b\n", "101 2:1 a key and `:` expected\n"},
      {"a key over two lines", "{\"a\n b\": 1}", "101 1:2 a key and `:` expected\n"},
      {"33 deep by indentation",
       [] {
         std::string out;
         for (std::size_t i = 0; i < 33; ++i)
           out += std::string(i, ' ') + "a:\n";
         return out;
       }(),
       "108 33:33 nested more than 32 deep\n"},
      {"33 deep by brackets", std::string(33, '[') + std::string(33, ']'),
       "108 1:33 nested more than 32 deep\n"},
      {"33 deep by dashes", repeated("- ", 33) + "a\n", "108 1:65 nested more than 32 deep\n"},
      {"a line of 32 KiB and a byte", "a: " + std::string((std::size_t{32} << 10) - 2, 'b') + "\n",
       "108 1:1 a line of 32769 bytes, more than 32768\n"},
      {"400,001 values", "[" + repeated("a,\n", 400'000) + "]",
       "108 399999:2 more than 400000 values\n"},
  };
  for (const StrictRow& row : rows)
    check_row(row);
}

TEST_CASE("similar texts that are right have no finding") {
  const StrictRow rows[] = {
      {"the same key in two maps", "a: {b: 1}\nc: {b: 1}\n", ""},
      {"a document with both markers", "---\na: 1\n...\n# end\n", ""},
      {"only comments", "# a\n  # b\n", ""},
      {"quote over two lines", "a: \"b\n  c\"\n", ""},
      {"quote over two lines in brackets", "a: [\"b\nc\"]\n", ""},
      {"comma at the end", "[a, b,]", ""},
      {"JSON", "{\"a\":1,\"b\":[{\"c\":null}]}", ""},
      {"null as a key and a value", "null:\nb: null\nnull :\n", "102 3:1 duplicate key `null`\n"},
      {"list right below its key", "a:\n- b\n- c\nd: 1\n", ""},
      {"item of nothing", "-\n- a\n-\n", ""},
      {"32 deep", std::string(32, '[') + std::string(32, ']'), ""},
      {"brackets in a block text", "a: |\n" + repeated("  [ { (\n", 40), ""},
      {"brackets in quotes and comments",
       "a: \"" + std::string(40, '[') + "\" # " + std::string(40, '[') + "\nb: c" +
           std::string(40, '[') + "\n",
       ""},
      {"a line of 32 KiB", "a: " + std::string((std::size_t{32} << 10) - 3, 'b') + "\n", ""},
      {"line ends of Windows", "a:\r\n  - b\r\n  - \"c\r\n    d\"\r\n# e\r\n", ""},
      {"a tab before a comment", "a: 1\n\t# b\nc: 1\n", ""},
      {"a tab in an empty line", "a: 1\n\t\nc: 1\n", "106 2:1 a tab\n"},
      {"a tab in a block text", "a: |\n  b\n  \t# c\n", ""},
  };
  for (const StrictRow& row : rows)
    check_row(row);
}

TEST_CASE("the tree of what was left out") {
  auto source = std::make_shared<diag::Source>();
  source->path = "p";
  source->text = "a:\nnull: x\nb: [null, ~]\nc:\n-\n- |\n    d\n   \n    e\nf: |\n  \t# g\n";
  diag::Sink sink;
  auto const document = yaml::parse_yaml(source, sink);
  REQUIRE(document);
  const auto& entries = document->root.entries;
  REQUIRE(entries.size() == 5);
  CHECK(entries[0].value.is_absent());
  CHECK((entries[0].value.start == diag::Position{1, 1}));
  CHECK(entries[1].key.text == "null");
  CHECK(entries[2].value.items.at(0).text == "null");
  CHECK(entries[2].value.items.at(1).text == "~");
  CHECK(entries[3].value.items.at(0).is_absent());
  CHECK((entries[3].value.items.at(0).start == diag::Position{5, 1}));
  CHECK(entries[3].value.items.at(1).text == "d\n\ne\n");
  CHECK(entries[4].value.text == "\t# g\n");
  CHECK(document->comments.empty());
}
