// Words on the command line that other tools take, with what they are called here.
#pragma once

#include <string>
#include <string_view>

namespace nvmf::cli {

// The help for a command that does not exist: "`nvmf-policy status`"; empty: no other tool has it.
std::string_view help_with_foreign_command(std::string_view word);

// The help for an option that does not exist; empty likewise.
std::string_view help_with_foreign_option(std::string_view word);

// The help for an argument of a command that takes none: the option that it is the value of.
std::string help_with_foreign_argument(std::string_view command, std::string_view word);

} // namespace nvmf::cli
