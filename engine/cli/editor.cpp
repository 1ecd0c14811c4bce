#include "cli/editor.hpp"

#include "base/file_system.hpp"
#include "yaml/yaml.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace nvmf::cli {

namespace {

constexpr mode_t private_file = 0600;

std::string editor_command() {
  for (const char* name : {"VISUAL", "EDITOR"})
    // Before any thread is started.
    if (const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
        value != nullptr && *value != '\0')
      return value;
  return ::access("/usr/bin/editor", X_OK) == 0 ? "editor" : "vi"; // Debian's choice of editors
}

// As system(3) does: an interrupt is for the program in the foreground, not for the one that waits.
class IgnoreInterrupts {
public:
  IgnoreInterrupts() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &ignore, &interrupt_);
    ::sigaction(SIGQUIT, &ignore, &quit_);
  }
  IgnoreInterrupts(const IgnoreInterrupts&) = delete;
  IgnoreInterrupts& operator=(const IgnoreInterrupts&) = delete;
  ~IgnoreInterrupts() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGQUIT, &quit_, nullptr);
  }

private:
  struct sigaction interrupt_ {};
  struct sigaction quit_ {};
};

// The wait status of `sh -c 'COMMAND "$@"'`, so that the variable may hold options: `vim -n`. The
// shell waits for an editor that deals with an interrupt itself.
base::Result<int> run_shell(const std::string& command, const std::string& path) {
  std::string shell = "sh";
  std::string option = "-c";
  std::string script = "trap : INT QUIT\n" + command + " \"$@\"";
  std::string argument = path;
  char* const arguments[] = {shell.data(), option.data(),   script.data(),
                             shell.data(), argument.data(), nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGINT);
  sigaddset(&usual, SIGQUIT);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, "/bin/sh", nullptr, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0)
    return base::errno_failure("/bin/sh cannot be started", failed);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return base::errno_failure("the editor", errno);
  return status;
}

} // namespace

base::Result<WorkingCopy> WorkingCopy::create(const std::string& file_name,
                                              const std::string& text) {
  std::error_code failed;
  const std::filesystem::path temporary = std::filesystem::temp_directory_path(failed);
  std::string directory =
      ((failed ? std::filesystem::path("/tmp") : temporary) / "nvmf-policy-edit-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr)
    return base::errno_failure(directory, errno);
  WorkingCopy copy(directory, directory + "/" + file_name);
  if (const auto written = base::RealFileSystem().write_atomically(copy.path_, text, private_file);
      !written)
    return tl::unexpected(written.error());
  return copy;
}

WorkingCopy::WorkingCopy(WorkingCopy&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), path_(std::move(other.path_)),
      is_kept_(other.is_kept_) {}

WorkingCopy::~WorkingCopy() {
  std::error_code ignored;
  if (!directory_.empty() && !is_kept_)
    std::filesystem::remove_all(directory_, ignored); // an editor's own backup, too
}

base::Result<std::string> WorkingCopy::text() const {
  return base::RealFileSystem().read(path_, yaml::longest_text);
}

base::Result<void> run_editor(const std::string& path) {
  const std::string command = editor_command();
  const IgnoreInterrupts while_it_runs;
  const auto status = run_shell(command, path);
  if (!status)
    return tl::unexpected(status.error());
  if (WIFSIGNALED(*status))
    return base::failure(
        fmt::format("the editor `{}` was ended by signal {}", command, WTERMSIG(*status)));
  if (WEXITSTATUS(*status) != 0)
    return base::failure(
        fmt::format("the editor `{}` ended with exit status {}", command, WEXITSTATUS(*status)));
  return {};
}

} // namespace nvmf::cli
