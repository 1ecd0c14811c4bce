#include "cli/remedy.hpp"

#include "base/wire_text.hpp"
#include "event/event_arguments.hpp"
#include "host/kept_away.hpp"

#include <fmt/format.h>
#include <string_view>

namespace nvmf::cli {

namespace {

using decide::Reason;
using execute::PathRecord;
using execute::PathState;
using fabrics::ErrorClass;

constexpr const char* host_check_command = "nvmf-policy check --host";
constexpr const char* identity_command = "nvmf-policy identity";

std::string pasted(const std::string& text) { return event::shell_word(base::escaped(text)); }

// How the kernel would reach the address; an FC port is seen or not.
std::string route_command(const plan::Tid& tid) {
  if (!tid.endpoint || !tid.endpoint->traddr || !tid.endpoint->traddr->ip())
    return "grep . /sys/class/fc_remote_ports/*/port_state";
  std::string command = "ip route get " + pasted(tid.endpoint->traddr->to_string());
  if (tid.endpoint->host_traddr)
    command += " from " + pasted(tid.endpoint->host_traddr->to_string());
  return command;
}

std::string remedy_for(ErrorClass error, base::Subject subject, const plan::Tid& tid) {
  switch (error) {
  case ErrorClass::already_connected:
  case ErrorClass::busy:
    return {};
  case ErrorClass::unreachable:
    return route_command(tid);
  case ErrorClass::source_missing:
    return "ip -brief address";
  case ErrorClass::port_missing:
    return "grep . /sys/class/fc_remote_ports/*/port_state";
  case ErrorClass::hung:
  case ErrorClass::refused:
  case ErrorClass::log_unstable:
  case ErrorClass::log_unreadable:
  case ErrorClass::local:
    return resume_command(subject, tid);
  case ErrorClass::rejected: // the array must know this host's NQN
  case ErrorClass::identity_conflict:
    return identity_command;
  case ErrorClass::invalid:
    return "nvmf-policy plan --show-strings";
  case ErrorClass::transport_missing:
    return fmt::format("modprobe nvme-{}",
                       tid.endpoint ? to_string(tid.endpoint->transport) : "fabrics");
  case ErrorClass::auth:
  case ErrorClass::secret_unavailable:
  case ErrorClass::not_permitted:
    return host_check_command;
  case ErrorClass::tls_unavailable:
    return "systemctl status tlshd.service";
  case ErrorClass::no_device:
    return "modprobe nvme-fabrics";
  }
  return {};
}

std::string remedy_for(Reason reason, const plan::Tid& tid, const event::Event* event) {
  switch (reason) {
  case Reason::denied:
    return "nvmf-policy show guards";
  case Reason::ignored_by_rule:
    return "nvmf-policy show rules";
  case Reason::no_rule_matched:
    return event == nullptr ? "nvmf-policy show rules"
                            : "nvmf-policy explain --suggest " + event::arguments_of(*event);
  case Reason::name_unresolved:
  case Reason::exclusions_unreadable:
  case Reason::kernel_option_missing:
  case Reason::secret_unavailable:
    return host_check_command;
  case Reason::excluded_by_list:
    return "grep -rn exclusion /etc/nvme/exclusions.conf /etc/nvme/exclusions.conf.d";
  case Reason::source_missing:
  case Reason::not_reachable_from_source:
    return tid.endpoint && tid.endpoint->traddr && tid.endpoint->traddr->ip() ? "ip -brief address"
                                                                              : route_command(tid);
  case Reason::identity_missing:
    return "nvmf-policy identity --create";
  case Reason::identity_conflict:
    return identity_command;
  case Reason::security_required:
    return "nvmf-policy doc connect.tls";
  // Nothing to mend here: the record itself, or somebody else who holds the path.
  case Reason::self_entry:
  case Reason::duplicate_of:
  case Reason::referral_loop:
  case Reason::referral_depth:
  case Reason::not_a_fabric:
  case Reason::unknown_subtype:
  case Reason::invalid_entry:
  case Reason::over_limit:
  case Reason::event_ignored:
  case Reason::owned_by:
    return {};
  }
  return {};
}

// Reasons for people begin with their word: `source-missing: san0 is down`.
std::string_view first_word(std::string_view reason) { return reason.substr(0, reason.find(':')); }

} // namespace

std::string resume_command(base::Subject subject, const plan::Tid& tid) {
  const bool has_address = tid.endpoint && tid.endpoint->traddr;
  if (subject == base::Subject::io_subsystem || !has_address)
    return "nvmf-policy resume " + pasted(tid.subsystem_nqn);
  return "nvmf-policy resume " + pasted(tid.endpoint->traddr->to_string());
}

std::string remedy_for(const PathRecord& path) {
  if (path.state == PathState::live || path.state == PathState::probing ||
      path.state == PathState::connecting)
    return {};
  const std::string_view word = first_word(path.reason);
  if (word == host::kept_away_reason || word == host::doubtful_reason)
    return resume_command(path.subject, path.tid);
  if (path.error_class)
    if (const std::string remedy = remedy_for(*path.error_class, path.subject, path.tid);
        !remedy.empty())
      return remedy;
  if (const auto reason = decide::parse_reason(word))
    return remedy_for(*reason, path.tid, nullptr);
  return path.state == PathState::given_up ? resume_command(path.subject, path.tid) : std::string();
}

std::string remedy_for(const plan::Item& item, const event::Event* event) {
  const bool is_refused = item.outcome == decide::Outcome::denied ||
                          item.outcome == decide::Outcome::refused ||
                          item.outcome == decide::Outcome::ignored;
  return is_refused && item.reason ? remedy_for(*item.reason, item.tid, event) : std::string();
}

} // namespace nvmf::cli
