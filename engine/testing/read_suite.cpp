#include "testing/read_suite.hpp"

#include "diag/codes.hpp"
#include "diag/read_source.hpp"
#include "event/event_file.hpp"
#include "fabrics/discovery_log.hpp"
#include "host/facts_file.hpp"
#include "policy/read_values.hpp"
#include "testing/map_reader.hpp"
#include "testing/read_expectation.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace nvmf::testing {

namespace {

namespace code = diag::code;

using yaml::Entry;
using yaml::Node;

using FactsPtr = std::shared_ptr<const decide::Facts>;

// The parts of a test and its case, each with its place.
struct Parts {
  const Node* event = nullptr;
  const Node* log = nullptr;
  const Node* facts = nullptr;
  const Node* expect = nullptr;
};

class SuiteReader {
public:
  SuiteReader(const yaml::Document& document, policy::Reader& reader)
      : document_(document), reader_(reader) {}

  Suite read() {
    Suite suite{.path = document_.source->path};
    const MapReader map(reader_, document_.root, Section::top);
    if (!map.is_map())
      return suite;
    check_version(map);
    if (const Node* policy = map.find("policy"))
      for (const std::string& path : paths_of(*policy))
        suite.policy.push_back(path);
    if (const Node* facts = map.find("facts"))
      facts_ = read_facts(*facts);
    if (const Node* tests = map.find("tests"))
      read_tests(*tests, suite);
    return suite;
  }

private:
  diag::Finding& report(std::uint16_t code, std::string message, const Node& node) {
    return reader_.report(code, std::move(message), node);
  }

  void check_version(const MapReader& map) {
    const Node* version = map.find("version");
    if (version == nullptr)
      report(code::version_missing, "`version: 1` is missing", map.node());
    else if (!version->is_plain("1"))
      report(code::version_unsupported, "this program reads `version: 1`", *version);
  }

  // A path of the file as this process opens it.
  std::string beside(const std::string& path) const {
    const std::string& own = document_.source->path;
    const std::size_t slash = own.rfind('/');
    return path.starts_with('/') || slash == std::string::npos ? path
                                                               : own.substr(0, slash + 1) + path;
  }

  std::vector<std::string> paths_of(const Node& node) {
    std::vector<std::string> paths;
    const policy::Key& key = find_key(Section::top, "policy")->key;
    policy::for_each_value(reader_, node, key, [&](const Node& each) {
      if (const auto path = policy::read_text(reader_, each, key))
        paths.push_back(beside(*path));
    });
    return paths;
  }

  // The text of a file that the node names; null after a finding.
  diag::SourcePtr file_of(const Node& node) {
    auto source = diag::read_source(beside(node.text));
    if (source)
      return *source;
    report(code::unknown_name, source.error().message, node);
    return nullptr;
  }

  static bool is_path(const Node& node) { return node.is_scalar() && !node.is_absent(); }

  FactsPtr read_facts(const Node& node) {
    std::optional<decide::Facts> facts;
    if (!is_path(node))
      facts = host::parse_facts(document_, node, reader_.sink());
    else if (const auto source = file_of(node))
      facts = host::parse_facts_file(source, reader_.sink());
    return std::make_shared<const decide::Facts>(facts.value_or(decide::Facts{}));
  }

  void read_tests(const Node& tests, Suite& suite) {
    if (!tests.is_list()) {
      report(code::wrong_type,
             fmt::format("`tests` takes a list, not {}", policy::described(tests)), tests);
      return;
    }
    if (tests.items.empty())
      report(code::wrong_type, "`tests` takes a list with one test at least", tests);
    for (const Node& node : tests.items)
      read_test(node, suite);
  }

  void read_test(const Node& node, Suite& suite) {
    const MapReader map(reader_, node, Section::test);
    const auto name = map.is_map() ? map.text("name") : std::nullopt;
    if (!name)
      return;
    const Parts parts{map.find("event"), map.find("discovery-log"), map.find("facts"),
                      map.find("expect")};
    if (map.is_meant("event") || map.is_meant("expect") || map.is_meant("cases"))
      return;
    const Node* cases = map.find("cases");
    if (cases == nullptr)
      return add(*name, *map.find("name"), parts, suite);
    if (!cases->is_list() || cases->items.empty()) {
      report(code::wrong_type, "`cases` takes a list with one case at least", *cases);
      return;
    }
    for (std::size_t at = 0; at < cases->items.size(); ++at)
      read_case(*name, parts, cases->items[at], at + 1, suite);
  }

  void read_case(const std::string& test, Parts parts, const Node& node, std::size_t number,
                 Suite& suite) {
    const MapReader map(reader_, node, Section::one_case);
    if (!map.is_map())
      return;
    const auto name = map.text("name");
    const auto instead = [&](const Node*& part, const char* key) {
      if (const Node* own = map.find(key))
        part = own;
    };
    instead(parts.log, "discovery-log");
    instead(parts.facts, "facts");
    instead(parts.expect, "expect");
    Node merged;
    if (const Node* own = map.find("event")) {
      merged = parts.event != nullptr ? merged_event(*parts.event, *own) : *own;
      parts.event = &merged;
    }
    const Node* place = map.find("name");
    add(fmt::format("{}: {}", test, name.value_or(std::to_string(number))),
        place != nullptr ? *place : node, parts, suite);
  }

  // The keys of the case over those of the test; a path takes the place of the whole event.
  Node merged_event(const Node& under, const Node& over) {
    if (!over.is_map())
      return over;
    if (!under.is_map()) {
      report(code::wrong_type,
             "the test's event is in a file, so that a case cannot change keys of it", over);
      return over;
    }
    Node merged = under;
    for (const Entry& entry : over.entries) {
      const auto same =
          std::find_if(merged.entries.begin(), merged.entries.end(),
                       [&](const Entry& one) { return one.key.text == entry.key.text; });
      if (same != merged.entries.end())
        *same = entry;
      else
        merged.entries.push_back(entry);
    }
    return merged;
  }

  void add(std::string name, const Node& place, const Parts& parts, Suite& suite) {
    if (!names_.insert(name).second)
      report(code::duplicate_test, fmt::format("there is another test `{}`", name), place);
    for (const auto& [part, key] : {std::pair(parts.event, "event"), {parts.expect, "expect"}})
      if (part == nullptr)
        report(code::missing_key, fmt::format("test `{}` needs `{}`", name, key), place);
    if (parts.event == nullptr || parts.expect == nullptr)
      return;
    Test test{.name = std::move(name), .span = reader_.span(place), .facts = facts_};
    test.expect = read_expectation(reader_, *parts.expect);
    if (parts.facts != nullptr)
      test.facts = read_facts(*parts.facts);
    if (parts.log != nullptr)
      read_log(*parts.log, test);
    if (read_event(*parts.event, test))
      suite.tests.push_back(std::move(test));
  }

  bool read_event(const Node& node, Test& test) {
    std::optional<event::EventFile> file;
    if (!is_path(node)) {
      file = event::parse_event(document_, node, reader_.sink());
    } else if (const auto source = file_of(node)) {
      test.event_path = source->path;
      file = event::parse_event_file(source, reader_.sink());
    }
    if (!file)
      return false;
    test.event = std::move(file->reading);
    if (file->hostname) {
      decide::Facts facts = *test.facts;
      facts.hostname = file->hostname;
      test.facts = std::make_shared<const decide::Facts>(std::move(facts));
    }
    const auto* malformed = std::get_if<event::Malformed>(&test.event);
    if (malformed != nullptr)
      report(code::missing_key,
             fmt::format("the event cannot be used: `{}` {}", malformed->field, malformed->problem),
             node);
    return malformed == nullptr;
  }

  void read_log(const Node& node, Test& test) {
    if (!is_path(node)) {
      report(code::wrong_type,
             fmt::format("`discovery-log` takes a path, not {}", policy::described(node)), node);
      return;
    }
    const auto source = file_of(node);
    if (!source)
      return;
    auto log = fabrics::parse_discovery_file(source->text);
    if (!log) {
      report(code::wrong_type,
             fmt::format("{} is not a valid discovery log: {}", source->path, log.error().message),
             node);
      return;
    }
    test.log = std::move(*log);
    test.log_path = source->path;
  }

  const yaml::Document& document_;
  policy::Reader& reader_;
  FactsPtr facts_ = std::make_shared<const decide::Facts>();
  std::set<std::string> names_;
};

} // namespace

std::optional<Suite> read_suite(const diag::SourcePtr& source, diag::Sink& sink) {
  const auto document = yaml::parse_yaml(source, sink);
  if (!document)
    return std::nullopt;
  policy::Reader reader(std::make_shared<diag::Source>(*source), sink);
  return SuiteReader(*document, reader).read();
}

} // namespace nvmf::testing
