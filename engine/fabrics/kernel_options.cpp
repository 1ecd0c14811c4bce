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

std::string to_lines(const decide::KernelOptions& options) {
  std::string text;
  for (const std::string& name : options.names)
    text += name + (options.doubtful.contains(name) ? "?\n" : "\n");
  return text;
}

std::optional<decide::KernelOptions> kernel_options_from_lines(std::string_view text) {
  decide::KernelOptions options;
  while (!text.empty()) {
    auto const end = text.find('\n');
    std::string name(text.substr(0, end));
    bool const is_doubtful = name.ends_with('?');
    if (is_doubtful)
      name.pop_back();
    bool const is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_name || end == std::string_view::npos)
      return std::nullopt;
    if (is_doubtful)
      options.doubtful.insert(name);
    options.names.insert(std::move(name));
    text.remove_prefix(end + 1);
  }
  // Without these no kernel connects anything.
  if (!options.may_have("nqn") || !options.may_have("transport"))
    return std::nullopt;
  return options;
}

} // namespace nvmf::fabrics
