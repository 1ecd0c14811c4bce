// Standard output and error that may be closed, full, or a pipe without a reader.
#pragma once

#include <string_view>

namespace nvmf::base {

// Where one of the three descriptors is closed, a file that is opened later would get its number,
// and lines meant for people would be written into it: each gets one that cannot be written.
void occupy_standard_descriptors();

// To standard error, as it is. Unwritable text is dropped, without an exception or SIGPIPE.
void write_error(std::string_view text);

// From now on an exception that nobody catches (no memory above all) ends the process with a line
// on standard error and this exit code, in whichever thread.
void end_with_a_line(const char* program, int exit_code);

} // namespace nvmf::base
