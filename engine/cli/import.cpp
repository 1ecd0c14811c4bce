// `nvmf-policy import`: configurations of nvme-cli and nvme-stas as one policy.
#include "analyze/reachability.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "diag/read_source.hpp"
#include "importing/read_files.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

using importing::FileKind;
using importing::InputFile;
using importing::Note;

// `FILE.d/*.conf`, in the order of their names.
std::optional<std::vector<diag::SourcePtr>> drop_ins_of(const std::string& path) {
  std::vector<diag::SourcePtr> sources;
  const auto names = base::RealFileSystem().list(path + ".d");
  if (!names)
    return sources;
  for (const std::string& name : *names) {
    if (!name.ends_with(".conf"))
      continue;
    const auto source = diag::read_source(path + ".d/" + name);
    if (!source) {
      complain(source.error().message);
      return std::nullopt;
    }
    sources.push_back(*source);
  }
  return sources;
}

// The files with their drop-ins; nothing after having said what is wrong.
std::optional<std::vector<InputFile>> read_all(const std::vector<std::string>& paths) {
  std::vector<InputFile> files;
  for (const std::string& path : paths) {
    const auto source = diag::read_source(path);
    if (!source) {
      complain(source.error().message);
      return std::nullopt;
    }
    const auto kind = importing::kind_of(**source);
    if (!kind) {
      complain(fmt::format(
          "{}: not recognised as one of discovery.conf, config.json, nvme-fabrics.conf, "
          "stafd.conf and stacd.conf",
          path));
      return std::nullopt;
    }
    InputFile file{.source = *source, .kind = *kind};
    if (*kind == FileKind::fabrics_conf) {
      auto drop_ins = drop_ins_of(path);
      if (!drop_ins)
        return std::nullopt;
      file.drop_ins = std::move(*drop_ins);
    }
    files.push_back(std::move(file));
  }
  return files;
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

ExitCode run_import(const std::vector<std::string>& paths, const Globals& globals) {
  const auto files = read_all(paths);
  if (!files)
    return ExitCode::failed;
  diag::Sink sink;
  importing::Imported imported = importing::read_files(*files, sink);
  complain_about(globals, sink);
  if (sink.has_errors())
    return ExitCode::failed;
  std::vector<Note> notes;
  const std::string text = importing::policy_of(std::move(imported), notes);
  print(text);
  if (!globals.quiet)
    print_notes(notes);
  return check_result(globals, text);
}

} // namespace

Runner declare_import(Options& options) {
  auto paths = std::make_shared<std::vector<std::string>>();
  Options::required(options.arguments("FILE",
                                      "discovery.conf, config.json, nvme-fabrics.conf (its "
                                      "drop-ins come along), stafd.conf or stacd.conf",
                                      *paths));
  options.quiet("without the notes");
  return [paths](const Globals& globals) { return run_import(*paths, globals); };
}

} // namespace nvmf::cli
