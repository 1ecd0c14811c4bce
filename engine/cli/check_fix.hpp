// `check --fix`: replaces in the files, or shows as a difference, text that findings can replace.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "load/fix.hpp"

#include <string>
#include <vector>

namespace nvmf::cli {

// The texts of a policy's files, before and after; the same files in the same order.
struct FixedFiles {
  std::vector<load::FileText> before;
  load::Fixed after;
};

// Reads again what `loaded` was read from, and fixes what `wants` says.
base::Result<FixedFiles> fix_loaded(const base::FileSystem& files, const load::Loaded& loaded,
                                    const load::WantsFix& wants);

// All changes as `diff -u` shows them, secrets masked.
std::string differences_of(const FixedFiles& fixed);

// Writes each changed file in one step, with the mode that it has. A link, or a file of somebody
// else, would become another file: that fails before anything is written.
base::Result<void> write_fixed(base::FileSystem& files, const FixedFiles& fixed);

} // namespace nvmf::cli
