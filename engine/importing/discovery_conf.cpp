#include "importing/discovery_conf.hpp"

#include "diag/shown_text.hpp"
#include "importing/raw.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sstream>

namespace nvmf::importing {

namespace {

struct ShortOption {
  char letter;
  const char* name;
  bool takes_value;
};

// nvme-cli 2.x, `nvme connect-all --help`. `-d`, `-S` and `-C` have two meanings there.
constexpr std::array short_options{
    ShortOption{'t', "transport", true},
    ShortOption{'a', "traddr", true},
    ShortOption{'s', "trsvcid", true},
    ShortOption{'w', "host-traddr", true},
    ShortOption{'f', "host-iface", true},
    ShortOption{'q', "hostnqn", true},
    ShortOption{'I', "hostid", true},
    ShortOption{'n', "nqn", true},
    ShortOption{'i', "nr-io-queues", true},
    ShortOption{'W', "nr-write-queues", true},
    ShortOption{'P', "nr-poll-queues", true},
    ShortOption{'Q', "queue-size", true},
    ShortOption{'k', "keep-alive-tmo", true},
    ShortOption{'c', "reconnect-delay", true},
    ShortOption{'l', "ctrl-loss-tmo", true},
    ShortOption{'F', "fast-io-fail-tmo", true},
    ShortOption{'T', "tos", true},
    ShortOption{'D', "duplicate-connect", false},
    ShortOption{'g', "hdr-digest", false},
    ShortOption{'G', "data-digest", false},
    ShortOption{'p', "persistent", false},
    ShortOption{'S', "quiet", false},
    ShortOption{'r', "raw", true},
    ShortOption{'J', "config", true},
    ShortOption{'o', "output-format", true},
    ShortOption{'v', "verbose", false},
    ShortOption{'O', "dump-config", false},
};

// Long options without a value.
constexpr std::array flags{"persistent", "hdr-digest",     "data-digest",       "tls",
                           "concat",     "disable-sqflow", "duplicate-connect", "quiet",
                           "force",      "dump-config",    "verbose",           "nbft",
                           "no-nbft",    "matching"};

// Of the command, not of the connection: nothing is lost without them.
constexpr std::array about_output{"quiet",       "verbose", "output-format", "raw",
                                  "dump-config", "force",   "config"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    if (word.starts_with('#'))
      break;
    words.push_back(word);
  }
  return words;
}

// Reads the words of one line as getopt_long(3) would.
class Line {
public:
  Line(std::vector<std::string> words, Origin origin, Imported& imported)
      : words_(std::move(words)), origin_(std::move(origin)), imported_(imported) {}

  Raw read() {
    while (at_ < words_.size()) {
      const std::string word = words_[at_++];
      if (word.starts_with("--"))
        read_long(word.substr(2));
      else if (word.size() > 1 && word.front() == '-')
        read_short(word);
      else
        imported_.note(origin_, fmt::format("`{}` is not a known option", diag::shown(word)));
    }
    return std::move(raw_);
  }

private:
  // No value: the line ended before it.
  void put(const std::string& name, const std::optional<std::string>& value) {
    if (value && !value->empty())
      raw_.insert_or_assign(name, RawValue{*value, origin_});
    else
      imported_.note(origin_, fmt::format("`{}` has no value", diag::shown(name)));
  }

  std::optional<std::string> next_word() {
    return at_ < words_.size() ? std::optional(words_[at_++]) : std::nullopt;
  }

  bool value_follows() const { return at_ < words_.size() && !words_[at_].starts_with('-'); }

  void read_long(const std::string& option) {
    const std::size_t equals = option.find('=');
    const std::string name = usual_name(option.substr(0, equals));
    if (equals != std::string::npos)
      put(name, option.substr(equals + 1));
    else
      put(name, is_among(flags, name) ? "true" : next_word());
  }

  // `-gG` is `-g -G`; behind a letter that takes a value the rest of the word is it.
  void read_short(const std::string& word) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      const std::string rest = word.substr(at + 1);
      const auto option =
          std::find_if(short_options.begin(), short_options.end(),
                       [&](const ShortOption& one) { return one.letter == word[at]; });
      if (option == short_options.end())
        return skip_unknown(word[at], rest);
      // `-S` is `--quiet`, or, in versions that authenticate, `--dhchap-secret`.
      const bool is_secret = option->letter == 'S' && rest.empty() && value_follows();
      if (is_secret)
        return put("dhchap-secret", next_word());
      if (option->takes_value)
        return put(option->name, rest.empty() ? next_word() : rest);
      put(option->name, "true");
    }
  }

  // Nobody knows whether it takes a value: what could be one goes with it.
  void skip_unknown(char letter, const std::string& rest) {
    imported_.note(origin_,
                   fmt::format("`-{}` is not carried over: it means different things to versions "
                               "of nvme-cli, or nothing",
                               diag::shown(std::string_view(&letter, 1))));
    if (rest.empty() && value_follows())
      ++at_;
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  Origin origin_;
  Imported& imported_;
  Raw raw_;
};

void import_line(Raw raw, const Origin& origin, SecretNames& secrets, Imported& imported) {
  std::erase_if(raw, [](const auto& one) { return is_among(about_output, one.first); });
  take_out_secrets(raw, imported.notes);
  note_unknown(raw, imported.notes);
  // `connect-all` reads logs whatever NQN the line names.
  raw.insert_or_assign("discovery", RawValue{"true", origin});
  auto connection = connection_of(raw, origin, imported.notes);
  if (!connection)
    return;
  connection->discovered = settings_of(raw, secrets, imported.notes);
  put_discovery_settings(*connection, imported.notes);
  connection->identity = identity_of(raw, {}, imported);
  imported.connections.push_back(std::move(*connection));
}

} // namespace

bool is_discovery_conf(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto words = words_of(line);
    if (!words.empty())
      return words.front().starts_with('-');
  }
  return false;
}

void read_discovery_conf(const diag::Source& source, SecretNames& secrets, Imported& imported) {
  std::istringstream lines(source.text);
  std::uint32_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const Origin origin{source.path, ++number};
    auto words = words_of(line);
    if (!words.empty())
      import_line(Line(std::move(words), origin, imported).read(), origin, secrets, imported);
  }
}

} // namespace nvmf::importing
