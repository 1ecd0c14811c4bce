// Trouble of this host or program, which says nothing about what was asked for.
#pragma once

namespace nvmf::base {

// The errno says that descriptors, memory, locks or room on a disk ran out: the same call may
// succeed in a moment, and what it was to find out is as unknown as before.
bool is_local_trouble(int code);

} // namespace nvmf::base
