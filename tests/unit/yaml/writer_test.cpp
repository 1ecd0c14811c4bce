#include "yaml/writer.hpp"
#include "yaml/yaml.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("scalar: plain only where it cannot be read as anything else") {
  struct Row {
    std::string text;
    std::string expected;
  };
  const Row rows[] = {
      {"ens1f0", "ens1f0"},
      {"10.20.1.10", "10.20.1.10"},
      {"", "\"\""},
      {"true", "\"true\""},
      {"4420", "\"4420\""},
      {"fd20::1", "\"fd20::1\""},
      {"null", "\"null\""},
      {"none", "none"},
      {"-", "\"-\""},
      {"a\"b\\", "\"a\\\"b\\\\\""},
      {"a\nb", "\"a\\x0ab\""},
      {"nqn.x:y", "\"nqn.x:y\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(yaml::scalar(row.text) == row.expected);
  }
}

TEST_CASE("scalar: read back, it is the same text") {
  for (const std::string text : {"ens1f0", "", "true", "010", "a: b", "a #b", "- a", "[a]", "'",
                                 "\"", "\\", "*", "&a", "%", "\xc3\xbc", "a\nb", " a "}) {
    CAPTURE(text);
    diag::Sink sink;
    auto const source = std::make_shared<const diag::Source>(
        diag::Source{"a.yaml", "key: " + yaml::scalar(text) + '\n'});
    auto const document = yaml::parse_yaml(source, sink);
    CHECK(sink.findings().empty());
    REQUIRE(document);
    CHECK(document->root.entries.front().value.text == text);
  }
}

TEST_CASE("scalar_or_list: one value alone, several in brackets") {
  CHECK(yaml::scalar_or_list({"a"}) == "a");
  CHECK(yaml::scalar_or_list({"a", "b: c"}) == "[a, \"b: c\"]");
  CHECK(yaml::scalar_or_list({}) == "[]");
}

TEST_CASE("Writer: lines, items and comments") {
  yaml::Writer yaml;
  yaml.comment(0, "first\n\nsecond");
  yaml.line(0, "version", "1");
  yaml.blank();
  yaml.line(0, "rules", {});
  yaml.line(2, "- name", "a", "from b");
  yaml.line(4, "profiles", {}, "two");
  yaml.item(6, yaml::scalar("c"));
  CHECK(yaml.text() == "# first\n#\n# second\nversion: 1\n\nrules:\n  - name: a  # from b\n"
                       "    profiles:  # two\n      - c\n");
}
