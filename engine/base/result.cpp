#include "base/result.hpp"

#include <fmt/format.h>
#include <system_error>

namespace nvmf::base {

tl::unexpected<Error> errno_failure(std::string_view context, int code) {
  return failure(fmt::format("{}: {}", context, std::generic_category().message(code)), code);
}

tl::unexpected<Error> with_context(std::string_view context, const Error& error) {
  return failure(fmt::format("{}: {}", context, error.message), error.code);
}

} // namespace nvmf::base
