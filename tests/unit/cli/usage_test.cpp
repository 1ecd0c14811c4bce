#include "cli/usage.hpp"

#include <doctest/doctest.h>

using nvmf::cli::not_one_of;

TEST_CASE("not_one_of: names the words and the nearest") {
  struct Row {
    const char* name;
    std::string value;
    std::string message;
    std::string help;
  };
  const Row rows[] = {
      {"near", "jsn", "`--format` is `human`, `json` or `sarif`, not `jsn`",
       "did you mean `json`?"},
      {"far", "xml", "`--format` is `human`, `json` or `sarif`, not `xml`", ""},
      {"control characters", "a\nb", "`--format` is `human`, `json` or `sarif`, not `a\\x0ab`", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto error = not_one_of("--format", row.value, {"human", "json", "sarif"});
    CHECK(error.message == row.message);
    CHECK(error.help == row.help);
  }
}
