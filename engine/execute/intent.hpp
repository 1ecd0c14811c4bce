// Intents: the connection that is being written to /dev/nvme-fabrics, for a writer after a kill.
//
// Before a write a file in /run/nvmf/intents, named by the request, says which connection is being
// made and whether it is to stay. When the kernel's answer has become a registry entry, the file
// goes. An intent that is found while the host's write lock is held was left over by a writer that
// died: the kernel may have made the controller although nobody read its answer.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "host/controller_note.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::execute {

inline constexpr std::string_view intents_directory = "/run/nvmf/intents";

using host::Stay;

struct Intent {
  std::string id; // of the hand-over it belongs to
  Stay stay = Stay::persistent;
  plan::Tid tid;
  // Of the newest controller that was there before the write (host::incarnation_of); 0: unknown.
  std::uint64_t newest = 0;
  std::string policy_digest; // WriteRequest::policy_digest
};

std::string to_json(const Intent& intent);
base::Result<Intent> intent_from_json(std::string_view text);

// Writes the intent; the result is its path, for remove_intent.
base::Result<std::string> write_intent(base::FileSystem& files, const Intent& intent);
void remove_intent(base::FileSystem& files, const std::string& path);

// All that exist; files that are not intents are removed. Call with the write lock held.
struct FoundIntent {
  std::string path;
  Intent intent;
};
std::vector<FoundIntent> left_over_intents(base::FileSystem& files);

} // namespace nvmf::execute
