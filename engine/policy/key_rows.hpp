// The rows of the table of keys, but for the connect options, which base/connect_option.hpp has.
#pragma once

#include "policy/key_table.hpp"

#include <span>

namespace nvmf::policy {

std::span<const Key> key_rows();

} // namespace nvmf::policy
