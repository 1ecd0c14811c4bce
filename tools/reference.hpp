// The reference section of nvmf-autoconnect.yaml(5), made from the table of keys.
#pragma once

#include <string>

namespace nvmf::tools {

// scdoc text: one `##` section per kind of map, one entry per key.
std::string reference_scdoc();

} // namespace nvmf::tools
