#include "cli/picture.hpp"

#include "cli/terminal.hpp"

#include <cerrno>
#include <string>

namespace nvmf::cli {

bool is_picture(const Globals& globals) {
  return globals.format == "dot" || globals.format == "svg";
}

ExitCode print_picture(const Graph& graph, const Globals& globals) {
  const std::string dot = dot_text(graph);
  if (globals.format == "dot") {
    print(dot);
    return ExitCode::done;
  }
  const auto svg = svg_of(dot);
  if (!svg && svg.error().code == ENOENT) {
    if (!globals.quiet)
      complain("Graphviz's program `dot` is not installed: the picture is mermaid text, not SVG");
    print(mermaid_text(graph));
    return ExitCode::done;
  }
  if (!svg) {
    complain(svg.error().message);
    print_error("  help: `--format dot` prints the text that it draws, `show graph` mermaid's\n");
    return ExitCode::failed;
  }
  print(*svg);
  return ExitCode::done;
}

} // namespace nvmf::cli
