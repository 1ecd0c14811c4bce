#include "cli/usage.hpp"

#include "cli/foreign_words.hpp"

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

TEST_CASE("words of other tools are answered with what they are called here") {
  struct Row {
    const char* command; // where the word is its argument; null: the word is a command or an option
    const char* word;
    const char* help;
  };
  for (const Row& row : {
           Row{nullptr, "list", "`nvmf-policy status`"},
           Row{nullptr, "validate", "`nvmf-policy check`"},
           Row{nullptr, "logs", "`journalctl -t nvmf-policy -t nvmf-connect`"},
           Row{nullptr, "plan", ""},
           Row{nullptr, "--json", "`--format json`"},
           Row{nullptr, "--event", ""},
           Row{"plan", "nvme0", "`--device nvme0`"},
           Row{"plan", "nvme", "a target: `--target NAME`; an event: `--event FILE`"},
           Row{"status", "nqn.x", "one subsystem: `--subsystem NQN`"},
           Row{"suggest", "nqn.x", ""},
       }) {
    CAPTURE(row.word);
    if (row.command != nullptr)
      CHECK(nvmf::cli::help_with_foreign_argument(row.command, row.word) == row.help);
    else if (row.word[0] == '-')
      CHECK(nvmf::cli::help_with_foreign_option(row.word) == row.help);
    else
      CHECK(nvmf::cli::help_with_foreign_command(row.word) == row.help);
  }
}
