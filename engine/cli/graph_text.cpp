#include "base/wire_text.hpp"
#include "cli/graph.hpp"

#include <fmt/format.h>
#include <string_view>

namespace nvmf::cli {

namespace {

std::string_view fill_colour(Graph::Kind kind) {
  switch (kind) {
  case Graph::Kind::source:
    return "#ffffff";
  case Graph::Kind::wanted:
    return "#d5e8d4";
  case Graph::Kind::live:
    return "#dae8fc";
  case Graph::Kind::denied:
    return "#f8cecc";
  case Graph::Kind::ignored:
    return "#eeeeee";
  case Graph::Kind::refused:
    return "#fff2cc";
  }
  return {};
}

// A string of dot's language: quotes and backslashes are all that is special in it.
std::string dot_string(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += text.empty() ? "" : "\\n";
    for (const char c : base::escaped(line)) {
      if (c == '"' || c == '\\')
        text += '\\';
      text += c;
    }
  }
  return '"' + text + '"';
}

// mermaid's own escapes, by the name or number of a character.
std::string mermaid_string(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += text.empty() ? "" : "<br/>";
    for (const char c : base::escaped(line))
      if (std::string_view("\"#<>&;`\\").find(c) != std::string_view::npos)
        text += fmt::format("#{};", static_cast<int>(c));
      else
        text += c;
  }
  return '"' + text + '"';
}

} // namespace

std::string_view to_string(Graph::Kind kind) {
  switch (kind) {
  case Graph::Kind::source:
    return "source";
  case Graph::Kind::wanted:
    return "wanted";
  case Graph::Kind::live:
    return "live";
  case Graph::Kind::denied:
    return "denied";
  case Graph::Kind::ignored:
    return "ignored";
  case Graph::Kind::refused:
    return "refused";
  }
  return {};
}

std::string dot_text(const Graph& graph) {
  std::string text = "digraph \"nvmf-policy\" {\n"
                     "  rankdir=LR;\n"
                     "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n"
                     "  edge [fontname=\"sans-serif\"];\n";
  for (std::size_t at = 0; at < graph.nodes.size(); ++at)
    text += fmt::format("  n{} [label={}, fillcolor=\"{}\"];\n", at,
                        dot_string(graph.nodes[at].lines), fill_colour(graph.nodes[at].kind));
  for (const Graph::Edge& edge : graph.edges)
    text +=
        fmt::format("  n{} -> n{}{};\n", edge.from, edge.to,
                    edge.label.empty() ? "" : fmt::format(" [label={}]", dot_string({edge.label})));
  return text + "}\n";
}

std::string mermaid_text(const Graph& graph) {
  std::string text = "flowchart LR\n";
  for (std::size_t at = 0; at < graph.nodes.size(); ++at)
    text += fmt::format("  n{}[{}]:::{}\n", at, mermaid_string(graph.nodes[at].lines),
                        to_string(graph.nodes[at].kind));
  for (const Graph::Edge& edge : graph.edges)
    text += fmt::format("  n{} -->{} n{}\n", edge.from,
                        edge.label.empty() ? "" : fmt::format("|{}|", mermaid_string({edge.label})),
                        edge.to);
  for (const Graph::Kind kind : {Graph::Kind::source, Graph::Kind::wanted, Graph::Kind::live,
                                 Graph::Kind::denied, Graph::Kind::ignored, Graph::Kind::refused})
    text += fmt::format("  classDef {} fill:{},stroke:#333333,color:#000000\n", to_string(kind),
                        fill_colour(kind));
  return text;
}

} // namespace nvmf::cli
