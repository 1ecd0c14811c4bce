#include "cli/explained_log.hpp"

#include "plan/run.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using decide::Reason;

std::string note_reason(const plan::Item& item) {
  std::string text = item.reason ? std::string(to_string(*item.reason)) : std::string();
  return item.detail.empty() ? text : text + ": " + item.detail;
}

// The event as guards and rules saw it: a guard may have denied the resolved host side only.
event::Event event_of(const plan::Run& run, std::size_t at) {
  event::Event event = run.event_of(at);
  const plan::Item& item = run.items()[at];
  if (item.outcome == Outcome::denied)
    event.endpoint = *item.tid.endpoint;
  return event;
}

// Rules had the last word on the item, or nobody said before them what it is.
bool is_explained_by_rules(const plan::Item& item, const decide::Decision& decision) {
  if (item.outcome != Outcome::ignored || item.reason == Reason::duplicate_of)
    return true;
  return item.reason == decision.reason;
}

class LogReader {
public:
  LogReader(const policy::Policy& policy, const decide::Facts& facts, const event::Event& event,
            const plan::AskRouting& routing)
      : policy_(policy), facts_(facts), routing_(routing),
        run_(policy, facts, event, {.routing = routing}) {}

  ExplainedLog read(const event::DiscoveryLog& log) {
    const std::vector<plan::Item> own = run_.decide_event();
    if (!is_read()) {
      result_.explanations.push_back(explain(policy_, event_of(run_, 0), facts_.hostname));
      result_.explanations.back().host = {.items = own, .guarded = {run_.guarded(0)}};
    } else {
      run_.decide_log(0, log);
      for (std::size_t at = own.size(); at < run_.items().size(); ++at)
        add(at);
    }
    for (Explanation& one : result_.explanations)
      take_answer(policy_, ask_host(policy_, facts_, one.event, routing_, std::move(one.host)),
                  one);
    return std::move(result_);
  }

private:
  // Says why not.
  bool is_read() {
    const plan::Item& item = run_.items().front();
    if (item.subject == base::Subject::io_subsystem) {
      result_.notes.emplace_back("an I/O subsystem has no discovery log");
      return false;
    }
    const bool is_wanted = item.outcome == Outcome::discover || item.outcome == Outcome::refused;
    if (!is_wanted)
      result_.notes.push_back(
          fmt::format("the discovery controller is {}: its log is not read, so that no entry of it "
                      "is decided",
                      to_string(item.outcome)));
    else if (item.outcome == Outcome::refused)
      result_.notes.push_back(
          fmt::format("this host would refuse the discovery controller ({}); its log is explained "
                      "as if it did not",
                      note_reason(item)));
    return is_wanted;
  }

  void add(std::size_t at) {
    const plan::Item& item = run_.items()[at];
    Explanation explanation = explain(policy_, event_of(run_, at), facts_.hostname);
    const auto record = run_.record_of(at);
    if (!record)
      result_.notes.push_back("the log is cut off: " + note_reason(item));
    else if (!is_explained_by_rules(item, explanation.decision))
      result_.notes.push_back(
          fmt::format("record {} is not decided: {}", *record + 1, note_reason(item)));
    else if (is_another_path(*record, explanation)) {
      result_.explanations.back().host.items.push_back(item);
      result_.explanations.back().host.guarded.push_back(run_.guarded(at));
    } else {
      explanation.host = {.items = {item}, .guarded = {run_.guarded(at)}};
      result_.explanations.push_back(std::move(explanation));
    }
    last_record_ = record;
  }

  // A record has an item for each host side, which are decided alike unless a guard looks at it.
  bool is_another_path(std::size_t record, const Explanation& explanation) const {
    return last_record_ == record && !result_.explanations.empty() &&
           result_.explanations.back().event == explanation.event;
  }

  const policy::Policy& policy_;
  const decide::Facts& facts_;
  const plan::AskRouting& routing_;
  plan::Run run_;
  std::optional<std::size_t> last_record_;
  ExplainedLog result_;
};

} // namespace

ExplainedLog explain_log(const policy::Policy& policy, const decide::Facts& facts,
                         const event::Event& event, const event::DiscoveryLog& log,
                         const plan::AskRouting& routing) {
  return LogReader(policy, facts, event, routing).read(log);
}

} // namespace nvmf::cli
