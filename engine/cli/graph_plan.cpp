#include "cli/graph.hpp"
#include "cli/names_text.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;

Graph::Kind kind_of(Outcome outcome) {
  switch (outcome) {
  case Outcome::discover:
  case Outcome::connect:
    return Graph::Kind::wanted;
  case Outcome::keep:
  case Outcome::differs:
    return Graph::Kind::live;
  case Outcome::denied:
    return Graph::Kind::denied;
  case Outcome::ignored:
    return Graph::Kind::ignored;
  case Outcome::refused:
    break;
  }
  return Graph::Kind::refused;
}

std::vector<std::string> item_lines(const plan::Item& item) {
  std::vector<std::string> lines{std::string(to_string(item.outcome))};
  if (item.reason && item.reason != decide::Reason::denied)
    lines.front() += fmt::format(" {}", to_string(*item.reason));
  if (item.subject == base::Subject::io_subsystem && !item.tid.subsystem_nqn.empty())
    lines.push_back(item.tid.subsystem_nqn);
  if (item.tid.endpoint) {
    const std::string side = host_side_text(*item.tid.endpoint);
    lines.push_back(fmt::format("{} {}{}{}", to_string(item.tid.endpoint->transport),
                                address_text(*item.tid.endpoint), side.empty() ? "" : " ", side));
  }
  if (!item.device.empty())
    lines.push_back(item.device);
  return lines;
}

std::string decider_label(const plan::Item& item) {
  return item.decided_by
             ? fmt::format("{} {}", to_string(item.decided_by->kind), item.decided_by->name)
             : std::string();
}

} // namespace

Graph graph_of(const std::vector<plan::Plan>& plans) {
  Graph graph;
  for (const plan::Plan& plan : plans) {
    const std::size_t event = graph.nodes.size();
    graph.nodes.push_back({.kind = Graph::Kind::source, .lines = {event_text(plan.event)}});
    for (const plan::Item& item : plan.items) {
      const std::size_t from = item.parent ? event + 1 + *item.parent : event;
      graph.edges.push_back({.from = from, .to = graph.nodes.size(), .label = decider_label(item)});
      graph.nodes.push_back({.kind = kind_of(item.outcome), .lines = item_lines(item)});
    }
  }
  return graph;
}

} // namespace nvmf::cli
