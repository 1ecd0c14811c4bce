// Which hand-over a connected controller belongs to: /run/nvmf/controllers/nvmeN holds the id of
// the plan it was connected for, so that its own later events meet in the same plan and unit even
// where sysfs shows other values than the target or event that it was connected for.
#pragma once

#include "base/file_system.hpp"

#include <optional>
#include <string>

namespace nvmf::host {

inline constexpr const char* controller_notes_directory = "/run/nvmf/controllers";

// Best effort: without a note the id is computed from the event. `id` is one of plan::is_id.
void write_controller_note(base::FileSystem& files, const std::string& device,
                           const std::string& id);
void remove_controller_note(base::FileSystem& files, const std::string& device);

// None if there is no note, it holds no id, or the device is connected to something else now.
std::optional<std::string> read_controller_note(const base::FileSystem& files,
                                                const std::string& device);

} // namespace nvmf::host
