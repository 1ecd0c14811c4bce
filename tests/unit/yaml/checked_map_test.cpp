#include "yaml/checked_map.hpp"
#include "yaml/yaml.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

// "LINE:COLUMN CODE MESSAGE; HELP (LABEL)", a line each.
std::string findings_of(const std::string& text, const yaml::MapKind& kind) {
  diag::Sink sink;
  auto const source = std::make_shared<const diag::Source>(diag::Source{"map.yaml", text});
  auto const document = yaml::parse_yaml(source, sink);
  REQUIRE(document);
  yaml::Reader reader(source, sink);
  yaml::CheckedMap const map(reader, document->root, kind);
  std::string all;
  for (const diag::Finding& finding : sink.findings()) {
    const diag::LabelledSpan& at = finding.spans.front();
    all += fmt::format("{}:{} {} {}", at.span.start.line, at.span.start.column, finding.code,
                       finding.message);
    all += finding.help.empty() ? "" : "; " + finding.help;
    all += at.label.empty() ? "\n" : fmt::format(" ({})\n", at.label);
  }
  return all;
}

const std::vector<std::string> keys{"name", "transport", "traddr"};

} // namespace

TEST_CASE("a checked map reports unknown and missing keys at their places") {
  yaml::MapKind const kind{.described = "a thing", .keys = keys, .required = {"name"}};
  struct Row {
    const char* name;
    const char* text;
    const char* findings;
  };
  const Row rows[] = {
      {"all there", "name: a\ntraddr: b\n", ""},
      {"not a map", "- a\n", "1:1 204 a thing is a map, not a list\n"},
      {"a text", "17\n", "1:1 204 a thing is a map, not `17`\n"},
      {"missing", "traddr: b\n", "1:1 205 a thing needs `name`\n"},
      {"unknown", "name: a\ncolour: b\n", "2:1 203 unknown key `colour` in a thing\n"},
      {"near", "name: a\ntransprt: b\n",
       "2:1 203 unknown key `transprt` in a thing; did you mean `transport`?\n"},
      {"the required key misspelt", "nmae: a\n",
       "1:1 203 unknown key `nmae` in a thing; did you mean `name`?\n"},
      {"no extension here", "name: a\nx-owner: b\n", "2:1 203 unknown key `x-owner` in a thing\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(findings_of(row.text, kind) == row.findings);
  }
}

TEST_CASE("a kind of map explains its unknown keys and may take extensions") {
  yaml::MapKind const kind{.described = "the top",
                           .keys = keys,
                           .required = {"traddr"},
                           .preposition = "at",
                           .takes_extensions = true,
                           .explain_unknown = [](const std::string& key) {
                             return key == "address" ? yaml::UnknownKey{.help = "write `traddr`",
                                                                        .meant = "traddr",
                                                                        .label = "not ours"}
                                                     : yaml::UnknownKey{};
                           }};
  CHECK(findings_of("x-owner: b\naddress: a\n", kind) ==
        "2:1 203 unknown key `address` at the top; write `traddr` (not ours)\n");
  CHECK(findings_of("nam: b\ntraddr: a\n", kind) ==
        "1:1 203 unknown key `nam` at the top; did you mean `name`?\n");
}

TEST_CASE("a checked map gives keys, values and what was meant") {
  diag::Sink sink;
  auto const source =
      std::make_shared<const diag::Source>(diag::Source{"map.yaml", "nmae: a\ntraddr:\n"});
  auto const document = yaml::parse_yaml(source, sink);
  REQUIRE(document);
  yaml::Reader reader(source, sink);
  yaml::CheckedMap const map(reader, document->root, {.described = "a thing", .keys = keys});
  CHECK(map.find("name") == nullptr);
  CHECK(map.is_meant("name"));
  CHECK_FALSE(map.is_meant("traddr"));
  REQUIRE(map.find("traddr") != nullptr);
  CHECK(map.find("traddr")->is_absent());
  CHECK(map.key("traddr").start.line == 2);
}
