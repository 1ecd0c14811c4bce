// nvme-stas' /etc/stas/stafd.conf, stacd.conf and sys.conf (stafd.conf(5), stacd.conf(5),
// sys.conf(5)).
//
// stafd finds and connects discovery controllers; stacd connects the I/O controllers that their
// logs list, and those of its own file; sys.conf gives the host identity of both.
#pragma once

#include "diag/finding.hpp"
#include "importing/model.hpp"
#include "importing/secret_names.hpp"

namespace nvmf::importing {

// Each may be null. stacd.conf's settings for all I/O controllers hold for those that the
// discovery controllers of stafd.conf list.
struct StasFiles {
  diag::SourcePtr stafd;
  diag::SourcePtr stacd;
  diag::SourcePtr sys;
};

void read_stas_conf(const StasFiles& files, SecretNames& secrets, Imported& imported);

} // namespace nvmf::importing
