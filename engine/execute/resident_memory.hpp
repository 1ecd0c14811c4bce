// An executor may wait for days: meanwhile it should weigh next to nothing, unless the host's own
// system lies on what it connects.
#pragma once

namespace nvmf::execute {

// Gives freed heap and the pages of code and constants back. They come again from the page cache
// when they are needed, so this is for the beginning of a long wait.
void give_back_memory();

// Memory that was used once stays, this program's code and constants all of it: after a loss of
// root, /usr or swap no page could be read again.
//
// oom_score_adj too: the kernel's killer of processes looks elsewhere first. The unit begins with
// that value (OOMScoreAdjust=), for a process without CAP_SYS_RESOURCE may not go below the one
// that systemd gave it, and may go up and down above it.
void keep_memory();
// The opposite: as any other process for the killer.
void be_like_others();

} // namespace nvmf::execute
