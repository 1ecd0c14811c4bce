// Puts the fake kernel between a program and libc, counts what the program does, and can end it at
// any of its file operations. Without FAKE_KERNEL_ROOT it does nothing.
//
//   FAKE_KERNEL_ROOT     the root that the program was given
//   FAKE_KERNEL_KILL_AT  SIGKILL before the file operation of that number, from 1
//   FAKE_KERNEL_CRASH_ON the program's thread crashes when it asks for a connect with this text
//   FAKE_KERNEL_OUTLIVES the kernel finishes what a process that is killed has asked for
//   FAKE_KERNEL_WRITE_MS so long a connect takes
//   FAKE_KERNEL_FAIL_AT  that file operation fails, with the errno FAKE_KERNEL_ERRNO
//
// File operations: open, write, rename, remove, make a directory, ioctl. Nothing of the real host
// is reached: no journal, no systemd, no network, no /dev/kmsg.
#include "fake_kernel.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

extern "C" void* __libc_malloc(std::size_t size); // NOLINT(bugprone-reserved-identifier)

namespace {

// In a file that others map, so that the counts outlive any end of the process. tests/scale/run
// reads them by their places.
struct Counters {
  std::atomic<std::uint64_t> allocations;
  std::atomic<std::uint64_t> allocated_bytes;
  std::atomic<std::uint64_t> operations;
  std::atomic<std::uint64_t> opens;
  std::atomic<std::uint64_t> reads;
  std::atomic<std::uint64_t> written_bytes;
  std::atomic<std::uint64_t> entries; // of directories
};
Counters before_start;
Counters* counters = &before_start;

fake::Kernel* kernel = nullptr; // never destroyed: threads may outlive main()
std::uint64_t kill_at = 0;
std::uint64_t fail_at = 0;
int fail_with = EIO;

// The library's own calls are the kernel's: neither counted nor looked at.
// No malloc for its place: malloc asks for it.
__attribute__((tls_model("initial-exec"))) thread_local int depth = 0;
struct Inside {
  Inside() { ++depth; }
  ~Inside() { --depth; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};
bool is_programs() { return kernel && depth == 0; }

// libc's own. Looked up once a place: that costs as much as a system call.
#define NEXT(type, name)                                                                           \
  ([] {                                                                                            \
    static auto const found =                                                                      \
        reinterpret_cast<std::add_pointer_t<type>>(::dlsym(RTLD_NEXT, name));                      \
    return found;                                                                                  \
  }())
using Open = int(const char*, int, mode_t);
using Read = ssize_t(int, void*, std::size_t);
using ChangeOfPath = int(const char*);

// False: the operation is to fail; errno is set.
bool operation(const char* what, const char* path = "") {
  std::uint64_t const number = counters->operations.fetch_add(1) + 1;
  if (number == kill_at)
    ::kill(::getpid(), SIGKILL);
  if (number != fail_at)
    return true;
  ::dprintf(STDERR_FILENO, "<7>fake-kernel: %s %s fails\n", what, path);
  errno = fail_with;
  return false;
}

// A descriptor of something that the kernel plays.
struct Played {
  enum class Kind { nothing, fabrics, controller, deletion, log, events, connection };
  Kind kind = Kind::nothing;
  std::string name;   // the log page of a controller, the device to be deleted
  std::string answer; // of /dev/nvme-fabrics
  std::uint64_t line = 0;
  nvmf::base::Fd peer; // of a connection
};
constexpr std::size_t most_descriptors = 65536;
auto& played = *new std::array<std::unique_ptr<Played>, most_descriptors>; // likewise

Played* played_at(int fd) {
  bool const in_range = kernel && fd >= 0 && static_cast<std::size_t>(fd) < most_descriptors;
  return in_range ? played[static_cast<std::size_t>(fd)].get() : nullptr;
}

std::string path_below_root(const char* path) {
  std::string text = path;
  return text.starts_with(kernel->root()) ? text.substr(kernel->root().size()) : std::string();
}

bool is_controller(const std::string& path) {
  return path.starts_with("/dev/nvme") && path.find_first_not_of("0123456789", 9) == path.npos;
}

std::string first_line(int fd, off_t from = 0) {
  char buffer[512];
  ssize_t const length = ::pread(fd, buffer, sizeof buffer, from);
  return length <= 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(length));
}

std::unique_ptr<Played> played_file(const std::string& path, int fd) {
  using Kind = Played::Kind;
  constexpr std::string_view deletion = "/delete_controller";
  auto made = std::make_unique<Played>();
  if (path == "/dev/nvme-fabrics") {
    made->kind = Kind::fabrics;
  } else if (path == "/dev/kmsg") {
    made->kind = Kind::log;
  } else if (is_controller(path)) {
    made->kind = Kind::controller;
    made->name = first_line(fd);
  } else if (path.ends_with(deletion)) {
    std::string const directory = path.substr(0, path.size() - deletion.size());
    made->kind = Kind::deletion;
    made->name = directory.substr(directory.rfind('/') + 1);
  } else {
    return nullptr;
  }
  return made;
}

int open_file(Open* real, const char* path, int flags, mode_t mode) {
  if (!is_programs())
    return real(path, flags, mode);
  ++counters->opens;
  if (!operation("open", path))
    return -1;
  Inside const inside;
  std::string const below = std::strcmp(path, "/dev/kmsg") == 0 ? path : path_below_root(path);
  std::string const actual = below == "/dev/kmsg" ? kernel->log_path() : std::string(path);
  int const fd = real(actual.c_str(), flags, mode);
  if (fd >= 0 && static_cast<std::size_t>(fd) < most_descriptors)
    played[static_cast<std::size_t>(fd)] = played_file(below, fd);
  return fd;
}

// Not a terminal, an event counter or another thing to which a write does not fail so.
bool is_file(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write_played(Played& file, std::string_view text) {
  Inside const inside;
  if (file.kind == Played::Kind::deletion) {
    errno = kernel->remove(file.name, {});
    return errno == 0 ? static_cast<ssize_t>(text.size()) : -1;
  }
  const char* const fatal = std::getenv("FAKE_KERNEL_CRASH_ON");
  if (fatal != nullptr && text.find(fatal) != text.npos)
    ::raise(SIGSEGV);
  fake::Answer answer = kernel->connect(text);
  if (answer.error != 0) {
    errno = answer.error;
    return -1;
  }
  file.answer = std::move(answer.text);
  return static_cast<ssize_t>(text.size());
}

// One record a read, as Documentation/ABI/testing/dev-kmsg has it.
ssize_t read_log(Played& file, int fd, char* out, std::size_t size) {
  auto* const real = NEXT(Read, "read");
  std::string line;
  for (char byte = 0; real(fd, &byte, 1) == 1 && byte != '\n';)
    line += byte;
  if (line.empty()) {
    errno = EAGAIN;
    return -1;
  }
  std::string const number = std::to_string(file.line++);
  std::string const record = "6," + number + ',' + number + "000000,-;" + line + '\n';
  return static_cast<ssize_t>(record.copy(out, size));
}

// The kernel's events from now on, one a read.
int open_events() {
  Inside const inside;
  int const fd =
      NEXT(Open, "open")(kernel->events_path().c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || static_cast<std::size_t>(fd) >= most_descriptors)
    return fd;
  ::lseek(fd, 0, SEEK_END);
  played[static_cast<std::size_t>(fd)] =
      std::make_unique<Played>(Played{.kind = Played::Kind::events});
  return fd;
}

ssize_t read_event(int fd, char* out, std::size_t size) {
  Inside const inside;
  std::string const rest = first_line(fd, ::lseek(fd, 0, SEEK_CUR));
  auto const end = rest.find('\n');
  if (end == rest.npos) {
    errno = EAGAIN;
    return -1;
  }
  ::lseek(fd, static_cast<off_t>(end + 1), SEEK_CUR);
  return static_cast<ssize_t>(rest.copy(out, std::min(end, size)));
}

ssize_t read_played(Played& file, int fd, char* out, std::size_t size) {
  Inside const inside;
  if (file.kind == Played::Kind::log)
    return read_log(file, fd, out, size);
  std::string const text =
      file.answer.empty() ? fake::Kernel::known_options() : std::exchange(file.answer, {});
  return static_cast<ssize_t>(text.copy(out, size));
}

ssize_t read_file(int fd, void* out, std::size_t size) {
  if (is_programs()) {
    ++counters->reads;
    if (Played* const file = played_at(fd);
        file && (file->kind == Played::Kind::fabrics || file->kind == Played::Kind::log))
      return read_played(*file, fd, static_cast<char*>(out), size);
  }
  return NEXT(Read, "read")(fd, out, size);
}

// A handshake with a target, which says ICResp before it is asked.
int connect_to_target(int fd, const sockaddr_in& address) {
  Inside const inside;
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  int ends[2];
  if (errno = kernel->failure_of(text); errno != 0)
    return -1;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  nvmf::base::Fd const ours(ends[0]);
  nvmf::base::Fd theirs(ends[1]);
  constexpr std::size_t icresp_size = 128;
  std::string icresp(icresp_size, '\0');
  icresp[0] = 1;
  if (::send(theirs.get(), icresp.data(), icresp.size(), 0) < 0 ||
      ::dup3(ours.get(), fd, O_CLOEXEC) < 0)
    return -1;
  if (static_cast<std::size_t>(fd) < most_descriptors)
    played[static_cast<std::size_t>(fd)] = std::make_unique<Played>(
        Played{.kind = Played::Kind::connection, .peer = std::move(theirs)});
  return 0;
}

int change(ChangeOfPath* real, const char* name, const char* path) {
  return is_programs() && !operation(name, path) ? -1 : real(path);
}

std::uint64_t number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

void map_counters(const std::string& root) {
  std::string const path =
      root + "/fake/counts/" + program_invocation_short_name + '.' + std::to_string(::getpid());
  int const fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, sizeof(Counters)) != 0)
    std::abort();
  void* const memory = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (memory == MAP_FAILED)
    std::abort();
  counters = static_cast<Counters*>(memory);
}

__attribute__((constructor)) void begin() {
  const char* const root = std::getenv("FAKE_KERNEL_ROOT");
  if (root == nullptr)
    return;
  map_counters(root);
  kill_at = number_of("FAKE_KERNEL_KILL_AT");
  fail_at = number_of("FAKE_KERNEL_FAIL_AT");
  if (auto const code = number_of("FAKE_KERNEL_ERRNO"); code != 0)
    fail_with = static_cast<int>(code);
  kernel = new fake::Kernel(root);
}

} // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

// For tests/scale/run: a controller of that root goes.
EXPORTED int fake_kernel_remove(const char* root, const char* device, const char* reason) {
  return fake::Kernel(root).remove(device, reason);
}

EXPORTED void* malloc(std::size_t size) {
  if (depth == 0) {
    ++counters->allocations;
    counters->allocated_bytes += size;
  }
  return __libc_malloc(size);
}

#define OPEN(name)                                                                                 \
  EXPORTED int name(const char* path, int flags, ...) {                                            \
    va_list rest;                                                                                  \
    va_start(rest, flags);                                                                         \
    mode_t const mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;           \
    va_end(rest);                                                                                  \
    return open_file(NEXT(Open, #name), path, flags, mode);                                        \
  }
OPEN(open)
OPEN(open64)

EXPORTED int __open_2(const char* path, int flags) {
  return open_file(NEXT(Open, "open"), path, flags, 0);
}
EXPORTED int __open64_2(const char* path, int flags) {
  return open_file(NEXT(Open, "open64"), path, flags, 0);
}

EXPORTED DIR* opendir(const char* path) {
  if (is_programs()) {
    ++counters->opens;
    if (!operation("opendir", path))
      return nullptr;
  }
  return NEXT(DIR * (const char*), "opendir")(path);
}

EXPORTED dirent* readdir(DIR* directory) {
  if (is_programs())
    ++counters->entries;
  return NEXT(dirent * (DIR*), "readdir")(directory);
}
EXPORTED dirent64* readdir64(DIR* directory) {
  if (is_programs())
    ++counters->entries;
  return NEXT(dirent64 * (DIR*), "readdir64")(directory);
}

EXPORTED int mkostemp64(char* pattern, int flags) {
  if (is_programs()) {
    ++counters->opens;
    if (!operation("mkostemp", pattern))
      return -1;
  }
  return NEXT(int(char*, int), "mkostemp64")(pattern, flags);
}
EXPORTED int mkostemp(char* pattern, int flags) { return mkostemp64(pattern, flags); }

EXPORTED ssize_t read(int fd, void* out, std::size_t size) { return read_file(fd, out, size); }
EXPORTED ssize_t __read_chk(int fd, void* out, std::size_t size, std::size_t) {
  return read_file(fd, out, size);
}

EXPORTED ssize_t write(int fd, const void* text, std::size_t size) {
  if (is_programs()) {
    counters->written_bytes += size;
    if (is_file(fd) && !operation("write"))
      return -1;
    Played* const file = played_at(fd);
    if (file && (file->kind == Played::Kind::fabrics || file->kind == Played::Kind::deletion))
      return write_played(*file, {static_cast<const char*>(text), size});
  }
  return NEXT(ssize_t(int, const void*, std::size_t), "write")(fd, text, size);
}

EXPORTED int close(int fd) {
  if (is_programs() && played_at(fd) != nullptr) {
    Inside const inside;
    played[static_cast<std::size_t>(fd)].reset();
  }
  return NEXT(int(int), "close")(fd);
}

EXPORTED int ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  Played* const file = is_programs() ? played_at(fd) : nullptr;
  if (file == nullptr || request != NVME_IOCTL_ADMIN_CMD)
    return NEXT(int(int, unsigned long, ...), "ioctl")(fd, request, argument);
  if (!operation("ioctl"))
    return -1;
  Inside const inside;
  return kernel->admin(file->name, *static_cast<const nvme_passthru_cmd*>(argument));
}

EXPORTED int rename(const char* from, const char* to) {
  if (is_programs() && !operation("rename", to))
    return -1;
  return NEXT(int(const char*, const char*), "rename")(from, to);
}
EXPORTED int remove(const char* path) {
  return change(NEXT(ChangeOfPath, "remove"), "remove", path);
}
EXPORTED int unlink(const char* path) {
  return change(NEXT(ChangeOfPath, "unlink"), "unlink", path);
}
EXPORTED int mkdir(const char* path, mode_t mode) {
  if (is_programs() && !operation("mkdir", path))
    return -1;
  return NEXT(int(const char*, mode_t), "mkdir")(path, mode);
}

// Of netlink, the kernel's events only.
EXPORTED int socket(int domain, int type, int protocol) {
  bool const is_for_events =
      is_programs() && domain == AF_NETLINK && protocol == NETLINK_KOBJECT_UEVENT;
  return is_for_events ? open_events() : NEXT(int(int, int, int), "socket")(domain, type, protocol);
}
EXPORTED int bind(int fd, const sockaddr* address, socklen_t length) {
  Played* const file = played_at(fd);
  if (file && file->kind == Played::Kind::events)
    return 0;
  return NEXT(int(int, const sockaddr*, socklen_t), "bind")(fd, address, length);
}
EXPORTED ssize_t recv(int fd, void* out, std::size_t size, int flags) {
  Played* const file = is_programs() ? played_at(fd) : nullptr;
  if (file && file->kind == Played::Kind::events)
    return read_event(fd, static_cast<char*>(out), size);
  return NEXT(ssize_t(int, void*, std::size_t, int), "recv")(fd, out, size, flags);
}

// The host's systemd, journal and network are not for tests.
EXPORTED int connect(int fd, const sockaddr* address, socklen_t length) {
  if (kernel && address->sa_family == AF_UNIX) {
    errno = ENOENT;
    return -1;
  }
  if (is_programs() && address->sa_family == AF_INET)
    return connect_to_target(fd, *reinterpret_cast<const sockaddr_in*>(address));
  return NEXT(int(int, const sockaddr*, socklen_t), "connect")(fd, address, length);
}
EXPORTED int access(const char* path, int mode) {
  if (kernel && std::strncmp(path, "/run/systemd/", std::strlen("/run/systemd/")) == 0) {
    errno = ENOENT;
    return -1;
  }
  return NEXT(int(const char*, int), "access")(path, mode);
}
