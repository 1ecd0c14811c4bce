// The messages of the journal that have an entry in units/nvmf-policy.catalog. An id is permanent:
// people search for it.
#pragma once

#include <array>
#include <string_view>

namespace nvmf::systemd {

struct MessageId {
  std::string_view id;
  std::string_view name;
};

namespace message {
inline constexpr std::string_view event_planned = "676500ce09f049639bcccf306e784201";
inline constexpr std::string_view event_malformed = "676500ce09f049639bcccf306e784202";
inline constexpr std::string_view event_undecided = "676500ce09f049639bcccf306e784203";
inline constexpr std::string_view event_ignored = "676500ce09f049639bcccf306e784204";
inline constexpr std::string_view hand_over_failed = "676500ce09f049639bcccf306e784205";
inline constexpr std::string_view policy_broken = "676500ce09f049639bcccf306e784206";
inline constexpr std::string_view path_live = "676500ce09f049639bcccf306e784210";
inline constexpr std::string_view path_waiting = "676500ce09f049639bcccf306e784211";
inline constexpr std::string_view path_given_up = "676500ce09f049639bcccf306e784212";
inline constexpr std::string_view path_not_wanted = "676500ce09f049639bcccf306e784213";
inline constexpr std::string_view log_read = "676500ce09f049639bcccf306e784214";
inline constexpr std::string_view log_unreadable = "676500ce09f049639bcccf306e784215";
inline constexpr std::string_view request_cancelled = "676500ce09f049639bcccf306e784216";
inline constexpr std::string_view request_failed = "676500ce09f049639bcccf306e784217";
inline constexpr std::string_view controller_lost = "676500ce09f049639bcccf306e784218";
inline constexpr std::string_view controller_removed = "676500ce09f049639bcccf306e784219";
inline constexpr std::string_view boot_incomplete = "676500ce09f049639bcccf306e78421a";
inline constexpr std::string_view firmware_table_broken = "676500ce09f049639bcccf306e78421b";
inline constexpr std::string_view state_set_aside = "676500ce09f049639bcccf306e78421c";
inline constexpr std::string_view lines_dropped = "676500ce09f049639bcccf306e78421d";
} // namespace message

// All of them, for the test that compares them with the catalogue.
inline constexpr std::array all_message_ids{
    MessageId{message::event_planned, "event-planned"},
    MessageId{message::event_malformed, "event-malformed"},
    MessageId{message::event_undecided, "event-undecided"},
    MessageId{message::event_ignored, "event-ignored"},
    MessageId{message::hand_over_failed, "hand-over-failed"},
    MessageId{message::policy_broken, "policy-broken"},
    MessageId{message::path_live, "path-live"},
    MessageId{message::path_waiting, "path-waiting"},
    MessageId{message::path_given_up, "path-given-up"},
    MessageId{message::path_not_wanted, "path-not-wanted"},
    MessageId{message::log_read, "log-read"},
    MessageId{message::log_unreadable, "log-unreadable"},
    MessageId{message::request_cancelled, "request-cancelled"},
    MessageId{message::request_failed, "request-failed"},
    MessageId{message::controller_lost, "controller-lost"},
    MessageId{message::controller_removed, "controller-removed"},
    MessageId{message::boot_incomplete, "boot-incomplete"},
    MessageId{message::firmware_table_broken, "firmware-table-broken"},
    MessageId{message::state_set_aside, "state-set-aside"},
    MessageId{message::lines_dropped, "lines-dropped"},
};

} // namespace nvmf::systemd
