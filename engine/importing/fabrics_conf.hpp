// nvme-cli 3's /etc/nvme/nvme-fabrics.conf and its drop-ins (nvme-fabrics.conf(5)).
#pragma once

#include "diag/finding.hpp"
#include "importing/model.hpp"
#include "importing/secret_names.hpp"

#include <vector>

namespace nvmf::importing {

// The main file first, then its drop-ins in the order of their names. Options are looked up as the
// manual page orders it: `controller =` line, section, [Host], the file's defaults, the main
// file's; an empty value is the kernel's default. The entries of a discovery log have the identity
// and the I/O defaults of its file.
void read_fabrics_conf(const std::vector<diag::SourcePtr>& files, SecretNames& secrets,
                       Imported& imported);

} // namespace nvmf::importing
