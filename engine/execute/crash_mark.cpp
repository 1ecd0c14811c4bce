#include "execute/crash_mark.hpp"

#include "base/fd.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace nvmf::execute {

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t id_size = 16;

// A thread's place in the hands' part: their process, the id, and whether the fault was here.
constexpr std::size_t hands_part = 64;
constexpr std::size_t place_size = 32;
constexpr std::size_t places = (page_size - hands_part) / place_size;
constexpr std::size_t id_at = sizeof(std::int32_t);
constexpr std::size_t fault_at = id_at + id_size;

char* map_page(const std::string& path) {
  base::Fd const file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || ::ftruncate(file.get(), page_size) != 0)
    return nullptr;
  // A page that the file system has no room for would be a SIGBUS when it is written.
  if (::posix_fallocate(file.get(), 0, page_size) != 0)
    return nullptr;
  void* const page = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr)
  return page == MAP_FAILED ? nullptr : static_cast<char*>(page);
}

char* place(char* page, std::size_t number) { return page + hands_part + number * place_size; }

std::int32_t process_of(const char* place) {
  std::int32_t process = 0;
  std::memcpy(&process, place, sizeof process);
  return process;
}

// Of this process; each is taken by one thread at a time.
std::array<std::atomic_flag, places> taken_places;
// No allocation: a fault reads it.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
__attribute__((tls_model("initial-exec"))) thread_local char* place_of_thread = nullptr;

void note_fault(int signal) {
  if (place_of_thread != nullptr)
    place_of_thread[fault_at] = 1;
  // Its default action again, by SA_RESETHAND.
  ::raise(signal);
}

} // namespace

CrashMark::CrashMark(const std::string& path) : page_(map_page(path)) {
  if (page_ == nullptr)
    return;
  if (std::string_view const named(page_, id_size); plan::is_id(named))
    culprit_ = std::string(named);
  std::fill_n(page_, id_size, '\0');
}

CrashMark::~CrashMark() {
  if (page_ != nullptr)
    ::munmap(page_, page_size);
}

std::vector<std::string> CrashMark::culprits_in(pid_t hands) const {
  std::vector<std::string> named;
  std::vector<std::string> at_fault;
  for (std::size_t number = 0; page_ != nullptr && number < places; ++number) {
    char* const one = place(page_, number);
    if (process_of(one) != hands)
      continue;
    if (std::string_view const id(one + id_at, id_size); plan::is_id(id))
      (one[fault_at] != 0 ? at_fault : named).emplace_back(id);
    std::fill_n(one, place_size, '\0');
  }
  return at_fault.empty() ? named : at_fault;
}

CrashMark::Handling::Handling(CrashMark& mark, std::string_view id) : mark_(mark) {
  if (mark_.page_ != nullptr && id.size() == id_size)
    std::copy(id.begin(), id.end(), mark_.page_);
}

CrashMark::Handling::~Handling() {
  if (mark_.page_ != nullptr)
    std::fill_n(mark_.page_, id_size, '\0');
}

HandsMark::HandsMark(const std::string& path) : page_(map_page(path)) {
  struct sigaction action {};
  action.sa_handler = note_fault;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (int const signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS})
    ::sigaction(signal, &action, nullptr);
}

char* HandsMark::take_place() {
  for (std::size_t number = 0; page_ != nullptr && number < places; ++number)
    if (!taken_places[number].test_and_set())
      return place(page_, number);
  return nullptr;
}

HandsMark::Handling::Handling(HandsMark& mark, std::string_view id) : outer_(place_of_thread) {
  place_ = id.size() == id_size ? mark.take_place() : nullptr;
  if (place_ == nullptr)
    return;
  std::int32_t const process = ::getpid();
  place_[fault_at] = 0;
  std::copy(id.begin(), id.end(), place_ + id_at);
  std::memcpy(place_, &process, sizeof process);
  place_of_thread = place_;
  number_ = static_cast<std::size_t>(place_ - mark.page_ - hands_part) / place_size;
}

// Another process may have named its own meanwhile.
HandsMark::Handling::~Handling() {
  if (place_ == nullptr)
    return;
  place_of_thread = outer_;
  if (process_of(place_) == ::getpid())
    std::fill_n(place_, place_size, '\0');
  taken_places[number_].clear();
}

} // namespace nvmf::execute
