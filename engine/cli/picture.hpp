// Graphs on standard output, in the formats `dot` and `svg`.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/globals.hpp"
#include "cli/graph.hpp"

namespace nvmf::cli {

// The format asked for is one of a picture.
bool is_picture(const Globals& globals);
// Prints it in that format. Where Graphviz is not there to draw `svg` it is mermaid's text, and a
// line on standard error says so.
ExitCode print_picture(const Graph& graph, const Globals& globals);

} // namespace nvmf::cli
