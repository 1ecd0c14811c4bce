// `nvmf-policy record`: live events of udev as event files.
#include "cli/commands.hpp"
#include "cli/recorder.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include "base/file_system.hpp"
#include "base/wire_text.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct RecordRequest {
  std::optional<std::size_t> count;
  std::optional<base::Duration> timeout;
  std::optional<std::string> folder;
};

// A name in the folder that is not taken yet: recording again adds to what is there.
std::string free_path(const base::FileSystem& files, const std::string& folder,
                      const RecordedEvent& event) {
  for (unsigned number = 1;; ++number) {
    std::string path = fmt::format("{}/{:04}-{}.event", folder, number, event.name);
    const std::string prefix = fmt::format("{:04}-", number);
    bool taken = false;
    if (const auto names = files.list(folder))
      for (const std::string& name : *names)
        taken |= name.starts_with(prefix);
    if (!taken)
      return path;
  }
}

base::Result<void> keep_in_folder(const std::string& folder, const RecordedEvent& event) {
  base::RealFileSystem files;
  const std::string path = free_path(files, folder, event);
  if (auto written = files.write_atomically(path, event.text, 0644); !written)
    return written;
  print(path + '\n');
  std::fflush(stdout);
  return {};
}

// Records follow each other with an empty line between them, as `udevadm monitor` prints them.
base::Result<void> keep_on_output(const RecordedEvent& event) {
  print(fmt::format("# {}\n{}\n", event.name, event.text));
  std::fflush(stdout);
  return {};
}

ExitCode run_record(const RecordRequest& request) {
  if (request.folder)
    if (const auto made = base::RealFileSystem().make_directories(*request.folder, 0755); !made) {
      complain(made.error().message);
      return ExitCode::failed;
    }
  const auto source = event::watch_udev();
  if (!source) {
    complain(source.error().message);
    return ExitCode::failed;
  }
  const base::SystemClock clock;
  const RecordLimits limits{request.count, request.timeout.value_or(base::infinite_duration)};
  const auto count = record_events(**source, limits, clock, [&](const RecordedEvent& event) {
    return request.folder ? keep_in_folder(*request.folder, event) : keep_on_output(event);
  });
  if (!count) {
    complain(count.error().message);
    return ExitCode::failed;
  }
  if (limits.count && *count < *limits.count) {
    complain(fmt::format("{} of {} events came within {}", *count, *limits.count,
                         base::format_duration(limits.timeout)));
    return ExitCode::answer_is_no;
  }
  return ExitCode::done;
}

} // namespace

Runner declare_record(Options& options) {
  auto request = std::make_shared<RecordRequest>();
  options.number("--count", "stop after N events", request->count);
  options.duration("--timeout", "stop after this time; exit 1 if `--count` was not reached",
                   request->timeout);
  options.value("--out", "DIR", "a file for each event in this folder, instead of standard output",
                request->folder);
  return [request](const Globals&) { return run_record(*request); };
}

} // namespace nvmf::cli
