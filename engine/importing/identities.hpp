// The host identities of the old configuration, made such that one policy can hold them.
//
// Old files name half an identity, the same one twice, or the host's own beside others; in a policy
// no two share a host NQN or a host id, because the kernel refuses that.
#pragma once

#include "importing/model.hpp"

namespace nvmf::importing {

// An identity with the values of this host's /etc/nvme becomes that. Merges equal identities, names
// them, and completes them: a half that is missing is that of /etc/nvme for one of them, `default`,
// as libnvme has it. A connection whose identity cannot be said so is taken out, with a note.
// Secrets stay with the identity where all of its connections share them, else each connection gets
// its own.
void settle_identities(Imported& imported);

} // namespace nvmf::importing
