// The host's own identity, made where there is none: the files that nvme-cli's packages make, too.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"

#include <string>
#include <vector>

namespace nvmf::host {

inline constexpr const char* product_uuid_path = "/sys/class/dmi/id/product_uuid";

struct CreatedIdentity {
  std::vector<std::string> paths; // those that were written; none: both were there
  std::string uuid_from;          // "the product UUID of this machine"; empty if none was needed
  std::string hindered_by;        // the file that cannot be used, beside which nothing was written
};

// Writes /etc/nvme/hostnqn and /etc/nvme/hostid, one UUID in both: of the file that is there, else
// the machine's product UUID unless it is empty or shared with other machines, else a random one.
// Never overwrites: a file that is there stays, also an empty one and a broken link; beside one
// that cannot be used nothing is written. A file that appears meanwhile wins. Each file appears
// whole, with mode 0644. Fails where something cannot be read or written.
base::Result<CreatedIdentity> create_identity(base::RealFileSystem& files);

} // namespace nvmf::host
