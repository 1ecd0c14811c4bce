#include "base/words.hpp"

namespace nvmf::base {

std::string_view to_string(EventKind kind) {
  switch (kind) {
  case EventKind::boot:
    return "boot";
  case EventKind::firmware:
    return "firmware";
  case EventKind::discovery_log_changed:
    return "discovery-log-changed";
  case EventKind::discovery_reconnected:
    return "discovery-reconnected";
  case EventKind::fc_discovery:
    return "fc-discovery";
  case EventKind::discovered:
    return "discovered";
  case EventKind::referral:
    return "referral";
  case EventKind::controller_lost:
    return "controller-lost";
  }
  return "";
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
  for (EventKind kind : all_event_kinds)
    if (to_string(kind) == text)
      return kind;
  return std::nullopt;
}

std::string_view to_string(SecureChannel treq) {
  switch (treq) {
  case SecureChannel::unspecified:
    return "unspecified";
  case SecureChannel::required:
    return "required";
  case SecureChannel::not_required:
    return "not-required";
  }
  return "";
}

std::optional<SecureChannel> parse_secure_channel(std::string_view text) {
  for (SecureChannel treq : all_secure_channels)
    if (to_string(treq) == text)
      return treq;
  return std::nullopt;
}

} // namespace nvmf::base
