// The findings that loading looks for beyond, or less than, the usual.
#pragma once

#include <string>

namespace nvmf::policy {

// Which findings beyond the usual ones are wanted.
struct FindingOptions {
  bool on_request = false; // 505, 601: those that are reported only when asked for
  // The digest of a policy whose matches were all found possible before: 403 is not looked for in
  // it again. Empty: none.
  std::string proven_digest;
};

} // namespace nvmf::policy
