#include "cli/foreign_words.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>

namespace nvmf::cli {

namespace {

struct ForeignWord {
  std::string_view word;
  std::string_view help;
};

constexpr std::string_view by_hand =
    "the services connect what the policy wants; `nvmf-policy resume` asks again at once";
constexpr std::string_view by_systemd = "`systemctl enable --now nvmf-policy.service`";
constexpr std::string_view by_itself = "a policy that changed is read without being told";
constexpr std::string_view in_journal = "`journalctl -t nvmf-policy -t nvmf-connect`";

constexpr ForeignWord foreign_commands[] = {
    {"connect", by_hand},
    {"connect-all", by_hand},
    {"diff", "`nvmf-policy analyze diff OLD NEW`"},
    {"discover", "`nvmf-policy plan --contact` reads discovery logs"},
    {"dry-run", "`nvmf-policy --dry-run`"},
    {"dryrun", "`nvmf-policy --dry-run`"},
    {"enable", by_systemd},
    {"fix", "`nvmf-policy check --fix`"},
    {"graph", "`nvmf-policy show graph`"},
    {"guards", "`nvmf-policy show guards`"},
    {"lint", "`nvmf-policy check`"},
    {"list", "`nvmf-policy status`"},
    {"list-subsys", "`nvmf-policy status`"},
    {"log", in_journal},
    {"logs", in_journal},
    {"ls", "`nvmf-policy status`"},
    {"reload", by_itself},
    {"restart", by_itself},
    {"retry", "`nvmf-policy resume`"},
    {"rules", "`nvmf-policy show rules`"},
    {"start", by_systemd},
    {"targets", "`nvmf-policy show targets`"},
    {"validate", "`nvmf-policy check`"},
    {"verify", "`nvmf-policy check`"},
    {"version", "`nvmf-policy --version`"},
    {"why", "`nvmf-policy explain`"},
};

constexpr ForeignWord foreign_options[] = {
    {"--json", "`--format json`"},
    {"--strict", "`--fail-on warning`"},
    {"--werror", "`--fail-on warning`"},
    {"-j", "`--format json`"},
    {"-n", "`nvmf-policy --dry-run`, and `check --fix --dry-run`"},
    {"-o", "`--format`"},
    {"-w", "`--watch`"},
};

template <std::size_t Count>
std::string_view help_in(const ForeignWord (&words)[Count], std::string_view word) {
  const auto* const found = std::find_if(std::begin(words), std::end(words),
                                         [&](const ForeignWord& one) { return one.word == word; });
  return found == std::end(words) ? std::string_view() : found->help;
}

bool is_device(std::string_view word) {
  constexpr std::string_view prefix = "nvme";
  return word.starts_with(prefix) && word.size() > prefix.size() &&
         word.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
}

} // namespace

std::string_view help_with_foreign_command(std::string_view word) {
  return help_in(foreign_commands, word);
}

std::string_view help_with_foreign_option(std::string_view word) {
  return help_in(foreign_options, word);
}

std::string help_with_foreign_argument(std::string_view command, std::string_view word) {
  if (command == "status")
    return "one subsystem: `--subsystem NQN`";
  if (command == "wait")
    return "one subsystem: `--subsystem NQN --paths N`";
  if (command == "plan")
    return is_device(word) ? fmt::format("`--device {}`", word)
                           : "a target: `--target NAME`; an event: `--event FILE`";
  return {};
}

} // namespace nvmf::cli
