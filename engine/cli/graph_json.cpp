#include "cli/graph.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

std::string graph_json(const Graph& graph) {
  using GraphJson = nlohmann::ordered_json;
  GraphJson json{
      {"format_version", 1}, {"nodes", GraphJson::array()}, {"edges", GraphJson::array()}};
  for (const Graph::Node& node : graph.nodes)
    json["nodes"].push_back({{"kind", to_string(node.kind)}, {"lines", node.lines}});
  for (const Graph::Edge& edge : graph.edges)
    json["edges"].push_back({{"from", edge.from},
                             {"to", edge.to},
                             {"label", edge.label.empty() ? GraphJson() : GraphJson(edge.label)}});
  return json.dump(2, ' ', false, GraphJson::error_handler_t::replace) + '\n';
}

} // namespace nvmf::cli
