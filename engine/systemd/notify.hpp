// The notices of a service to systemd about itself (sd_notify(3)). Outside of systemd all of it
// does nothing.
#pragma once

#include <string_view>

namespace nvmf::systemd {

void notify_ready();
void notify_stopping();
// The unit's status line: one line, shown by `systemctl status`.
void notify_status(std::string_view text);

} // namespace nvmf::systemd
