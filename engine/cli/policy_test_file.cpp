#include "base/nearest.hpp"
#include "cli/inputs.hpp"
#include "cli/policy_test.hpp"
#include "event/event_file.hpp"
#include "fabrics/discovery_log.hpp"
#include "host/facts_file.hpp"
#include "policy/scalar.hpp"
#include "policy/yaml.hpp"

#include <array>
#include <fmt/format.h>
#include <set>

namespace nvmf::cli {

namespace {

using policy::Document;
using policy::Entry;
using policy::Node;

// Codes of FINDINGS that a test file can have.
constexpr std::uint16_t version_missing = 201;
constexpr std::uint16_t version_unsupported = 202;
constexpr std::uint16_t unknown_key = 203;
constexpr std::uint16_t wrong_type = 204;
constexpr std::uint16_t missing_key = 205;
constexpr std::uint16_t unknown_name = 901;
constexpr std::uint16_t duplicate_test = 902;

class Reader {
public:
  Reader(const Document& document, diag::Sink& sink) : document_(document), sink_(sink) {}

  std::optional<PolicyTestFile> file();

private:
  std::optional<PolicyTest> test(const Node& node);
  std::optional<Expectation> expectation(const Node& node);
  void expect_key(Expectation& expect, const Entry& entry);
  void read_connect(Expectation& expect, const Node& node);
  void read_schedule(Expectation& expect, const Node& node);
  template <class Word, class Parse>
  void read_counts(std::map<Word, std::size_t>& into, const Node& node, Parse parse,
                   std::string_view what);

  const Node* find(const Node& map, std::string_view key) const;
  void only(const Node& map, const std::vector<std::string>& keys, std::string_view where);
  std::optional<std::string> text(const Node& node, std::string_view what);
  std::optional<std::size_t> count(const Node& node, std::string_view what);
  std::vector<std::string> paths(const Node& node);
  std::optional<event::DiscoveryLog> log(const Node& node);
  std::string beside(const std::string& path) const;

  void wrong(const Node& node, std::string message) {
    sink_.add(wrong_type, std::move(message), document_.span(node));
  }
  void unknown(const Node& node, std::string_view what, const std::string& word,
               const std::vector<std::string>& words) {
    auto& finding = sink_.add(unknown_name, fmt::format("there is no {} `{}`", what, word),
                              document_.span(node));
    if (const auto near = base::nearest(word, words))
      finding.help = fmt::format("did you mean `{}`?", *near);
  }

  const Document& document_;
  diag::Sink& sink_;
};

template <class Words>
std::vector<std::string> words_of(const Words& all) {
  std::vector<std::string> words;
  for (const auto& one : all)
    words.emplace_back(to_string(one));
  return words;
}

std::vector<std::string> option_words() {
  std::vector<std::string> words;
  for (const base::ConnectOption& option : base::connect_options())
    words.emplace_back(option.name);
  return words;
}

const Node* Reader::find(const Node& map, std::string_view key) const {
  for (const Entry& entry : map.entries)
    if (entry.key.text == key)
      return &entry.value;
  return nullptr;
}

void Reader::only(const Node& map, const std::vector<std::string>& keys, std::string_view where) {
  for (const Entry& entry : map.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key.text) != keys.end())
      continue;
    auto& finding =
        sink_.add(unknown_key, fmt::format("unknown key `{}` in {}", entry.key.text, where),
                  document_.span(entry.key));
    if (const auto near = base::nearest(entry.key.text, keys))
      finding.help = fmt::format("did you mean `{}`?", *near);
  }
}

std::optional<std::string> Reader::text(const Node& node, std::string_view what) {
  if (node.is_scalar() && !node.is_absent())
    return node.text;
  wrong(node, fmt::format("expected {}", what));
  return std::nullopt;
}

std::optional<std::size_t> Reader::count(const Node& node, std::string_view what) {
  if (node.is_scalar() && policy::scalar_type(node) == policy::ScalarType::integer)
    if (const auto number = policy::to_integer(node.text); number && *number >= 0)
      return static_cast<std::size_t>(*number);
  wrong(node, fmt::format("expected a number of {}", what));
  return std::nullopt;
}

std::string Reader::beside(const std::string& path) const {
  const std::string& own = document_.source->path;
  const std::size_t slash = own.rfind('/');
  return path.starts_with('/') || slash == std::string::npos ? path
                                                             : own.substr(0, slash + 1) + path;
}

std::vector<std::string> Reader::paths(const Node& node) {
  std::vector<std::string> found;
  if (node.is_list()) {
    for (const Node& item : node.items)
      if (const auto path = text(item, "a path"))
        found.push_back(beside(*path));
  } else if (const auto path = text(node, "a path or a list of paths")) {
    found.push_back(beside(*path));
  }
  return found;
}

std::optional<event::DiscoveryLog> Reader::log(const Node& node) {
  const auto path = text(node, "the path of a discovery log");
  if (!path)
    return std::nullopt;
  const auto source = read_input(beside(*path));
  auto log = source ? fabrics::parse_discovery_file((*source)->text)
                    : base::Result<event::DiscoveryLog>(tl::unexpected(source.error()));
  if (log)
    return *log;
  wrong(node, fmt::format("the discovery log cannot be read: {}", log.error().message));
  return std::nullopt;
}

void Reader::read_connect(Expectation& expect, const Node& node) {
  if (!node.is_map())
    return wrong(node, "expected connect options and their values");
  for (const Entry& entry : node.entries) {
    const base::ConnectOption* option = base::find_connect_option(entry.key.text);
    if (option == nullptr)
      unknown(entry.key, "connect option", entry.key.text, option_words());
    else if (option->kind == base::OptionKind::secret)
      wrong(entry.key, "secrets are not compared");
    else if (const auto value = text(entry.value, "a value"))
      expect.connect.emplace(option->id, *value);
  }
}

void Reader::read_schedule(Expectation& expect, const Node& node) {
  if (!node.is_list() || node.items.empty())
    return wrong(node, "expected a list of durations");
  for (const Node& item : node.items) {
    const auto delay = item.is_scalar() ? base::parse_duration(item.text) : std::nullopt;
    if (!delay)
      return wrong(item, "expected a duration with its unit");
    expect.retry_schedule.push_back(*delay);
  }
}

template <class Word, class Parse>
void Reader::read_counts(std::map<Word, std::size_t>& into, const Node& node, Parse parse,
                         std::string_view what) {
  if (!node.is_map())
    return wrong(node, fmt::format("expected {}s and how many items have them", what));
  for (const Entry& entry : node.entries) {
    const auto word = parse(entry.key.text);
    const auto number = count(entry.value, "items");
    if (word && number)
      into.emplace(*word, *number);
    else if (!word)
      unknown(entry.key, what, entry.key.text,
              what == "reason" ? words_of(decide::all_reasons) : words_of(decide::all_outcomes));
  }
}

void Reader::expect_key(Expectation& expect, const Entry& entry) {
  const std::string& key = entry.key.text;
  const Node& value = entry.value;
  expect.places.emplace(key, document_.span(value));
  if (key == "outcome" || key == "reason") {
    const auto word = text(value, "a word");
    if (!word)
      return;
    const auto outcome = decide::parse_outcome(*word);
    const auto reason = decide::parse_reason(*word);
    if (key == "outcome" && outcome)
      expect.outcome = *outcome;
    else if (key == "reason" && reason)
      expect.reason = *reason;
    else
      unknown(value, key, *word,
              key == "reason" ? words_of(decide::all_reasons) : words_of(decide::all_outcomes));
  } else if (key == "rule") {
    expect.rule = text(value, "the name of a rule");
  } else if (key == "guard") {
    expect.guard = text(value, "the name of a guard");
  } else if (key == "connect") {
    read_connect(expect, value);
  } else if (key == "retry-schedule") {
    read_schedule(expect, value);
  } else if (key == "connects") {
    expect.connects = count(value, "connects");
  } else if (key == "outcomes") {
    read_counts(expect.outcomes, value, decide::parse_outcome, "outcome");
  } else if (key == "reasons") {
    read_counts(expect.reasons, value, decide::parse_reason, "reason");
  }
}

std::optional<Expectation> Reader::expectation(const Node& node) {
  if (!node.is_map()) {
    wrong(node, "expected a map with `outcome`");
    return std::nullopt;
  }
  only(node,
       {"outcome", "rule", "guard", "reason", "connect", "retry-schedule", "connects", "outcomes",
        "reasons"},
       "`expect`");
  Expectation expect;
  for (const Entry& entry : node.entries)
    expect_key(expect, entry);
  if (find(node, "outcome") == nullptr)
    sink_.add(missing_key, "`expect` needs an `outcome`", document_.span(node));
  return expect;
}

std::optional<PolicyTest> Reader::test(const Node& node) {
  if (!node.is_map()) {
    wrong(node, "expected a test: a map with `name`, `event` and `expect`");
    return std::nullopt;
  }
  only(node, {"name", "event", "discovery-log", "facts", "expect"}, "a test");
  PolicyTest test;
  test.span = document_.span(node);
  bool complete = true;
  for (const char* key : {"name", "event", "expect"})
    if (find(node, key) == nullptr) {
      sink_.add(missing_key, fmt::format("the test has no `{}`", key), document_.span(node));
      complete = false;
    }
  if (!complete)
    return std::nullopt;
  test.name = text(*find(node, "name"), "a name").value_or("");
  test.span = document_.span(*find(node, "name"));
  const auto event = event::parse_event(document_, *find(node, "event"), sink_);
  const auto expect = expectation(*find(node, "expect"));
  if (const Node* path = find(node, "discovery-log"))
    test.log = log(*path);
  if (const Node* facts = find(node, "facts"))
    test.facts = host::parse_facts(document_, *facts, sink_);
  if (!event || !expect)
    return std::nullopt;
  test.event = event->reading;
  test.expect = *expect;
  return test;
}

std::optional<PolicyTestFile> Reader::file() {
  const Node& root = document_.root;
  if (!root.is_map()) {
    wrong(root, "expected a map with `version`, `policy` and `tests`");
    return std::nullopt;
  }
  only(root, {"version", "policy", "facts", "tests"}, "a test file");
  const Node* version = find(root, "version");
  if (version == nullptr)
    sink_.add(version_missing, "`version: 1` is missing", document_.span(root));
  else if (!version->is_plain("1"))
    sink_.add(version_unsupported, "this program reads `version: 1`", document_.span(*version));
  PolicyTestFile file{.path = document_.source->path};
  if (const Node* policy = find(root, "policy"))
    file.policy = paths(*policy);
  if (const Node* facts = find(root, "facts"))
    file.facts = host::parse_facts(document_, *facts, sink_).value_or(decide::Facts{});
  const Node* tests = find(root, "tests");
  if (tests == nullptr || !tests->is_list()) {
    sink_.add(missing_key, "a test file has a list of `tests`", document_.span(root));
    return std::nullopt;
  }
  std::set<std::string> names;
  for (const Node& item : tests->items)
    if (auto test = this->test(item)) {
      if (!names.insert(test->name).second)
        sink_.add(duplicate_test, fmt::format("there is another test `{}`", test->name),
                  test->span);
      file.tests.push_back(std::move(*test));
    }
  return file;
}

} // namespace

std::optional<PolicyTestFile> read_policy_tests(const diag::SourcePtr& source, diag::Sink& sink) {
  const auto document = policy::parse_yaml(source, sink);
  if (!document)
    return std::nullopt;
  return Reader(*document, sink).file();
}

} // namespace nvmf::cli
