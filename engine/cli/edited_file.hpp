// The file of a policy that is being edited: which one it is, what it has now, and how a new text
// takes its place.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "cli/globals.hpp"
#include "load/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// The policy that the file belongs to.
struct EditedPolicy {
  std::vector<std::string> places; // as `--policy` names them; empty: this host's search path
  std::string root;                // before each path of the search
};

struct EditedFile {
  EditedPolicy policy;
  std::string path;                // as the search names it, and messages
  std::string real;                // what is opened and replaced: where a link leads to
  std::optional<std::string> text; // now; none: there is no such file yet
};

// The file that `edit` names, the main file if `name` is empty. Fails with what to say: a
// directory, a masked file, a link that leads nowhere, a file of a package, one whose owner could
// not be kept.
base::Result<EditedFile> find_edited_file(const Globals& globals, const std::string& name);

// The policy with `text` in the place of the file.
load::Loaded load_with(const EditedFile& file, const std::string& text);

// Where the text goes that is replaced: `autoconnect.yaml~` beside the file, and for a drop-in
// beside its folder, in which it would be reported as a file that is not read.
std::string backup_path(const EditedFile& file);

// Puts `text` in the place of the file, which keeps its owner and mode, after a copy of what was
// there. ESTALE if the file is not what it was when it was found; nothing is changed then.
base::Result<void> install(const EditedFile& file, const std::string& text);

} // namespace nvmf::cli
