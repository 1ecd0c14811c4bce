// The small files below /run/nvmf that one program writes and another reads: marks of what is kept
// away, notes about controllers, names that were resolved, options of the kernel.
#include "fabrics/kernel_options.hpp"
#include "host/controller_note.hpp"
#include "host/kept_away.hpp"
#include "host/names.hpp"
#include "host/run_paths.hpp"
#include "memory_files.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace nvmf;

namespace {

void look_at_mark(const std::string& text) {
  fuzz::MemoryFiles files;
  files.files[std::string(host::kept_away_directory) + "/0123456789abcdef"] = text;
  host::KeptAway kept_away(files);
  auto const all = kept_away.read_all();
  if (!all || all->events.size() + all->damaged.size() > 1)
    std::abort();
  for (const event::Event& lost : kept_away.list()) {
    // Under its own name it is found again.
    fuzz::MemoryFiles others;
    host::KeptAway again(others);
    if (!again.add(lost, "digest") || again.list().size() != 1)
      std::abort();
  }
}

void look_at_kernel_options(const std::string& text) {
  auto const options = fabrics::kernel_options_from_lines(text);
  if (options &&
      fabrics::to_lines(*options) !=
          fabrics::to_lines(*fabrics::kernel_options_from_lines(fabrics::to_lines(*options))))
    std::abort();
  (void)fabrics::parse_kernel_options(text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string const text(reinterpret_cast<const char*>(data), size);
  look_at_mark(text);
  look_at_kernel_options(text);
  fuzz::MemoryFiles files;
  files.files[std::string(host::controller_notes_directory) + "/nvme1"] = text;
  (void)host::read_controller_note(files, "nvme1");
  files.files[host::names_path] = text;
  (void)host::read_names(files);
  return 0;
}
