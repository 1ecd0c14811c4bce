#include "base/result.hpp"

#include <cstring>
#include <fmt/format.h>

namespace nvmf::base {

std::string errno_text(int code) {
  char buffer[128];
  return ::strerror_r(code, buffer, sizeof buffer); // GNU's, which returns the text
}

tl::unexpected<Error> errno_failure(std::string_view context, int code) {
  return failure(fmt::format("{}: {}", context, errno_text(code)), code);
}

tl::unexpected<Error> with_context(std::string_view context, const Error& error) {
  return failure(fmt::format("{}: {}", context, error.message), error.code);
}

} // namespace nvmf::base
