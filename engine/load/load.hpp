// From files to a policy: finds the files, reads, checks, resolves. All or nothing.
#pragma once

#include "base/file_system.hpp"
#include "diag/finding.hpp"
#include "load/suppress.hpp"
#include "policy/finding_options.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nvmf::load {

inline constexpr const char* main_path = "/etc/nvmf/autoconnect.yaml";
// In the order in which a name in one shadows the same name in a later one.
inline constexpr const char* drop_in_directories[] = {
    "/etc/nvmf/autoconnect.d", "/run/nvmf/autoconnect.d", "/usr/local/lib/nvmf/autoconnect.d",
    "/usr/lib/nvmf/autoconnect.d"};

// A host has a few. With more of them no policy is loaded.
inline constexpr std::size_t most_files = 1000;

struct SearchOptions {
  // `--policy`, repeatable: files and directories that replace the search path. A file called
  // `NN-name.yaml` is a drop-in, any other the main file; a directory is read like /etc/nvmf
  // (`autoconnect.yaml`, `autoconnect.d/`) or, if it has neither, as a drop-in directory.
  std::vector<std::string> paths;
};

enum class FileState : std::uint8_t {
  read,     // part of the policy
  masked,   // empty, or a link to /dev/null: switches off the same name in later directories
  shadowed, // an earlier directory has the same name
  not_read, // not a drop-in's name, or unreadable; a finding says so
};

// A file of the search path and what became of it.
struct ConsideredFile {
  std::string path;
  std::string name; // FILE of full names: `70-acme`
  FileState state = FileState::read;
  std::string detail; // masked or shadowed: the path of the file that does it
};

struct Loaded {
  std::shared_ptr<const policy::Policy> policy; // null: there is none, or it is broken
  diag::Sink findings;                   // sorted by place; an error means that `policy` is null
  std::vector<ConsideredFile> files;     // in the order in which they are consulted
  std::vector<diag::SourcePtr> sources;  // the texts of the files that were read, same order
  std::vector<Suppression> suppressions; // comments that accept findings; see suppress.hpp
  bool found_any = false;                // false: no policy file at all, which is not a mistake
  bool local_trouble = false;            // a file was not read for want of descriptors or memory

  bool broken() const { return found_any && !policy; }
};

// Reads the search path and loads it.
Loaded load_policy(const base::FileSystem& files, const SearchOptions& search = {},
                   const policy::FindingOptions& wanted = {});

// One text as the main file; `path` is only what findings call it.
Loaded load_text(const std::string& path, const std::string& text,
                 const policy::FindingOptions& wanted = {});

// A file with the text it had.
struct FileText {
  std::string path;
  std::string text;
};

// Files as `load` would have found and ordered them: the reverse of Loaded::sources.
Loaded load_texts(const std::vector<FileText>& texts, const policy::FindingOptions& wanted = {});

} // namespace nvmf::load
