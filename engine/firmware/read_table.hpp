// The bytes of an NBFT to a Table. The table comes from firmware that may have it from a DHCP
// server: no offset, length or count in it is believed.
#pragma once

#include "base/result.hpp"
#include "firmware/table.hpp"

#include <string_view>

namespace nvmf::firmware {

// Fails, naming the byte, where header, heap, control descriptor or host cannot be read, or a list
// leaves the table: then nothing of it is used. A descriptor of a list that cannot be read is
// passed over and is one of the table's problems; one whose valid bit is clear is passed over. A
// table whose control descriptor is not valid is empty.
base::Result<Table> read_table(std::string_view bytes);

} // namespace nvmf::firmware
