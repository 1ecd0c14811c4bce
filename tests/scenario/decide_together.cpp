// decide-together POLICY FACTS (EVENT LOG)...: the plans of several events with their logs as one
// run sees them, in JSON.
//
// `nvmf-policy plan` takes one event with one log; to plan for all connected discovery
// controllers at once (`--read-log`) it needs real ones. This is the same code without them: the plans
// share what they already decided, so that a path that four logs list is one connect and three
// duplicates.
#include "base/file_system.hpp"
#include "event/event_file.hpp"
#include "fabrics/discovery_log.hpp"
#include "fabrics/option_string.hpp"
#include "host/facts_file.hpp"
#include "load/load.hpp"
#include "plan/json.hpp"
#include "plan/run.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

namespace {

using namespace nvmf;

constexpr std::size_t largest_file = std::size_t{1} << 20U;

[[noreturn]] void fail(const std::string& path, const std::string& problem) {
  fmt::print(stderr, "{}: {}\n", path, problem);
  std::exit(4);
}

std::string read(const std::string& path) {
  auto text = base::RealFileSystem().read(path, largest_file);
  if (!text)
    fail(path, text.error().message);
  return *text;
}

// A parser of the engine that reports to a sink.
template <class Parser>
auto parsed(Parser parser, const std::string& path) {
  diag::Sink sink;
  auto result = parser(std::make_shared<const diag::Source>(diag::Source{path, read(path)}), sink);
  if (!result)
    fail(path, sink.findings().front().message);
  return *result;
}

plan::Plan decided(const policy::Policy& policy, const decide::Facts& facts,
                   const std::string& event_path, const std::string& log_path,
                   plan::PathLedger& paths) {
  auto const reading = parsed(event::parse_event_file, event_path).reading;
  if (!std::holds_alternative<event::Event>(reading))
    fail(event_path, "not an event to decide");
  auto const log = fabrics::parse_discovery_file(read(log_path));
  if (!log)
    fail(log_path, log.error().message);
  plan::Run run(policy, facts, std::get<event::Event>(reading), {.shared_paths = &paths});
  if (run.decide_event().front().outcome == decide::Outcome::discover)
    run.decide_log(0, *log);
  plan::Plan plan = run.plan();
  for (plan::Item& item : plan.items) {
    bool const is_tried =
        item.outcome == decide::Outcome::connect || item.outcome == decide::Outcome::discover;
    if (is_tried && item.device.empty())
      item.string = fabrics::redacted_option_string(item).value_or("");
  }
  return plan;
}

} // namespace

int main(int count, char** words) {
  if (count < 5 || count % 2 == 0)
    fail(words[0], "expected POLICY FACTS (EVENT LOG)...");
  auto const loaded = load::load_policy(base::RealFileSystem(), {.paths = {words[1]}});
  if (!loaded.policy)
    fail(words[1], "is not a valid policy");
  auto const facts = parsed(host::parse_facts_file, words[2]);
  plan::PathLedger paths;
  std::vector<plan::Plan> plans;
  for (int i = 3; i < count; i += 2)
    plans.push_back(decided(*loaded.policy, facts, words[i], words[i + 1], paths));
  fmt::print("{}", plan::to_json(plans.front().policy, plans));
  return 0;
}
