// Any of the files that can be imported, recognised by content.
#pragma once

#include "diag/finding.hpp"
#include "importing/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::importing {

enum class FileKind : std::uint8_t {
  discovery_conf,
  config_json,
  fabrics_conf,
  stafd,
  stacd,
  stas_sys
};

// By sections and first lines, and by name where the contents do not show it: nvme-stas' files, and
// those that hold nothing but comments. Nothing if it is another file.
std::optional<FileKind> kind_of(const diag::Source& source);

// A file and, of an nvme-fabrics.conf, its drop-ins in the order of their names.
struct InputFile {
  diag::SourcePtr source;
  FileKind kind = FileKind::discovery_conf;
  std::vector<diag::SourcePtr> drop_ins;
};

// Everything that the files ask for. Text that cannot be read is reported in `sink`.
Imported read_files(const std::vector<InputFile>& files, diag::Sink& sink);

} // namespace nvmf::importing
