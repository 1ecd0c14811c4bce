#include "cli/graph.hpp"
#include "policy/target_match.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace nvmf::cli {

namespace {

using policy::Holds;

Graph::Kind kind_of(policy::Action action) {
  return action == policy::Action::ignore ? Graph::Kind::ignored : Graph::Kind::wanted;
}

bool names_it(const policy::Pattern& pattern, const std::vector<std::string>& names) {
  const auto is_name = [&](const std::string& text) {
    return std::find(names.begin(), names.end(), text) != names.end();
  };
  if (const auto* name = std::get_if<std::string>(&pattern))
    return is_name(*name);
  const auto* glob = std::get_if<policy::SourceGlob>(&pattern);
  return glob != nullptr && std::any_of(glob->names.begin(), glob->names.end(), is_name);
}

bool names_it(const policy::Clause& clause, const std::vector<std::string>& names) {
  return std::any_of(clause.values.begin(), clause.values.end(),
                     [&](const policy::Pattern& pattern) { return names_it(pattern, names); });
}

const policy::Clause* source_clause(const std::vector<policy::Clause>& clauses) {
  const auto found = std::find_if(clauses.begin(), clauses.end(), [](const auto& clause) {
    return clause.key == policy::MatchKey::source;
  });
  return found == clauses.end() ? nullptr : &*found;
}

class PolicyDrawing {
public:
  explicit PolicyDrawing(const policy::Policy& policy) : policy_(policy) {}

  Graph draw() {
    for (const policy::Target& target : policy_.targets)
      targets_.push_back(add(Graph::Kind::wanted, target_lines(target)));
    for (const policy::Guard& guard : policy_.guards)
      guards_.push_back(add(Graph::Kind::denied, {"guard " + policy_.shown_name(guard)}));
    for (const policy::Rule& rule : policy_.rules)
      rules_.push_back(add(kind_of(rule.action), {"rule " + policy_.shown_name(rule),
                                                  std::string(to_string(rule.action))}));
    for (std::size_t at = 0; at < targets_.size(); ++at)
      connect_target(at);
    connect_entries();
    return std::move(graph_);
  }

private:
  std::size_t add(Graph::Kind kind, std::vector<std::string> lines) {
    graph_.nodes.push_back({.kind = kind, .lines = std::move(lines)});
    return graph_.nodes.size() - 1;
  }

  void join(std::size_t from, std::size_t to, std::string label) {
    graph_.edges.push_back({.from = from, .to = to, .label = std::move(label)});
  }

  static std::vector<std::string> target_lines(const policy::Target& target) {
    std::vector<std::string> lines{"target " + target.name};
    for (const policy::TargetEndpoint& endpoint : target.endpoints)
      lines.push_back(
          fmt::format("{} {}", to_string(target.transport),
                      endpoint.host_name.empty() ? endpoint.port_text() : endpoint.host_name));
    if (!target.subsystem_nqn.empty())
      lines.push_back(target.subsystem_nqn);
    return lines;
  }

  // Up to the first rule that decides it for certain.
  void connect_target(std::size_t at) {
    const policy::Target& target = policy_.targets[at];
    for (std::size_t guard = 0; guard < guards_.size(); ++guard) {
      const policy::Guard& one = policy_.guards[guard];
      const Holds holds = policy::holds_for(one.match, one.applies_to, target);
      if (holds != Holds::no)
        join(guards_[guard], targets_[at], holds == Holds::yes ? "denies" : "may deny");
    }
    for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
      const policy::Rule& one = policy_.rules[rule];
      const Holds holds = policy::holds_for(one.match, one.applies_to, target);
      if (holds != Holds::no)
        join(targets_[at], rules_[rule], holds == Holds::yes ? "decided by" : "may be decided by");
      if (holds == Holds::yes)
        break;
    }
  }

  // The entries of logs: rules that name a source see those of that one, the others all of them.
  void connect_entries() {
    for (std::size_t at = 0; at < targets_.size(); ++at)
      if (policy_.targets[at].subject() == base::Subject::discovery_controller)
        connect_source(targets_[at], {policy_.targets[at].name});
    for (std::size_t at = 0; at < rules_.size(); ++at)
      if (policy_.rules[at].action == policy::Action::discover)
        connect_source(rules_[at], {policy_.rules[at].name, policy_.rules[at].full_name});
    if (!logs_)
      return;
    for (std::size_t at = 0; at < rules_.size(); ++at)
      if (policy_.rules[at].applies_to.io_subsystems &&
          source_clause(policy_.rules[at].match.all) == nullptr)
        join(*logs_, rules_[at], {});
    for (std::size_t at = 0; at < guards_.size(); ++at)
      if (policy_.guards[at].applies_to.io_subsystems)
        join(guards_[at], *logs_, "may deny");
  }

  void connect_source(std::size_t from, const std::vector<std::string>& names) {
    for (std::size_t at = 0; at < rules_.size(); ++at) {
      const policy::Rule& rule = policy_.rules[at];
      const policy::Clause* const clause = source_clause(rule.match.all);
      const policy::Clause* const except = source_clause(rule.match.none);
      if (rule.applies_to.io_subsystems && clause != nullptr && names_it(*clause, names) &&
          (except == nullptr || !names_it(*except, names)))
        join(from, rules_[at], "entries");
    }
    if (!logs_)
      logs_ = add(Graph::Kind::source, {"entries of discovery logs"});
    join(from, *logs_, {});
  }

  const policy::Policy& policy_;
  Graph graph_;
  std::vector<std::size_t> targets_;
  std::vector<std::size_t> guards_;
  std::vector<std::size_t> rules_;
  std::optional<std::size_t> logs_;
};

} // namespace

Graph graph_of(const policy::Policy& policy) { return PolicyDrawing(policy).draw(); }

} // namespace nvmf::cli
