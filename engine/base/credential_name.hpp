// Names of systemd credentials (systemd.exec(5), LoadCredential=).
#pragma once

#include <string_view>

namespace nvmf::base {

// A file's name that does not leave the directory of the credentials: 1 to 255 bytes without `/`.
// One that begins with a dot is none: a credential store may hold hidden files that are not meant.
bool is_credential_name(std::string_view text);

} // namespace nvmf::base
