#include "base/confine.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nvmf::base {

namespace {

// Of the kernel's interface beyond its first version, which headers may not have yet.
constexpr std::uint64_t access_refer = 1U << 13U;    // version 2
constexpr std::uint64_t access_truncate = 1U << 14U; // version 3

constexpr std::uint64_t first_writes =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;

std::uint64_t writes_of(long version) {
  return first_writes | (version >= 2 ? access_refer : 0) | (version >= 3 ? access_truncate : 0);
}

Fd nearest_directory(std::string path) {
  for (;;) {
    Fd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::size_t const slash = path.find_last_of('/');
    if (fd || slash == std::string::npos || path == "/")
      return fd;
    path.resize(std::max<std::size_t>(slash, 1));
  }
}

bool allow_below(int ruleset, const std::string& path, std::uint64_t accesses) {
  Fd const directory = nearest_directory(path);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = accesses;
  rule.parent_fd = directory.get();
  return directory &&
         ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) == 0;
}

bool restrict_writes(const std::vector<std::string>& writable) {
  long const version = ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0},
                                 LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1)
    return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = writes_of(version);
  Fd const ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0U)));
  if (!ruleset)
    return false;
  bool const all_allowed =
      std::all_of(writable.begin(), writable.end(), [&](const std::string& path) {
        return allow_below(ruleset.get(), path, attributes.handled_access_fs);
      });
  return all_allowed && ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0U) == 0;
}

bool give_up_capabilities(const std::vector<unsigned>& kept) {
  auto const is_kept = [&](unsigned capability) {
    return std::find(kept.begin(), kept.end(), capability) != kept.end();
  };
  // The last one that the kernel knows is followed by an error. Without CAP_SETPCAP nothing can be
  // taken from the bounding set; then no_new_privs keeps all of it away.
  for (unsigned capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (!is_kept(capability))
      ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0)
    return false;
  for (unsigned half = 0; half < sets.size(); ++half) {
    std::uint32_t wanted = 0;
    for (unsigned bit = 0; bit < 32; ++bit)
      if (is_kept(half * 32 + bit))
        wanted |= std::uint32_t{1} << bit;
    sets[half].permitted &= wanted;
    sets[half].effective &= wanted;
    sets[half].inheritable = 0;
  }
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

} // namespace

Confined confine(const Kept& kept) {
  // Landlock asks for it of those without CAP_SYS_ADMIN.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return {};
  return {.capabilities = give_up_capabilities(kept.capabilities),
          .files = restrict_writes(kept.writable)};
}

} // namespace nvmf::base
