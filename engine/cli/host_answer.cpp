#include "cli/host_answer.hpp"

#include "cli/fit_text.hpp"

#include "base/wire_text.hpp"
#include "cli/names_text.hpp"
#include "decide/decide.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;

bool is_left_alone(const plan::Item& item) {
  return item.outcome == Outcome::denied || item.outcome == Outcome::ignored;
}

// The policy with nothing in the way of what it would not have otherwise.
policy::Policy wanting(const policy::Policy& policy, const decide::Facts& facts,
                       const event::Event& event, const plan::Item& item) {
  policy::Policy wanting = policy;
  wanting.guards.clear();
  const decide::Decision decision = decide::decide_without_guards(policy, event, facts.hostname);
  const bool is_wanted = item.outcome == Outcome::denied && decision.outcome != Outcome::ignored;
  if (is_wanted)
    return wanting;
  policy::Rule everything;
  everything.match.any = true;
  everything.action = event.subject == base::Subject::io_subsystem ? policy::Action::connect
                                                                   : policy::Action::discover;
  wanting.rules.insert(wanting.rules.begin(), std::move(everything));
  return wanting;
}

// Planned actions before impossible ones, before existing connections, before unwanted ones.
int precedence(Outcome outcome) {
  switch (outcome) {
  case Outcome::connect:
  case Outcome::discover:
    return 0;
  case Outcome::refused:
    return 1;
  case Outcome::differs:
    return 2;
  case Outcome::keep:
    return 3;
  case Outcome::denied:
    return 4;
  case Outcome::ignored:
    break;
  }
  return 5;
}

std::string why_refused(const plan::Item& item) {
  std::string text = item.reason ? std::string(to_string(*item.reason)) : std::string();
  if (!item.detail.empty())
    text += (text.empty() ? "" : ": ") + base::escaped(item.detail);
  return text;
}

std::string side_of(const plan::Item& item) {
  const std::string side = item.tid.endpoint ? host_side_text(*item.tid.endpoint) : "";
  return side.empty() ? side : ' ' + side;
}

std::string answer_line(const plan::Item& item) {
  switch (item.outcome) {
  case Outcome::connect:
    return "would connect" + side_of(item);
  case Outcome::discover:
    if (!item.device.empty())
      return fmt::format("connected as {}, would read its log", item.detail);
    return fmt::format("would connect{} and read its log{}", side_of(item),
                       item.bystander.empty() ? "" : "; " + base::escaped(item.detail));
  case Outcome::keep:
  case Outcome::differs:
    return "connected as " + base::escaped(item.detail);
  case Outcome::refused:
    return "would refuse: " + why_refused(item);
  case Outcome::denied:
    return fmt::format("guard {} denies it{}", item.decided_by ? item.decided_by->name : "",
                       side_of(item));
  case Outcome::ignored:
    return why_refused(item);
  }
  return {};
}

} // namespace

HostAnswer ask_host(const policy::Policy& policy, const decide::Facts& facts,
                    const event::Event& event, const plan::AskRouting& routing) {
  plan::Run run(policy, facts, event, {.explain_ignored = true, .routing = routing});
  HostAnswer answer{.items = run.decide_event()};
  for (std::size_t at = 0; at < answer.items.size(); ++at)
    answer.guarded.push_back(run.guarded(at));
  return ask_host(policy, facts, event, routing, std::move(answer));
}

HostAnswer ask_host(const policy::Policy& policy, const decide::Facts& facts,
                    const event::Event& event, const plan::AskRouting& routing, HostAnswer answer) {
  const bool is_asked = std::all_of(answer.items.begin(), answer.items.end(), is_left_alone);
  if (!is_asked || answer.items.front().reason == decide::Reason::duplicate_of)
    return answer;
  const policy::Policy other = wanting(policy, facts, event, answer.items.front());
  plan::Run run(other, facts, event, {.routing = routing});
  answer.if_wanted = run.decide_event();
  return answer;
}

const plan::Item& foremost(const std::vector<plan::Item>& items) {
  return *std::min_element(items.begin(), items.end(), [](const auto& one, const auto& other) {
    return precedence(one.outcome) < precedence(other.outcome);
  });
}

const plan::GuardedItem* foremost_guarded(const HostAnswer& answer) {
  if (answer.guarded.size() != answer.items.size())
    return nullptr;
  const auto at = static_cast<std::size_t>(&foremost(answer.items) - answer.items.data());
  return &answer.guarded[at];
}

std::vector<std::string> host_answer_lines(const HostAnswer& answer) {
  std::vector<std::string> lines;
  for (const plan::Item& item : answer.if_wanted.empty() ? answer.items : answer.if_wanted)
    lines.push_back(answer_line(item));
  return lines;
}

std::string host_answer_text(const HostAnswer& answer, std::optional<std::size_t> columns) {
  const std::string_view head = "this host: ";
  std::string text;
  for (const std::string& line : host_answer_lines(answer))
    text += fmt::format("{}{}\n", text.empty() ? std::string(head) : std::string(head.size(), ' '),
                        columns ? fitted_words(line, head.size(), *columns) : line);
  return text;
}

} // namespace nvmf::cli
