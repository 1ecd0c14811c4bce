#include "base/standard_streams.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <new>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace nvmf::base {

namespace {

// SIGPIPE of one write is taken back.
class WithoutSigpipe {
public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    timespec const at_once{};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

const char* program_name = "";
int code_of_the_end = 1;

// The message that needs no memory.
const char* words_for(const std::exception_ptr& thrown) {
  try {
    if (thrown)
      std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::length_error&) {
    return "something is too long";
  } catch (...) {
    return "unexpected failure";
  }
  return "unexpected end";
}

[[noreturn]] void end_now() {
  write_error(program_name);
  write_error(": ");
  write_error(words_for(std::current_exception()));
  write_error("\n");
  ::_exit(code_of_the_end);
}

} // namespace

void occupy_standard_descriptors() {
  for (int const fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
      continue;
    // The lowest number that is free is this one. Read only: a write fails as before.
    if (::open("/dev/null", O_RDONLY) != fd)
      return;
  }
}

void write_error(std::string_view text) {
  WithoutSigpipe const guard;
  while (!text.empty()) {
    ssize_t const written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void end_with_a_line(const char* program, int exit_code) {
  program_name = program;
  code_of_the_end = exit_code;
  std::set_terminate(end_now);
}

} // namespace nvmf::base
