#include "execute/resident_memory.hpp"

#include "base/fd.hpp"

#include <cstdint>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace nvmf::execute {

namespace {

// Segments that cannot be written are the file's own pages, so dropping them loses nothing.
int drop_read_only_segments(dl_phdr_info* object, std::size_t, void*) {
  std::uintptr_t const page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
      continue;
    std::uintptr_t const begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    std::uintptr_t const end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // The loader gives addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

// Reads a byte of each page of the program's file and its libraries'.
int touch_segments(dl_phdr_info* object, std::size_t, void*) {
  std::uintptr_t const page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_R) == 0)
      continue;
    std::uintptr_t const begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    std::uintptr_t const end = object->dlpi_addr + segment.p_vaddr + segment.p_filesz;
    for (std::uintptr_t at = begin; at < end; at += page)
      // The loader gives addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
      (void)*reinterpret_cast<const volatile char*>(at);
  }
  return 0;
}

void set_oom_score(std::string_view score) {
  base::Fd const file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file)
    (void)!::write(file.get(), score.data(), score.size());
}

} // namespace

void keep_memory() {
  (void)::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
  ::dl_iterate_phdr(touch_segments, nullptr);
  set_oom_score("-900");
}

void be_like_others() {
  (void)::munlockall();
  set_oom_score("0");
}

void give_back_memory() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(drop_read_only_segments, nullptr);
}

} // namespace nvmf::execute
