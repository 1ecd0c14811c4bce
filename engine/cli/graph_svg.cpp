#include "cli/graph.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace nvmf::cli {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

std::string content_of(std::FILE* file) {
  std::string text;
  std::string part(65536, '\0');
  std::rewind(file);
  while (const std::size_t read = std::fread(part.data(), 1, part.size(), file))
    text.append(part, 0, read);
  return text;
}

// The exit status of `dot -Tsvg` with these files as its streams, or why it could not be started.
base::Result<int> run_dot(int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::string name = "dot";
  std::string form = "-Tsvg";
  char* const arguments[] = {name.data(), form.data(), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, "dot", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    return base::errno_failure("`dot` of Graphviz cannot be started", failed);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return base::errno_failure("`dot` of Graphviz", errno);
  return status;
}

} // namespace

base::Result<std::string> svg_of(const std::string& dot) {
  const TemporaryFile input(std::tmpfile());
  const TemporaryFile output(std::tmpfile());
  if (!input || !output)
    return base::errno_failure("a temporary file", errno);
  if (std::fwrite(dot.data(), 1, dot.size(), input.get()) != dot.size() ||
      std::fflush(input.get()) != 0)
    return base::errno_failure("a temporary file", errno);
  std::rewind(input.get());
  const auto status = run_dot(::fileno(input.get()), ::fileno(output.get()));
  if (!status)
    return tl::unexpected(status.error());
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
    return base::failure("`dot` of Graphviz failed");
  return content_of(output.get());
}

} // namespace nvmf::cli
