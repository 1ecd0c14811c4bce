// Texts that are hostile, or merely large: an error, never a crash. One that takes too long runs
// into the time limit of the test.
#include "policy/loading.hpp"
#include "policy/secret_text.hpp"
#include "yaml/yaml.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

std::string repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += piece;
  return out;
}

bool has_code(const load::Loaded& loaded, std::uint16_t code) {
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.code == code)
      return true;
  return false;
}

} // namespace

TEST_CASE("hostile texts end in an error") {
  struct Row {
    const char* name;
    std::string text;
    std::uint16_t code;
  };
  const Row rows[] = {
      {"a line of 10 MB", std::string(10'000'000, 'a'), 108},
      {"a line of half a million values", "x-a: [" + repeat("a, ", 500'000) + "]\n", 108},
      {"10,000 lists deep", "x-a: " + std::string(10'000, '['), 108},
      {"10,000 maps deep", "x-a: " + repeat("{a: ", 5'000), 108},
      {"deep by dashes", repeat("- ", 10'000), 108},
      {"deep by question marks", repeat("? ", 10'000), 101},
      {"deep by indentation",
       [] {
         std::string out;
         for (std::size_t i = 0; i < 100; ++i)
           out += std::string(i, ' ') + "a:\n";
         return out;
       }(),
       108},
      {"a key a hundred thousand times", repeat("x-a: 1\n", 100'000), 102},
      {"anchors without end", repeat("x-a: &a 1\n", 10'000), 103},
      {"aliases of aliases", "x-a: &a [x,x]\nx-b: [*a,*a,*a,*a]\n", 103},
      {"NUL", std::string("x-a: a\0b\n", 9), 107},
      {"half a character", "x-a: \xe6\x97\n", 101},
      {"UTF-16",
       std::string("\xff\xfe"
                   "v\0e\0r\0",
                   8),
       101},
      {"only a quote", "\"", 109},
      {"only a bracket", "[", 101},
      {"only a colon", ":", 101},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    load::Loaded const loaded = load::load_text("p.yaml", row.text);
    CHECK(loaded.policy == nullptr);
    CHECK(loaded.findings.has_errors());
    CAPTURE(loaded.findings.findings().size());
    CHECK(has_code(loaded, row.code));
    CHECK(loaded.findings.findings().size() <= 200);
  }
}

TEST_CASE("secrets are masked wherever they stand in the text") {
  struct Row {
    const char* text;
    const char* masked;
  };
  for (const Row& row :
       {Row{"a: DHHC-1:00:abc=:", "a: DHHC-1:********"},
        Row{"a: \"DHHC-1:00:abc=:\" # DHHC-1:x", "a: \"DHHC-1:********\" # DHHC-1:*"},
        Row{"[NVMeTLSkey-1:01:zz:, b]", "[NVMeTLSkey-1:******, b]"}, Row{"DHHC-1:", "DHHC-1:"},
        Row{"dhhc-1:00:a, nvmetlskey-1:b", "dhhc-1:****, nvmetlskey-1:*"},
        Row{"`DHHC-1:` and `DHHC-1:00:a`", "`DHHC-1:` and `DHHC-1:****`"}, Row{"x-1:a", "x-1:a"},
        Row{"nothing", "nothing"}}) {
    INFO(std::string(row.text));
    CHECK(policy::with_secrets_masked(row.text) == row.masked);
    CHECK(policy::holds_secret(row.text) ==
          (std::string(row.text).find("-1:") != 1 && std::string(row.text) != "nothing"));
  }
}

TEST_CASE("a value in the place of a secret is masked in a text with mistakes") {
  struct Row {
    const char* name;
    const char* text;
    const char* masked;
  };
  for (const Row& row : {
           Row{"underscore", "dhchap_secret: hunter2\ntos: 1\n",
               "dhchap_secret: *******\ntos: 1\n"},
           Row{"misspelt", "dhchap-secert: hunter2\n", "dhchap-secert: *******\n"},
           Row{"as nvme-cli calls it", "\"dhchap_key\":\"hunter2\"", "\"dhchap_key\":\"*******\""},
           Row{"a list", "tls-key: [hunter2, b]", "tls-key: [*******, *]"},
           Row{"a map", "tls-key: {value: hunter2}", "tls-key: {value: *******}"},
           Row{"among others", "{tls-key: hun,ter2, tos: 1}", "{tls-key: ***,****, tos: 1}"},
           Row{"below", "tls-key:\n  hunter2\n  b\ntos: 1", "tls-key:\n  *******\n  *\ntos: 1"},
           Row{"block", "a:\n  tls-key: |\n    hunter2\n  tos: 1",
               "a:\n  tls-key: *\n    *******\n  tos: 1"},
           Row{"an open quote", "tls-key: \"hunter2\ntos: 1", "tls-key: \"*******\ntos: 1"},
           Row{"an open bracket", "tls-key: {file hunter2\ntos: 1",
               "tls-key: {**** *******\ntos: 1"},
           Row{"a secret's end, which is like a key",
               "tls-key: [NVMeTLSkey-1:01:Ab, Cd9f:]\ndhchap-secret:\n  Ab\n  Cd9f:\n",
               "tls-key: [******************, *****]\ndhchap-secret:\n  **\n  *****\n"},
           Row{"what people call it", "password: hunter2\nsecret: hunter2\n",
               "password: *******\nsecret: *******\n"},
           Row{"a reference", "tls-key: {credential: a}\ndhchap-secret:\n  file: /k\n",
               "tls-key: {credential: a}\ndhchap-secret:\n  file: /k\n"},
           Row{"the kernel's default", "tls-key: null\n", "tls-key: null\n"},
           Row{"another key", "keyring: hunter2\n", "keyring: hunter2\n"},
       }) {
    INFO(std::string(row.name));
    CHECK(policy::with_secret_values_masked(row.text).text == row.masked);
  }
}

TEST_CASE("no rendering of a broken line shows its secret") {
  for (const char* line :
       {"dhchap-secret: \"hunter2", "dhchap_secret: hunter2: x", "dhchap-secret: @hunter2",
        "dhchap-secret: *hunter2", "tls-key: {hunter2"}) {
    INFO(std::string(line));
    auto const loaded = load::load_text(
        "p.yaml", std::string("version: 1\ndefaults:\n  connect:\n    ") + line + "\n");
    CHECK(loaded.findings.has_errors());
    std::string const all = diag::render_human(loaded.findings.findings()) +
                            diag::render_short(loaded.findings.findings());
    CAPTURE(all);
    CHECK(all.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("scalars know how they were written and where they end") {
  diag::Sink sink;
  auto source = std::make_shared<diag::Source>();
  source->path = "p";
  source->text = "plain: a b\n"
                 "double: \"a\\tb\"\n"
                 "single: 'it''s'\n"
                 "folded: a\n  b # comment\n"
                 "block: |\n  x # no comment\n  y\n"
                 "none:\n"
                 "last: 1 # comment\n";
  auto const document = yaml::parse_yaml(source, sink);
  REQUIRE(document);
  CHECK(sink.findings().empty());
  struct Row {
    const char* text;
    bool quoted;
    diag::Position start;
    diag::Position end;
  };
  const Row rows[] = {
      {"a b", false, {1, 8}, {1, 11}},
      {"a\tb", true, {2, 9}, {2, 15}},
      {"it's", true, {3, 9}, {3, 16}},
      {"a b", false, {4, 9}, {4, 10}},
      {"x # no comment\ny\n", true, {6, 8}, {6, 9}},
      {"", false, {9, 1}, {9, 5}},
      {"1", false, {10, 7}, {10, 8}},
  };
  REQUIRE(document->root.entries.size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const yaml::Node& value = document->root.entries[i].value;
    INFO(document->root.entries[i].key.text);
    CHECK(value.text == rows[i].text);
    CHECK(value.quoted == rows[i].quoted);
    CHECK((value.start == rows[i].start));
    CHECK((value.end == rows[i].end));
  }
  REQUIRE(document->comments.size() == 2);
  CHECK((document->comments[0].start == diag::Position{5, 5}));
  CHECK((document->comments[1].start == diag::Position{10, 9}));
}
