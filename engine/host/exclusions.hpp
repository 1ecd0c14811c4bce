// /etc/nvme/exclusions.conf and exclusions.conf.d/*.conf: connections that no orchestrator of the
// host is to make.
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::host {

// One `key=value;key=value`. Never fails: an entry that is empty or has an unknown key is there but
// not usable, and matches nothing.
decide::Exclusion parse_exclusion(std::string_view text);

// The `exclusion =` lines of the section `[exclusions]` of one file.
std::vector<decide::Exclusion> parse_exclusions(std::string_view text);

struct Exclusions {
  std::vector<decide::Exclusion> all;
  std::string problem; // a file that cannot be read or is not text; empty: all were read
};

// The main file, then the drop-ins in the order of their names. Files that are not there say
// nothing; of one that is there and cannot be read it is not known what it excludes.
Exclusions read_exclusions(const base::FileSystem& files);

// Why a file, or a line of it, excludes nothing though it seems to.
struct ExclusionProblem {
  std::string path;
  std::uint32_t line = 0; // 0: the file cannot be read, and whatever is listed counts as excluded
  std::string what;       // "the key `subsysnqn` is unknown"
};

// For people, of all files: those that cannot be read, and lines without effect in those that can.
std::vector<ExclusionProblem> exclusion_problems(const base::FileSystem& files);

} // namespace nvmf::host
