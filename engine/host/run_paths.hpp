// The files below /run/nvmf by which planner, executor and `status` meet.
//
//   in-charge             flag of nvmf-policy.service: our udev rule acts, nvme-cli's units do not
//   plans/<id>.<subject>.json     a request: the file's existence is the request      (0600)
//   running/<id>.<subject>.json   a request that an executor has claimed by renaming it (0600)
//   failed/<id>.<subject>.json    a request that was given up (request_name.hpp)
//   running/<id>.starts   crashes while the session was handled, since its last claim
//   state/<id>.json       what became of each path; written by the executor        (0600)
//   plans/<16 hex>.command.json   a command to the running executor (execute/command.hpp)
//   executor.lock         held by the executor while it watches plans/; never unlinked
//   kernel-options        of /dev/nvme-fabrics, as they were told last (fabrics/kernel_options.hpp)
//   executing             whose input it is handling (execute/crash_mark.hpp)
//   controllers/          whose discovery controllers these are (controller_note.hpp)
//   released/             controllers of ours while nvmf-policy.service is stopped (registry.hpp)
//   gone/                 removals that were dealt with (removal.hpp)
//   intents/              connects under way (execute/intent.hpp)
//   kept-away/            paths that an administrator disconnected (kept_away.hpp)
//   names.json            what host names of targets resolve to (names.hpp)
//   policy-problem        why the policy files are not in force, as the journal has it already
//   silent-turn, silent/  when a target last accepted and did not answer
//                         (execute/connect_writer.cpp)
//   edit.lock             one `edit` of the policy at a time
//   write.lock            one write to /dev/nvme-fabrics at a time on the host
//   last-good             copy of the last policy that loaded, from before /var is mounted
#pragma once

#include <string>
#include <string_view>

namespace nvmf::host {

inline constexpr std::string_view run_directory = "/run/nvmf";
inline constexpr std::string_view in_charge_flag = "/run/nvmf/in-charge";
inline constexpr const char* reported_problem = "/run/nvmf/policy-problem";
inline constexpr std::string_view plans_directory = "/run/nvmf/plans";
inline constexpr std::string_view running_directory = "/run/nvmf/running";
inline constexpr std::string_view failed_directory = "/run/nvmf/failed";
inline constexpr std::string_view state_directory = "/run/nvmf/state";
inline constexpr const char* kernel_options = "/run/nvmf/kernel-options";
inline constexpr std::string_view executor_lock = "/run/nvmf/executor.lock";
inline constexpr std::string_view edit_lock = "/run/nvmf/edit.lock";
inline constexpr std::string_view write_lock = "/run/nvmf/write.lock";

// `id` must be one of plan::is_id.
std::string starts_path(std::string_view id);
std::string state_path(std::string_view id);

// The executor's.
inline constexpr const char* connect_unit = "nvmf-policy-connect.service";

} // namespace nvmf::host
