// The hand-over that a connected discovery controller belongs to: /run/nvmf/controllers/nvmeN holds
// the id of the plan it was connected for, so that its own later events meet in the same plan and
// unit even where sysfs shows other values than the target or event that it was connected for; and
// whether it is to remain, so that an executor that starts after a kill ends a transient one.
#pragma once

#include "base/file_system.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::host {

inline constexpr const char* controller_notes_directory = "/run/nvmf/controllers";

// Whether a connection is to remain when its purpose is fulfilled. A discovery controller is
// transient until its log was read and the policy wants it kept.
enum class Stay : std::uint8_t { persistent, transient };

struct ControllerNote {
  std::string id; // one of plan::is_id
  Stay stay = Stay::persistent;
  bool operator==(const ControllerNote&) const = default;
};

// Best effort: without a note the id is computed from the event.
void write_controller_note(base::FileSystem& files, const std::string& device,
                           const ControllerNote& note);
void remove_controller_note(base::FileSystem& files, const std::string& device);

// None if there is no note, it holds no id, or the device is connected to something else now.
std::optional<ControllerNote> read_controller_note(const base::FileSystem& files,
                                                   const std::string& device);

// The devices that were connected for this plan and are still to end.
std::vector<std::string> transient_controllers(const base::FileSystem& files,
                                               const std::string& id);

} // namespace nvmf::host
