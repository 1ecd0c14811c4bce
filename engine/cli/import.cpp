// `nvmf-policy import`: configurations of nvme-cli and nvme-stas as one policy.
#include "base/nqn.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "diag/read_source.hpp"
#include "host/identity.hpp"
#include "importing/read_files.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

namespace nvmf::cli {

namespace {

using importing::FileKind;
using importing::InputFile;
using importing::Lost;
using importing::Note;

// Where they are on a host.
constexpr std::array own_paths{"/etc/nvme/discovery.conf",    "/etc/nvme/config.json",
                               "/etc/nvme/nvme-fabrics.conf", "/etc/stas/stafd.conf",
                               "/etc/stas/stacd.conf",        "/etc/stas/sys.conf"};
constexpr std::size_t file_limit = std::size_t{16} << 20U;

// Files named on the command line, or the host's own below `--root`.
class Reader {
public:
  // `files`: null for those of the command line.
  explicit Reader(const base::FileSystem* files) : files_(files) {}

  // The files with their drop-ins; nothing after having said what is wrong.
  std::optional<std::vector<InputFile>> read(const std::vector<std::string>& paths) const {
    std::vector<InputFile> all;
    for (const std::string& path : paths) {
      const auto source = read_one(path);
      if (!source)
        return std::nullopt;
      const auto kind = importing::kind_of(**source);
      if (!kind) {
        complain(fmt::format(
            "{}: not recognised as one of discovery.conf, config.json, nvme-fabrics.conf, "
            "stafd.conf, stacd.conf and sys.conf",
            path));
        return std::nullopt;
      }
      InputFile file{.source = *source, .kind = *kind, .drop_ins = {}};
      if (*kind == FileKind::fabrics_conf) {
        auto drop_ins = drop_ins_of(path);
        if (!drop_ins)
          return std::nullopt;
        file.drop_ins = std::move(*drop_ins);
      }
      all.push_back(std::move(file));
    }
    return all;
  }

private:
  std::optional<diag::SourcePtr> read_one(const std::string& path) const {
    if (files_ == nullptr) {
      auto source = diag::read_source(path);
      if (source)
        return *source;
      complain(source.error().message);
      return std::nullopt;
    }
    auto text = files_->read(path, file_limit);
    if (text)
      return std::make_shared<const diag::Source>(diag::Source{path, std::move(*text)});
    complain(text.error().message);
    return std::nullopt;
  }

  // `FILE.d/*.conf`, in the order of their names.
  std::optional<std::vector<diag::SourcePtr>> drop_ins_of(const std::string& path) const {
    std::vector<diag::SourcePtr> sources;
    const base::RealFileSystem here;
    const auto names = (files_ != nullptr ? *files_ : here).list(path + ".d");
    if (!names)
      return sources;
    for (const std::string& name : *names) {
      if (!name.ends_with(".conf"))
        continue;
      auto source = read_one(path + ".d/" + name);
      if (!source)
        return std::nullopt;
      sources.push_back(std::move(*source));
    }
    return sources;
  }

  const base::FileSystem* files_;
};

std::vector<std::string> own_files(const base::FileSystem& files) {
  std::vector<std::string> there;
  for (const char* path : own_paths)
    if (files.exists(path))
      there.emplace_back(path);
  return there;
}

void print_notes(const std::vector<Note>& notes) {
  for (const Note& note : notes)
    print_error(note.origin.path.empty()
                    ? fmt::format("note: {}\n", note.text)
                    : fmt::format("{}: note: {}\n", note.origin.text(), note.text));
}

// The policy must be one that can be used as it is.
ExitCode check_result(const Globals& globals, const std::string& text) {
  const load::Loaded loaded = load::load_text("<imported policy>", text);
  if (loaded.policy)
    return ExitCode::done;
  complain_about(globals, loaded.findings);
  complain("the policy above has errors, which must be corrected by hand");
  return ExitCode::answer_is_no;
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Whether something is missing in the policy that the old files had; says how much.
bool has_losses(const std::vector<Note>& notes) {
  const auto count = [&](Lost lost) {
    return static_cast<std::size_t>(std::count_if(
        notes.begin(), notes.end(), [&](const Note& note) { return note.lost == lost; }));
  };
  const std::size_t connections = count(Lost::connection);
  const std::size_t exclusions = count(Lost::exclusion);
  if (connections + exclusions == 0)
    return false;
  const std::string what = connections == 0  ? counted(exclusions, "exclusion")
                           : exclusions == 0 ? counted(connections, "connection")
                                             : counted(connections, "connection") + " and " +
                                                   counted(exclusions, "exclusion");
  complain(fmt::format("not carried over: {}", what));
  return true;
}

// As whom this host connects where nothing is said.
void put_own_identity(const base::FileSystem& files, importing::Imported& imported) {
  const decide::HostIdentity own = host::read_host_identity(files);
  imported.own_hostnqn = own.hostnqn;
  imported.own_hostid = own.hostid.empty() ? base::uuid_of_nqn(own.hostnqn).value_or("")
                                           : base::canonical_uuid(own.hostid);
}

ExitCode run_import(std::vector<std::string> paths, const Globals& globals) {
  const base::RealFileSystem host = host_files(globals);
  const bool is_own = paths.empty();
  if (is_own)
    paths = own_files(host);
  if (paths.empty()) {
    complain(fmt::format("this host has none of {}", fmt::join(own_paths, ", ")));
    return ExitCode::failed;
  }
  const auto files = Reader(is_own ? &host : nullptr).read(paths);
  if (!files)
    return ExitCode::failed;
  diag::Sink sink;
  importing::Imported imported = importing::read_files(*files, sink);
  complain_about(globals, sink);
  if (sink.has_errors())
    return ExitCode::failed;
  put_own_identity(host, imported);
  std::vector<Note> notes;
  const std::string text = importing::policy_of(std::move(imported), notes);
  print(text);
  if (!globals.quiet)
    print_notes(notes);
  const bool lost = has_losses(notes);
  const ExitCode checked = check_result(globals, text);
  return lost ? ExitCode::answer_is_no : checked;
}

} // namespace

Runner declare_import(Options& options) {
  auto paths = std::make_shared<std::vector<std::string>>();
  options.arguments("FILE",
                    "discovery.conf, config.json, nvme-fabrics.conf (its drop-ins come along), "
                    "stafd.conf, stacd.conf or sys.conf; none: those of this host",
                    *paths);
  options.quiet("without the notes");
  return [paths](const Globals& globals) { return run_import(*paths, globals); };
}

} // namespace nvmf::cli
