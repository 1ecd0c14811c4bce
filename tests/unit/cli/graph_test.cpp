#include "cli/graph.hpp"

#include "decide/samples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

// `target a -> rule b: decided by`, a line for each edge.
std::string edges_of(const cli::Graph& graph) {
  std::string text;
  for (const cli::Graph::Edge& edge : graph.edges)
    text += fmt::format("{} -> {}: {}\n", graph.nodes[edge.from].lines.front(),
                        graph.nodes[edge.to].lines.front(), edge.label);
  return text;
}

} // namespace

TEST_CASE("a picture of a policy: what reaches whom") {
  struct Row {
    const char* name;
    const char* policy; // behind `version: 1`
    const char* expected;
  };
  const Row rows[] = {
      {"a target decides itself; nobody wants its entries",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1 }]\n",
       "target t -> entries of discovery logs: \n"},
      {"a guard, and the first rule that decides for certain",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:v }]\n"
       "deny: [{ name: g, match: { traddr: 10.0.0.0/8 }, reason: x }]\n"
       "rules:\n"
       "  - { name: p, match: { hostname: a }, action: ignore }\n"
       "  - { name: c, match: { traddr: 10.0.0.1 }, action: connect }\n"
       "  - { name: d, match: { transport: tcp }, action: connect }\n",
       "guard g -> target t: denies\n"
       "target t -> rule p: may be decided by\n"
       "target t -> rule c: decided by\n"},
      {"entries of one source",
       "targets:\n"
       "  - { name: a, transport: tcp, traddr: 10.0.0.1 }\n"
       "  - { name: b, transport: tcp, traddr: 10.0.0.2 }\n"
       "rules:\n"
       "  - { name: c, match: { source: \"a*\" }, action: connect }\n"
       "  - { name: d, match: { source: \"*\", not: { source: a } }, action: connect }\n",
       "target a -> rule c: entries\n"
       "target a -> entries of discovery logs: \n"
       "target b -> rule d: entries\n"
       "target b -> entries of discovery logs: \n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto policy = tests::loaded(std::string("version: 1\n") + row.policy);
    CHECK(edges_of(cli::graph_of(*policy)) == row.expected);
  }
}

TEST_CASE("a picture's text is that of the labels, whatever is in them") {
  const cli::Graph graph{.nodes = {{.lines = {"a\"]; x -> y; /*\\", "<b>&\x1b"}}},
                         .edges = {{.from = 0, .to = 0, .label = "\"|z"}}};
  const std::string dot = cli::dot_text(graph);
  CAPTURE(dot);
  CHECK(dot.find(R"(n0 [label="a\"]; x -> y; /*\\x5c\n<b>&\\x1b", fillcolor)") !=
        std::string::npos);
  CHECK(dot.find(R"(n0 -> n0 [label="\"|z"];)") != std::string::npos);
  const std::string mermaid = cli::mermaid_text(graph);
  CAPTURE(mermaid);
  CHECK(mermaid.find("n0[\"a#34;]#59; x -#62; y#59; /*#92;x5c<br/>#60;b#62;#38;#92;x1b\"]") !=
        std::string::npos);
  CHECK(mermaid.find("n0 -->|\"#34;|z\"| n0") != std::string::npos);
}
