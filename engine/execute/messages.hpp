// The executor's journal lines: one per change of a path, with fields to search by
// (`journalctl NVMF_SUBSYSNQN=…`). Everything from the wire is escaped here.
#pragma once

#include "execute/path.hpp"
#include "plan/plan.hpp"
#include "systemd/journal.hpp"

#include <string>

namespace nvmf::execute {

// The fields of every line of one hand-over.
struct MessageContext {
  std::string id;
  std::string policy_digest;
  std::string source = {}; // plan::source_name of its event
};

systemd::JournalLine path_line(const MessageContext& context, const Path& path);
systemd::JournalLine no_longer_wanted(const MessageContext& context, const Path& path);
systemd::JournalLine not_wanted(const MessageContext& context, const plan::Item& item);
systemd::JournalLine log_read(const MessageContext& context, const Path& path);
systemd::JournalLine log_failed(const MessageContext& context, const Path& path);
systemd::JournalLine cancelled(const MessageContext& context, const std::string& why);
systemd::JournalLine request_failed(const MessageContext& context, const std::string& why);
// The state of an earlier executor of this id cannot be used: `why`; it is kept as `path`.
systemd::JournalLine state_set_aside(const MessageContext& context, const std::string& why,
                                     const std::string& path);

// `nqn… at 192.0.2.10:4420 from 192.0.2.20 via eth1`.
std::string described(const plan::Item& item);

} // namespace nvmf::execute
