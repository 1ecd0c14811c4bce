// Failure of the world: a file that is not there, a write that the kernel refuses.
//
// An administrator's mistake is not an Error but a finding (diag/); a bug of ours is an assertion.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace nvmf::base {

// The failure, in words for the administrator: lower case, no final period. `code` is the errno
// behind it, 0 where there is none.
struct Error {
  std::string message;
  int code = 0;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

// A failed Result of any type.
inline tl::unexpected<Error> failure(std::string message, int code = 0) {
  return tl::unexpected(Error{std::move(message), code});
}

// The C library's words for an errno; from any thread.
std::string errno_text(int code);

// "CONTEXT: errno_text", with `code` kept.
tl::unexpected<Error> errno_failure(std::string_view context, int code);

// The same failure with "CONTEXT: " before it: each hop that knows more adds it.
tl::unexpected<Error> with_context(std::string_view context, const Error& error);

} // namespace nvmf::base
