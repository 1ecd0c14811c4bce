// May a service act on these files? Only root may have written them.
#pragma once

#include "base/file_system.hpp"
#include "policy/load.hpp"

#include <string>
#include <vector>

namespace nvmf::policy {

// Why a file must not be trusted: "/etc/nvmf/autoconnect.yaml is writable by group 1000".
struct Distrust {
  std::string path;
  std::string why; // "belongs to uid 1000, not to root", "may be written by others (mode 0666)"
  bool in_path = false; // it is a directory above the file, not the file itself
};

// Looks at each file that was read (and, for links, at what it leads to) and at the directories
// above it. Empty: all of them belong to root and nobody else may write to them. Runs as an
// ordinary user, too: then files and directories of that user are as good as root's.
std::vector<Distrust> distrusted(const base::FileSystem& files, const Loaded& loaded);

} // namespace nvmf::policy
