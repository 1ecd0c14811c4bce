#include "host/controller_note.hpp"

#include "plan/id.hpp"

#include <fmt/format.h>

namespace nvmf::host {

namespace {

std::string path_of(const std::string& device) {
  return fmt::format("{}/{}", controller_notes_directory, device);
}

} // namespace

void write_controller_note(base::FileSystem& files, const std::string& device,
                           const std::string& id) {
  if (files.make_directories(controller_notes_directory, 0755))
    (void)files.write_atomically(path_of(device), id + "\n", 0600);
}

void remove_controller_note(base::FileSystem& files, const std::string& device) {
  (void)files.remove(path_of(device));
}

std::optional<std::string> read_controller_note(const base::FileSystem& files,
                                                const std::string& device) {
  auto const text = files.read(path_of(device), 64);
  if (!text)
    return std::nullopt;
  std::string id = text->substr(0, text->find('\n'));
  return plan::is_id(id) ? std::optional(std::move(id)) : std::nullopt;
}

} // namespace nvmf::host
