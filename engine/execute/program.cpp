#include "execute/program.hpp"

#include "base/nearest.hpp"
#include "base/standard_streams.hpp"
#include "base/wire_text.hpp"
#include "execute/cancel.hpp"
#include "execute/loop.hpp"
#include "plan/id.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace nvmf::execute {

namespace {

// resolv.conf(5): a name server that does not answer is given up after 4 s and not after 10.
constexpr const char* resolver_patience = "timeout:2 attempts:2";

constexpr std::string_view usage =
    "Usage: nvmf-connect [--root DIR] ID\n"
    "       nvmf-connect [--root DIR] --cancel ID | --cancel-all\n"
    "\n"
    "Carries out the connection request /run/nvmf/plans/ID.json. systemd starts it as\n"
    "nvmf-policy-connect@ID.service; it is not meant to be run by hand.\n"
    "\n"
    "  --cancel ID   withdraw the request (ExecStop=; only where $MAINPID is set)\n"
    "  --cancel-all  withdraw all requests\n"
    "  --root DIR    a directory in which the files of this host are looked for\n"
    "  --version     the version\n"
    "  --help        this text\n"
    "\n"
    "Examples:\n"
    "  systemctl status 'nvmf-policy-connect@*'\n"
    "  nvmf-policy status\n";

enum class Task { run, cancel, cancel_all, help, version };

struct CommandLine {
  Task task = Task::run;
  std::string root;
  std::string id;
};

// The wrong word, where there is one.
tl::expected<CommandLine, std::string> parse(std::span<const char* const> arguments) {
  CommandLine line;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view const word = arguments[i];
    if (word == "--help" || word == "-h")
      line.task = Task::help;
    else if (word == "--version")
      line.task = Task::version;
    else if (word == "--cancel")
      line.task = Task::cancel;
    else if (word == "--cancel-all")
      line.task = Task::cancel_all;
    else if (word == "--root" && i + 1 < arguments.size())
      line.root = arguments[++i];
    else if (plan::is_id(word) && line.id.empty())
      line.id = word;
    else
      return tl::unexpected(std::string(word));
  }
  bool const wants_id = line.task == Task::run || line.task == Task::cancel;
  if (wants_id && line.id.empty())
    return tl::unexpected(std::string());
  return line;
}

int complain(const std::string& word) {
  static const std::vector<std::string> options{"--cancel", "--cancel-all", "--help", "--root",
                                                "--version"};
  if (word.empty())
    base::write_error("nvmf-connect: expected the id of a request, 16 hex digits\n");
  else
    base::write_error(fmt::format(
        "nvmf-connect: `{}` is neither an option nor the id of a request\n", base::escaped(word)));
  auto const near = word.starts_with("--") ? base::nearest(word, options) : std::nullopt;
  if (near)
    base::write_error(fmt::format("  help: did you mean `{}`?\n", *near));
  base::write_error("Try `nvmf-connect --help`.\n");
  return static_cast<int>(ExitCode::usage);
}

int say(std::string_view text) {
  bool const written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written)
    return 0;
  base::write_error("nvmf-connect: the output could not be written\n");
  return static_cast<int>(ExitCode::failed);
}

int cancel(const CommandLine& line) {
  base::RealFileSystem files(line.root);
  base::SystemClock const clock;
  // systemd runs ExecStop= after every end of the service; it sets $MAINPID only when the service
  // was still there, which is a deliberate stop.
  // No other thread runs yet, here and below. NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (line.task == Task::cancel && !std::getenv("MAINPID"))
    return 0;
  auto const done = line.task == Task::cancel ? cancel_request(files, clock, line.id)
                                              : cancel_all_requests(files, clock);
  if (done)
    return 0;
  base::write_error(fmt::format("nvmf-connect: {}\n", done.error().message));
  return static_cast<int>(ExitCode::again);
}

} // namespace

void carry_out(const Request& request, systemd::Journal& journal) {
  base::RealFileSystem files(request.root);
  base::SystemClock const clock;
  fabrics::KernelFabricsPort port(request.root);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  ::setenv("RES_OPTIONS", resolver_patience, 0);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  std::optional<std::string> const credentials =
      directory ? std::optional<std::string>(directory) : std::nullopt;
  fabrics::HostSecretSource secrets(files, credentials);
  Loop loop({.id = request.id,
             .root = request.root,
             .files = files,
             .port = port,
             .secrets = secrets,
             .clock = clock,
             .journal = journal,
             .credentials_directory = credentials,
             .discovery = request.discovery});
  ExitCode const code = loop.run();
  journal.finish(systemd::HostJournal::last_patience);
  // The state is written.
  std::fflush(nullptr);
  ::_exit(static_cast<int>(code));
}

int run_program(std::span<const char* const> arguments) {
  auto const line = parse(arguments);
  if (!line)
    return complain(line.error());
  switch (line->task) {
  case Task::help:
    return say(usage);
  case Task::version:
    return say(fmt::format("nvmf-connect {}\n", NVMF_VERSION));
  case Task::cancel:
  case Task::cancel_all:
    return cancel(*line);
  case Task::run:
    break;
  }
  systemd::HostJournal journal("nvmf-connect");
  carry_out({.root = line->root, .id = line->id}, journal);
}

} // namespace nvmf::execute
