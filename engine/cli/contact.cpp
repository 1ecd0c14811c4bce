#include "cli/contact.hpp"

#include "cli/ending_signals.hpp"
#include "cli/names_text.hpp"
#include "cli/status_line.hpp"
#include "cli/terminal.hpp"
#include "fabrics/probe_once.hpp"
#include "host/interfaces.hpp"
#include "host/run_paths.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <optional>

namespace nvmf::cli {

namespace {

constexpr mode_t run_directory_mode = 0755;

// `tcp 10.20.1.10:8009 from 10.20.1.77 via ens1f0`.
std::string contacted_text(const plan::Tid& tid) {
  const std::string host_side = host_side_text(*tid.endpoint);
  return fmt::format("{} {}{}{}", to_string(tid.endpoint->transport), address_text(*tid.endpoint),
                     host_side.empty() ? "" : " ", host_side);
}

std::optional<std::vector<decide::Interface>> interfaces_now() {
  auto found = host::read_interfaces();
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

} // namespace

Contacts::Contacts(const policy::Policy& policy)
    : policy_(&policy), secrets_(files_, std::nullopt), writer_({.files = files_,
                                                                 .port = port_,
                                                                 .secrets = secrets_,
                                                                 .clock = clock_,
                                                                 .root = {},
                                                                 .interfaces = interfaces_now}) {}

void Contacts::announce(const std::vector<ShownPlan>& plans) {
  std::vector<plan::Tid> all;
  for (const ShownPlan& shown : plans)
    for (const plan::Item& item : shown.plan.items)
      if (item.outcome == decide::Outcome::discover && item.device.empty() &&
          std::find(all.begin(), all.end(), item.tid) == all.end())
        all.push_back(item.tid);
  announced_ = all.size();
  if (all.empty())
    return complain("no discovery controller needs to be contacted");
  complain(fmt::format("contacting {} discovery controller{}, and those that a log refers to: "
                       "connected for one read of the log, then disconnected",
                       all.size(), all.size() == 1 ? "" : "s"));
  for (const plan::Tid& tid : all)
    print_error(fmt::format("  {}\n", contacted_text(tid)));
}

base::Result<execute::OneLog> Contacts::read(const plan::Item& item, const std::string& id) {
  const auto known = std::find_if(read_.begin(), read_.end(),
                                  [&](const auto& one) { return one.first == item.tid; });
  if (known != read_.end())
    return known->second;
  const bool is_shown = has_status_line();
  const std::size_t number = read_.size() + 1;
  if (is_shown)
    show_status_line(fmt::format("contacting {} ({})", contacted_text(item.tid),
                                 number <= announced_ ? fmt::format("{} of {}", number, announced_)
                                                      : "by referral"));
  auto log = contact(item, id);
  if (is_shown)
    erase_status_line();
  read_.emplace_back(item.tid, log);
  return log;
}

base::Result<execute::OneLog> Contacts::contact(const plan::Item& item, const std::string& id) {
  if (EndingSignals::came())
    return base::failure("stopped", EINTR);
  if (!item.tid.endpoint->traddr)
    return base::failure("its host name has no address", ENOENT);
  if (const auto made =
          files_.make_directories(std::string(host::run_directory), run_directory_mode);
      !made)
    return tl::unexpected(made.error());
  const base::Duration patience = policy_->limits.probe_timeout;
  return execute::read_one_log(
      {.files = files_,
       .port = port_,
       .clock = clock_,
       .writer = writer_,
       .probe =
           [patience](const fabrics::ProbeTarget& target) {
             return fabrics::probe_once(target, patience);
           }},
      {.id = id, .item = item, .max_entries = policy_->limits.log_entries});
}

} // namespace nvmf::cli
