// `nvmf-connect --hands`: the process behind ProcessHands, as a program.
#pragma once

#include <string>

namespace nvmf::execute {

// The descriptor of the socket by which the loop that starts the process talks to it.
inline constexpr int hands_socket = 3;

// Carries out what comes through the socket, on threads, until its other end is closed. Then
// nothing new begins, and what the kernel has is finished and recorded: a connection has its
// registry entry, and one that was made only to read a log is ended. SIGTERM, SIGINT and SIGHUP are
// the loop's and are ignored here. Ends the process; returns false, at once, if `hands_socket` is
// not a socket.
bool run_hands(const std::string& root);

} // namespace nvmf::execute
