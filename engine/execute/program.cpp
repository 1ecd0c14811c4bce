#include "execute/program.hpp"

#include "base/nearest.hpp"
#include "base/standard_streams.hpp"
#include "base/wire_text.hpp"
#include "execute/executor.hpp"
#include "execute/hands_program.hpp"
#include "execute/process_hands.hpp"
#include "execute/thread_hands.hpp"
#include "host/fabrics_mounts.hpp"
#include "host/registry.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace nvmf::execute {

namespace {

// resolv.conf(5): a name server that does not answer is given up after 4 s and not after 10.
constexpr const char* resolver_patience = "timeout:2 attempts:2";

constexpr std::string_view usage =
    "Usage: nvmf-connect [--root DIR]\n"
    "\n"
    "The fabrics executor: carries out the requests in /run/nvmf/plans, tries again\n"
    "what failed, and ends when nothing is left to do. systemd starts it as\n"
    "nvmf-policy-connect.service; it is not meant to be run by hand.\n"
    "\n"
    "  --root DIR  a directory in which the files of this host are looked for\n"
    "  --claim-registry, --release-registry\n"
    "              for nvmf-policy.service: takes or gives back controllers in /run/nvme/registry\n"
    "  --version   the version\n"
    "  --help      this text\n"
    "\n"
    "Examples:\n"
    "  systemctl status nvmf-policy-connect.service\n"
    "  nvmf-policy status\n";

enum class Task : std::uint8_t { run, hands, claim_registry, release_registry, help, version };

struct CommandLine {
  Task task = Task::run;
  std::string root;
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
    else if (word == "--hands")
      line.task = Task::hands;
    else if (word == "--claim-registry")
      line.task = Task::claim_registry;
    else if (word == "--release-registry")
      line.task = Task::release_registry;
    else if (word == "--root" && i + 1 < arguments.size())
      line.root = arguments[++i];
    else
      return tl::unexpected(std::string(word));
  }
  return line;
}

int complain(const std::string& word) {
  static const std::vector<std::string> options{"--claim-registry", "--help", "--release-registry",
                                                "--root", "--version"};
  if (word == "--root")
    base::write_error("nvmf-connect: `--root` needs a directory\n");
  else
    base::write_error(fmt::format("nvmf-connect: `{}` is not an option\n", base::escaped(word)));
  auto const near = word.starts_with("--") ? base::nearest(word, options) : std::nullopt;
  if (near && *near != word)
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

// For nvmf-policy.service, which reports a failure and goes on.
int change_registry(const std::string& root, base::Result<void> (*change)(base::FileSystem&)) {
  base::RealFileSystem files(root);
  auto const changed = change(files);
  if (changed)
    return static_cast<int>(ExitCode::done);
  base::write_error(fmt::format("nvmf-connect: registry: {}\n", changed.error().message));
  return static_cast<int>(ExitCode::failed);
}

} // namespace

void run_executor(const ExecutorOptions& options, systemd::Journal& journal) {
  base::RealFileSystem files(options.root);
  base::SystemClock const clock;
  fabrics::KernelFabricsPort port(options.root);
  // No other thread runs yet, here and below. NOLINTNEXTLINE(concurrency-mt-unsafe)
  ::setenv("RES_OPTIONS", resolver_patience, 0);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  std::optional<std::string> const credentials =
      directory ? std::optional<std::string>(directory) : std::nullopt;
  fabrics::HostSecretSource secrets(files, credentials);
  // This program can start itself as its hands; any other has them as threads of its own.
  std::unique_ptr<Hands> hands;
  if (options.discovery == plan::DiscoveryStay::as_policy_says)
    hands = std::make_unique<ProcessHands>(
        ProcessHands::World{.root = options.root, .is_to_stay = [&files, &options] {
                              return options.root.empty() && host::system_lies_on_fabrics(files);
                            }});
  else
    hands = std::make_unique<ThreadHands>(ConnectWriter::World{.files = files,
                                                               .port = port,
                                                               .secrets = secrets,
                                                               .clock = clock,
                                                               .root = options.root,
                                                               .interfaces = present_interfaces});
  Executor executor({.root = options.root,
                     .files = files,
                     .hands = *hands,
                     .secrets = secrets,
                     .clock = clock,
                     .journal = journal,
                     .credentials_directory = credentials,
                     .discovery = options.discovery});
  ExitCode const code = executor.run();
  journal.finish(systemd::HostJournal::last_patience);
  // The states are written.
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
  case Task::hands:
    if (run_hands(line->root))
      return 0;
    base::write_error("nvmf-connect: `--hands` is for the executor, which starts it by itself\n");
    return static_cast<int>(ExitCode::usage);
  case Task::claim_registry:
    return change_registry(line->root, host::claim_registry);
  case Task::release_registry:
    return change_registry(line->root, host::release_registry);
  case Task::run:
    break;
  }
  systemd::HostJournal journal("nvmf-connect");
  run_executor({.root = line->root}, journal);
}

} // namespace nvmf::execute
