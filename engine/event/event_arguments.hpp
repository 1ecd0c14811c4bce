// An event written on the command line: `transport=tcp traddr=192.0.2.5 subsystem-nqn=…`.
#pragma once

#include "diag/finding.hpp"
#include "event/event.hpp"

#include <string>
#include <vector>

namespace nvmf::event {

// The words as the text of an event file, for event::parse_event_file. Without `event=`, one with a
// `subsystem-nqn` is `discovered`, an fc one `fc-discovery`, any other `discovery-log-changed`.
// `source` takes several names (`source=dc-a,storage-discovery`, also said twice), and each
// property of udev is a word of its own (`udev.NVME_AEN=0x70f002`). Words without `=` come out as
// keys without a value, which the parser reports.
diag::SourcePtr event_text_of(const std::vector<std::string>& words);

// Text as one word of a shell command.
std::string shell_word(const std::string& text);

// The reverse: `event=discovered transport=tcp …`, to be pasted into a shell.
std::string arguments_of(const event::Event& event);

} // namespace nvmf::event
