#include "cli/usage.hpp"

#include <doctest/doctest.h>

using nvmf::cli::help_with_code;
using nvmf::cli::not_one_of;

TEST_CASE("not_one_of: names the words and the nearest") {
  struct Row {
    const char* name;
    std::string value;
    std::string text;
  };
  const Row rows[] = {
      {"near", "jsn", "is `human`, `json` or `sarif`, not `jsn`\ndid you mean `json`?"},
      {"far", "xml", "is `human`, `json` or `sarif`, not `xml`"},
      {"control characters", "a\nb", "is `human`, `json` or `sarif`, not `a\\x0ab`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(not_one_of(row.value, {"human", "json", "sarif"}) == row.text);
  }
}

TEST_CASE("help_with_code: the nearest code or slug, else what lists them") {
  struct Row {
    const char* word;
    const char* help;
  };
  const Row rows[] = {
      {"NVP2003", "did you mean `NVP203`?"},
      {"unknwn-key", "did you mean `unknown-key`?"},
      {"something else", "`nvmf-policy code --all` lists them"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.word);
    CHECK(help_with_code(row.word) == row.help);
  }
}
