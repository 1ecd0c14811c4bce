// Which options a kernel knows: what reading /dev/nvme-fabrics without a write before gives.
#pragma once

#include "base/result.hpp"
#include "decide/facts.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::fabrics {

// The names in `instance=-1,cntlid=-1,transport=%s,…,tls` (drivers/nvme/host/fabrics.c,
// __nvmf_concat_opt_tokens); `instance` and `cntlid`, which are not options, are left out.
decide::KernelOptions parse_kernel_options(std::string_view text);

// The options that a kernel may know that answers that read with EINVAL (before 5.17): everything
// but `tls`, `keyring`, `tls_key`, `concat`, `dhchap_secret`, `dhchap_ctrl_secret`; doubtful are
// those younger than 5.4: `host_iface` (5.14), `fast_io_fail_tmo` (5.11), `discovery` (5.17).
decide::KernelOptions options_of_old_kernels();

// As a file keeps them for the time in which the kernel does not tell them, because a connect is
// under way: a name a line, with `?` behind one that is doubtful.
std::string to_lines(const decide::KernelOptions& options);
// Nothing where the text is not one of those.
std::optional<decide::KernelOptions> kernel_options_from_lines(std::string_view text);

} // namespace nvmf::fabrics
