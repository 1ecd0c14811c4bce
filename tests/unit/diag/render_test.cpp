#include "diag/render.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

using namespace nvmf::diag;

namespace {

SourcePtr source_of(std::string text) {
  auto source = std::make_shared<Source>();
  source->path = "/etc/nvmf/autoconnect.yaml";
  source->text = std::move(text);
  return source;
}

Span span_of(const SourcePtr& source, Position start, Position end) { return {source, start, end}; }

std::vector<Finding> one_finding() {
  Sink sink;
  auto const source = source_of("version: 1\nrules:\n  tranport: tcp\n");
  sink.add(203, "unknown key `tranport` in `match`", span_of(source, {3, 3}, {3, 11}),
           "not a condition")
      .help = "did you mean `transport`?";
  return sink.findings();
}

} // namespace

TEST_CASE("human: message, place, line, caret, help") {
  CHECK(render_human(one_finding()) == R"(error[NVP203]: unknown key `tranport` in `match`
 --> /etc/nvmf/autoconnect.yaml:3:3
  |
3 |   tranport: tcp
  |   ^^^^^^^^ not a condition
  |
  = help: did you mean `transport`?
)");
}

TEST_CASE(
    "human: the margin is as wide as the largest line number, notes and example before help") {
  Sink sink;
  auto const source = source_of(std::string(70, '\n') + "  - name: db-lun\n");
  Finding& finding =
      sink.add(401, "rule `db-lun` can never decide", span_of(source, {71, 11}, {71, 17}));
  finding.notes.push_back("`prod-volumes` (line 64) takes every event that it could match");
  finding.witness = "discovered tcp 10.20.1.21:4420";
  finding.help = "move it";
  CHECK(render_human(sink.findings()) == R"(warning[NVP401]: rule `db-lun` can never decide
  --> /etc/nvmf/autoconnect.yaml:71:11
   |
71 |   - name: db-lun
   |           ^^^^^^
   |
   = note: `prod-volumes` (line 64) takes every event that it could match
   = note: for example: discovered tcp 10.20.1.21:4420
   = help: move it
)");
}

TEST_CASE("human: a second place has its own line and a mark of its own") {
  Sink sink;
  auto const source = source_of("a: 1\na: 2\n");
  Finding& finding = sink.add(102, "duplicate key `a`", span_of(source, {2, 1}, {2, 2}));
  finding.spans.push_back({span_of(source, {1, 1}, {1, 2}), "first here", false});
  CHECK(render_human(sink.findings()) == R"(error[NVP102]: duplicate key `a`
 --> /etc/nvmf/autoconnect.yaml:2:1
  |
2 | a: 2
  | ^
 ::: /etc/nvmf/autoconnect.yaml:1:1
  |
1 | a: 1
  | - first here
)");
}

TEST_CASE("human: a finding about a whole file has no line") {
  Sink sink;
  sink.add(701, "`README` is not read", {source_of(""), {}, {}});
  CHECK(render_human(sink.findings()) ==
        "warning[NVP701]: `README` is not read\n --> /etc/nvmf/autoconnect.yaml\n");
}

TEST_CASE("human: long lines are shown in a window, control characters escaped") {
  struct Row {
    const char* name;
    std::string line;
    std::uint32_t column;
    std::string shown;
    std::string caret;
  };
  std::string const long_line(300, 'x');
  const Row rows[] = {
      {"short", "abc", 2, "abc", " ^"},
      {"begin of a long line", "y" + long_line, 1, "y" + std::string(95, 'x') + "…", "^"},
      {"middle", long_line + "y" + long_line, 301,
       "…" + std::string(40, 'x') + "y" + std::string(55, 'x') + "…", std::string(41, ' ') + "^"},
      {"escape before the caret", "\x1b[1mb", 5, "\\x1b[1mb", std::string(7, ' ') + "^"},
      {"umlaut before the caret",
       "\xc3\xa4"
       "b",
       3,
       "\xc3\xa4"
       "b",
       " ^"},
      {"past the end", "abc", 9, "abc", "   ^"},
      {"Windows line end", "abc\r", 1, "abc", "^"},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    Sink sink;
    auto const source = source_of(row.line + "\n");
    sink.add(101, "x", span_of(source, {1, row.column}, {1, row.column + 1}));
    std::string const expected =
        "error[NVP101]: x\n --> /etc/nvmf/autoconnect.yaml:1:" + std::to_string(row.column) +
        "\n  |\n1 | " + row.shown + "\n  | " + row.caret + "\n";
    CHECK(render_human(sink.findings()) == expected);
  }
}

TEST_CASE("colour adds escape sequences and nothing else") {
  std::string coloured = render_human(one_finding(), Colour::on);
  CHECK(coloured.find("\x1b[1;31merror[NVP203]\x1b[0m") != std::string::npos);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  CHECK(coloured == render_human(one_finding()));
}

TEST_CASE("short: one line each, with the help") {
  CHECK(render_short(one_finding()) ==
        "/etc/nvmf/autoconnect.yaml:3:3: error[NVP203] unknown-key: unknown key `tranport` in "
        "`match`; help: did you mean `transport`?\n");
  Sink sink;
  sink.add(701, "not \nread", {source_of(""), {}, {}});
  CHECK(render_short(sink.findings()) ==
        "/etc/nvmf/autoconnect.yaml:1:1: warning[NVP701] file-not-read: not \\x0aread\n");
  CHECK(render_short({}) == "");
}

TEST_CASE("json: every field of every finding") {
  auto const document = nlohmann::json::parse(render_json(one_finding()));
  CHECK(document == nlohmann::json::parse(R"({
    "format_version": 1,
    "findings": [{
      "code": "NVP203", "slug": "unknown-key", "severity": "error",
      "message": "unknown key `tranport` in `match`", "help": "did you mean `transport`?",
      "notes": [], "witness": null,
      "spans": [{"path": "/etc/nvmf/autoconnect.yaml", "start": {"line": 3, "column": 3},
                 "end": {"line": 3, "column": 11}, "label": "not a condition", "primary": true}]}],
    "summary": {"error": 1, "warning": 0, "info": 0}})"));
}

TEST_CASE("json and sarif: text that is not UTF-8 is escaped, not fatal") {
  Sink sink;
  sink.add(101, "byte \xff here", {source_of("\xff"), {1, 1}, {1, 2}});
  for (std::string const& text : {render_json(sink.findings()), render_sarif(sink.findings())})
    CHECK(text.find("byte \\\\xff here") != std::string::npos);
}

TEST_CASE("sarif: rules, levels, regions in characters") {
  Sink sink;
  auto const source = source_of("\xc3\xa4 tranport\n");
  Finding& finding = sink.add(203, "unknown", span_of(source, {1, 4}, {1, 12}));
  finding.spans.push_back({span_of(source, {1, 1}, {1, 3}), "there", false});
  sink.add(306, "unused", {source, {}, {}});
  auto const document = nlohmann::json::parse(render_sarif(sink.findings()));
  CHECK(document["version"] == "2.1.0");
  const auto& run = document["runs"][0];
  CHECK(run["tool"]["driver"]["rules"].size() == 2);
  const auto& result = run["results"][0];
  CHECK(result["ruleId"] == "NVP203");
  CHECK(result["level"] == "error");
  const auto& place = result["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "file:///etc/nvmf/autoconnect.yaml");
  CHECK(place["region"]["startColumn"] == 3); // the third character, the fourth byte
  CHECK(place["region"]["endColumn"] == 11);
  CHECK(result["relatedLocations"][0]["message"]["text"] == "there");
  CHECK(run["results"][1]["level"] == "note");
  CHECK_FALSE(run["results"][1]["locations"][0]["physicalLocation"].contains("region"));
}

TEST_CASE("findings are counted and put in order of their places") {
  Sink sink;
  auto const source = source_of("a\nb\nc\n");
  sink.add(306, "third", span_of(source, {3, 1}, {3, 2}));
  sink.add(203, "second", span_of(source, {1, 9}, {1, 10}));
  sink.add(211, "first", span_of(source, {1, 2}, {1, 3}));
  CHECK(sink.has_errors());
  Counts const counts = count(sink.findings());
  CHECK(counts.errors == 1);
  CHECK(counts.warnings == 1);
  CHECK(counts.infos == 1);
  sort_by_place(sink.findings());
  CHECK(sink.findings()[0].message == "first");
  CHECK(sink.findings()[1].message == "second");
  CHECK(sink.findings()[2].message == "third");
}

TEST_CASE("lines of a source") {
  Source const source{"x", "one\r\ntwo\n\nfour"};
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3) == "");
  CHECK(source.line(4) == "four");
  CHECK(source.line(5) == "");
}
