#include "base/local_trouble.hpp"

#include <cerrno>

namespace nvmf::base {

bool is_local_trouble(int code) {
  switch (code) {
  case EMFILE:
  case ENFILE:
  case ENOMEM:
  case ENOBUFS:
  case ENOLCK:
  case ENOSPC:
  case EDQUOT:
  case EROFS:
    return true;
  default:
    return false;
  }
}

} // namespace nvmf::base
