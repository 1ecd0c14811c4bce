#include "systemd/notify.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace nvmf::systemd {

namespace {
// Keeps NOTIFY_SOCKET for the next one. A missing listener is not a failure of the service.
void notify(const std::string& state) { sd_notify(0, state.c_str()); }
} // namespace

void notify_ready() { notify("READY=1"); }

void notify_stopping() { notify("STOPPING=1"); }

void notify_status(std::string_view text) {
  // A newline would begin another variable of the protocol.
  notify(fmt::format("STATUS={}", text.substr(0, text.find('\n'))));
}

} // namespace nvmf::systemd
