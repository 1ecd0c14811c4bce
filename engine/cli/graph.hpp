// Pictures of a policy and of a plan: a graph as a value, and as text for Graphviz and mermaid.
#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

struct Graph {
  enum class Kind : std::uint8_t { source, wanted, live, denied, ignored, refused };
  struct Node {
    Kind kind = Kind::source;
    std::vector<std::string> lines; // of its label, as they are: not yet escaped
  };
  struct Edge {
    std::size_t from = 0; // indexes of `nodes`
    std::size_t to = 0;
    std::string label; // empty: none
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

std::string_view to_string(Graph::Kind kind); // `wanted`

// Targets, guards and rules: which rules may decide a target (certainly, or perhaps), which guards
// deny it, and which rules see the entries of which discovery controller's log.
Graph graph_of(const policy::Policy& policy);
// Each event, the discovery controllers and the paths that follow from it, with their outcome.
Graph graph_of(const std::vector<plan::Plan>& plans);

// https://graphviz.org/doc/info/lang.html
std::string dot_text(const Graph& graph);
// https://mermaid.js.org/syntax/flowchart.html
std::string mermaid_text(const Graph& graph);
std::string graph_json(const Graph& graph);

// The text as drawn by the program `dot`, if there is one.
base::Result<std::string> svg_of(const std::string& dot);

} // namespace nvmf::cli
