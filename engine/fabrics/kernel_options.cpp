#include "fabrics/kernel_options.hpp"

#include <algorithm>
#include <set>

namespace nvmf::fabrics {

decide::KernelOptions parse_kernel_options(std::string_view text) {
  std::set<std::string> names;
  while (!text.empty()) {
    std::string_view const token = text.substr(0, text.find_first_of(",\n"));
    text.remove_prefix(std::min(text.size(), token.size() + 1));
    std::string_view const name = token.substr(0, token.find('='));
    if (!name.empty() && name != "instance" && name != "cntlid")
      names.emplace(name);
  }
  return names;
}

decide::KernelOptions options_of_old_kernels() {
  decide::KernelOptions options{"transport",        "traddr",
                                "trsvcid",          "nqn",
                                "queue_size",       "nr_io_queues",
                                "reconnect_delay",  "ctrl_loss_tmo",
                                "keep_alive_tmo",   "hostnqn",
                                "host_traddr",      "host_iface",
                                "hostid",           "duplicate_connect",
                                "disable_sqflow",   "hdr_digest",
                                "data_digest",      "nr_write_queues",
                                "nr_poll_queues",   "tos",
                                "fast_io_fail_tmo", "discovery"};
  options.doubtful = {"host_iface", "fast_io_fail_tmo", "discovery"};
  return options;
}

} // namespace nvmf::fabrics
