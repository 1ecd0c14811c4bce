// nvme-cli's /etc/nvme/discovery.conf: each line holds the options of one `nvme connect-all`
// (nvme-cli, fabrics.c, discover_from_conf_file).
#pragma once

#include "diag/finding.hpp"
#include "importing/model.hpp"
#include "importing/secret_names.hpp"

namespace nvmf::importing {

// Whether the text looks like one: its first line that says anything begins with `-`.
bool is_discovery_conf(std::string_view text);

// Each line becomes a discovery controller whose log's entries are connected with the same options.
void read_discovery_conf(const diag::Source& source, SecretNames& secrets, Imported& imported);

} // namespace nvmf::importing
