// Finds the files of a policy and puts them in order.
#pragma once

#include "base/file_system.hpp"
#include "diag/finding.hpp"
#include "load/load.hpp"

#include <string>
#include <vector>

namespace nvmf::load {

struct FoundFile {
  std::string path;
  std::string name; // FILE of full names
  bool is_main = false;
};

struct Found {
  std::vector<FoundFile> files;           // to be read, in the order in which they are consulted
  std::vector<ConsideredFile> considered; // all, in the same order
  bool local_trouble = false;             // one was not looked at for want of descriptors or memory
};

// Reports 701 to 704, 708, and a drop-in with the main file's name (304).
Found search_files(const base::FileSystem& files, const SearchOptions& options, diag::Sink& sink);

// The name of the main file in full names; it sorts among the drop-ins by it.
inline constexpr const char* main_name = "50-autoconnect";

// `70-acme` for `/etc/nvmf/autoconnect.d/70-acme.yaml`; empty if that is not a drop-in's name.
std::string drop_in_name(std::string_view path);

} // namespace nvmf::load
