// The firmware tables of this host, as the kernel shows them.
#pragma once

#include "base/file_system.hpp"
#include "firmware/table.hpp"

#include <string>
#include <vector>

namespace nvmf::firmware {

struct Tables {
  std::vector<Table> all;            // in the order of their file names
  std::vector<std::string> problems; // `PATH: byte 9: the checksum is wrong`; also of parts

  bool operator==(const Tables&) const = default;
};

// One file. Fails, with the path before the reason, where it cannot be read.
base::Result<Table> read_table_file(const base::FileSystem& files, const std::string& path);

// These files. One that cannot be read is a problem, and the others are used.
Tables read_table_files(const base::FileSystem& files, const std::vector<std::string>& paths);

// `/sys/firmware/acpi/tables/NBFT*`; no such file: no table.
Tables read_tables(const base::FileSystem& files);

} // namespace nvmf::firmware
