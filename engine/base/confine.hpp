// Gives up what a program will not need, before it reads what others wrote.
#pragma once

#include <string>
#include <vector>

namespace nvmf::base {

// The privileges that the process keeps.
struct Kept {
  std::vector<unsigned> capabilities; // of linux/capability.h
  // Directories below which files may be made, written, renamed and removed. Of one that does not
  // exist yet the nearest parent that does.
  std::vector<std::string> writable;
};

// The privileges that were really given up: `files` needs Landlock in the kernel, and a filter of
// system calls that lets it be used.
struct Confined {
  bool capabilities = false;
  bool files = false;
};

// For good, for the calling thread and its children: to be called before there are others. Needs no
// privilege. Reading, and what is open already, stay as they are.
Confined confine(const Kept& kept);

} // namespace nvmf::base
