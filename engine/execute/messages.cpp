#include "execute/messages.hpp"

#include "base/wire_text.hpp"

#include <fmt/format.h>

namespace nvmf::execute {

namespace {

using systemd::JournalLine;
using systemd::Priority;
namespace message = systemd::message;

std::string escaped_text(const std::optional<base::Traddr>& address) {
  return address ? base::escaped(address->to_string()) : std::string();
}

std::map<std::string, std::string> fields_of(const MessageContext& context,
                                             const plan::Item& item) {
  const plan::Tid& tid = item.tid;
  std::map<std::string, std::string> fields{
      {"NVMF_PLAN", context.id},
      {"NVMF_POLICY_DIGEST", context.policy_digest},
      {"NVMF_OUTCOME", std::string(to_string(item.outcome))},
      {"NVMF_REASON", item.reason ? std::string(to_string(*item.reason)) : std::string()},
      {"NVMF_RULE", item.decided_by ? item.decided_by->name : std::string()},
      {"NVMF_TRANSPORT", tid.transport ? std::string(to_string(*tid.transport)) : std::string()},
      {"NVMF_TRADDR", escaped_text(tid.traddr)},
      {"NVMF_TRSVCID", tid.trsvcid ? std::to_string(*tid.trsvcid) : std::string()},
      {"NVMF_HOST_TRADDR", escaped_text(tid.host_traddr)},
      {"NVMF_HOST_IFACE", base::escaped(tid.host_iface)},
      {"NVMF_SUBSYSNQN", base::escaped(tid.subsystem_nqn)},
      {"NVMF_HOSTNQN", base::escaped(tid.host_nqn)}};
  return fields;
}

JournalLine line_of(const MessageContext& context, const plan::Item& item, Priority priority,
                    std::string_view id, std::string text) {
  return {.priority = priority,
          .message_id = id,
          .message = std::move(text),
          .fields = fields_of(context, item)};
}

void put_path(JournalLine& line, const Path& path) {
  line.fields["NVMF_STATE"] = std::string(to_string(path.state));
  line.fields["NVMF_DEVICE"] = path.device;
  line.fields["NVMF_TRIES"] = std::to_string(path.tries);
  if (!path.error_class)
    return;
  line.fields["NVMF_ERROR_CLASS"] = std::string(to_string(*path.error_class));
  // What keeps the path away is a reason as much as what the policy says about it.
  if (line.fields["NVMF_REASON"].empty())
    line.fields["NVMF_REASON"] = line.fields["NVMF_ERROR_CLASS"];
}

// "waiting: WHAT: refused: connection refused"; a missing source and a removal have no class.
std::string reason_line(std::string_view state, const Path& path) {
  std::string text = fmt::format("{}: {}", state, described(path.item));
  if (path.error_class)
    text += fmt::format(": {}", to_string(*path.error_class));
  if (!path.reason.empty())
    text += ": " + base::escaped(path.reason);
  return text;
}

} // namespace

std::string described(const plan::Item& item) {
  const plan::Tid& tid = item.tid;
  std::string text = base::escaped(tid.subsystem_nqn);
  if (tid.traddr) {
    bool const v6 = tid.traddr->ip() && tid.traddr->ip()->family == base::IpFamily::v6;
    text += fmt::format(" at {}{}{}", v6 && tid.trsvcid ? "[" : "", escaped_text(tid.traddr),
                        v6 && tid.trsvcid ? "]" : "");
  }
  if (tid.trsvcid)
    text += fmt::format(":{}", *tid.trsvcid);
  if (tid.host_traddr)
    text += fmt::format(" from {}", escaped_text(tid.host_traddr));
  if (!tid.host_iface.empty())
    text += fmt::format(" via {}", base::escaped(tid.host_iface));
  return text;
}

JournalLine path_line(const MessageContext& context, const Path& path) {
  JournalLine line;
  switch (path.state) {
  case PathState::live:
    line = line_of(context, path.item, Priority::notice, message::path_live,
                   fmt::format("live: {}{}{}", described(path.item),
                               path.device.empty() ? "" : " as ", path.device));
    break;
  case PathState::given_up:
    line = line_of(context, path.item, Priority::warning, message::path_given_up,
                   reason_line("given up", path));
    break;
  case PathState::waiting:
  case PathState::pending:
  case PathState::probing:
  case PathState::connecting:
    line = line_of(context, path.item, Priority::info, message::path_waiting,
                   reason_line(to_string(path.state), path));
    break;
  }
  put_path(line, path);
  return line;
}

JournalLine no_longer_wanted(const MessageContext& context, const Path& path) {
  JournalLine line = line_of(
      context, path.item, Priority::info, message::path_not_wanted,
      fmt::format("no longer wanted: {}: neither listed nor asked for", described(path.item)));
  put_path(line, path);
  return line;
}

JournalLine not_wanted(const MessageContext& context, const plan::Item& item) {
  std::string const why = item.reason ? std::string(to_string(*item.reason)) : std::string();
  return line_of(context, item, Priority::info, message::path_not_wanted,
                 fmt::format("{}: {}: {}{}{}", to_string(item.outcome), described(item), why,
                             item.detail.empty() ? "" : ": ", base::escaped(item.detail)));
}

JournalLine log_read(const MessageContext& context, const Path& path) {
  std::size_t const entries = path.log ? path.log->entries.size() : 0;
  JournalLine line =
      line_of(context, path.item, Priority::info, message::log_read,
              fmt::format("log of {} read: {} entries{}", path.device, entries,
                          path.log && path.log->truncated ? ", more were claimed" : ""));
  put_path(line, path);
  line.fields["NVMF_ENTRIES"] = std::to_string(entries);
  line.fields["NVMF_GENCTR"] = std::to_string(path.log ? path.log->genctr : 0);
  return line;
}

JournalLine log_failed(const MessageContext& context, const Path& path) {
  JournalLine line = line_of(
      context, path.item, Priority::warning, message::log_unreadable,
      fmt::format("log of {} not read: {}", described(path.item), base::escaped(path.reason)));
  put_path(line, path);
  return line;
}

JournalLine cancelled(const MessageContext& context, const std::string& why) {
  return {.priority = Priority::notice,
          .message_id = message::request_cancelled,
          .message = "cancelled: " + why,
          .fields = {{"NVMF_PLAN", context.id}, {"NVMF_POLICY_DIGEST", context.policy_digest}}};
}

JournalLine request_failed(const MessageContext& context, const std::string& why) {
  return {.priority = Priority::error,
          .message_id = message::request_failed,
          .message = "failed: " + why,
          .fields = {{"NVMF_PLAN", context.id}, {"NVMF_POLICY_DIGEST", context.policy_digest}}};
}

} // namespace nvmf::execute
