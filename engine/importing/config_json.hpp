// nvme-cli's /etc/nvme/config.json (libnvme, doc/config-schema.json): hosts, their subsystems and
// the ports of these.
#pragma once

#include "diag/finding.hpp"
#include "importing/model.hpp"
#include "importing/secret_names.hpp"

namespace nvmf::importing {

// Each port becomes a connection; one of a discovery subsystem also has its log's entries connected
// with the same options. Text that is not such JSON is reported in `sink`.
void read_config_json(const diag::SourcePtr& source, SecretNames& secrets, Imported& imported,
                      diag::Sink& sink);

} // namespace nvmf::importing
