#include "execute/messages.hpp"

#include "base/wire_text.hpp"

#include <fmt/format.h>

namespace nvmf::execute {

namespace {

using systemd::JournalLine;
using systemd::Priority;
namespace message = systemd::message;

std::map<std::string, std::string> fields_of(const MessageContext& context,
                                             const plan::Item& item) {
  const plan::Tid& tid = item.tid;
  base::Endpoint const endpoint = tid.endpoint.value_or(base::Endpoint());
  std::map<std::string, std::string> fields{
      {"NVMF_PLAN", context.id},
      {"NVMF_POLICY_DIGEST", context.policy_digest},
      {"NVMF_OUTCOME", std::string(to_string(item.outcome))},
      {"NVMF_REASON", item.reason ? std::string(to_string(*item.reason)) : std::string()},
      {"NVMF_RULE", item.decided_by ? item.decided_by->name : std::string()},
      {"NVMF_TRANSPORT", tid.endpoint ? std::string(to_string(endpoint.transport)) : std::string()},
      {"NVMF_TRADDR", base::escaped(to_text(endpoint.traddr))},
      {"NVMF_TRSVCID", endpoint.trsvcid ? std::to_string(*endpoint.trsvcid) : std::string()},
      {"NVMF_HOST_TRADDR", base::escaped(to_text(endpoint.host_traddr))},
      {"NVMF_HOST_IFACE", base::escaped(endpoint.host_iface)},
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
  // The obstacle of a path is a reason as much as the policy's decision about it.
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
  std::string text = base::escaped(item.tid.subsystem_nqn);
  if (!item.tid.endpoint)
    return text;
  const base::Endpoint& endpoint = *item.tid.endpoint;
  if (endpoint.traddr)
    text += fmt::format(" at {}", base::escaped(endpoint.port_text()));
  if (endpoint.host_traddr)
    text += fmt::format(" from {}", base::escaped(to_text(endpoint.host_traddr)));
  if (!endpoint.host_iface.empty())
    text += fmt::format(" via {}", base::escaped(endpoint.host_iface));
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

JournalLine state_set_aside(const MessageContext& context, const std::string& why,
                            const std::string& path) {
  return {.priority = Priority::warning,
          .message_id = message::state_set_aside,
          .message =
              fmt::format("the state of an earlier run cannot be used and is begun anew: {}; "
                          "kept as {}",
                          why, path),
          .fields = {{"NVMF_PLAN", context.id}}};
}

} // namespace nvmf::execute
