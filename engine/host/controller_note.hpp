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

// None if there is no note, or it holds no id. A number that was given to another controller since
// has no note of ours any more, or that one's: it is written under the host's write lock, right
// after the kernel's answer, and removed with the registry entry.
std::optional<std::string> read_controller_note(const base::FileSystem& files,
                                                const std::string& device);

} // namespace nvmf::host
