// May a service act on these files? Only root may have written them.
#pragma once

#include "base/file_system.hpp"
#include "load/load.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::load {

// Why a file must not be trusted: "/etc/nvmf/autoconnect.yaml is writable by group 1000".
struct Distrust {
  std::string path;
  std::string why; // "belongs to uid 1000, not to root", "may be written by others (mode 0666)"
  bool in_path = false; // it is a directory above the file, not the file itself
};

// Whose files are as good as root's. An ordinary user who tries a policy out trusts his own; the
// services do not.
enum class TrustedOwner : std::uint8_t { root, root_or_me };

// Looks at each file that was read (and, for links, at what it leads to) and at the directories
// above it. Empty: all of them belong to root and nobody else may write to them.
std::vector<Distrust> distrusted(const base::FileSystem& files, const Loaded& loaded,
                                 TrustedOwner owner = TrustedOwner::root_or_me);

} // namespace nvmf::load
