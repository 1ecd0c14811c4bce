#include "host/controller_note.hpp"

#include "host/controllers.hpp"
#include "plan/id.hpp"

#include <fmt/format.h>

namespace nvmf::host {

namespace {

constexpr std::size_t note_limit = 1024;

std::string path_of(const std::string& device) {
  return fmt::format("{}/{}", controller_notes_directory, device);
}

// By which a controller is recognised again after its number was given away: what it is connected
// to. Empty if it is gone.
std::string endpoint_of(const base::FileSystem& files, const std::string& device) {
  auto const controller = read_controller(files, device);
  if (!controller)
    return {};
  return fmt::format("{} {} {}", to_string(controller->transport),
                     controller->traddr ? controller->traddr->to_string() : "-",
                     controller->trsvcid.value_or(0));
}

} // namespace

void write_controller_note(base::FileSystem& files, const std::string& device,
                           const std::string& id) {
  std::string const text = fmt::format("{}\n{}\n", id, endpoint_of(files, device));
  if (files.make_directories(controller_notes_directory, 0755))
    (void)files.write_atomically(path_of(device), text, 0600);
}

void remove_controller_note(base::FileSystem& files, const std::string& device) {
  (void)files.remove(path_of(device));
}

std::optional<std::string> read_controller_note(const base::FileSystem& files,
                                                const std::string& device) {
  auto const text = files.read(path_of(device), note_limit);
  if (!text)
    return std::nullopt;
  std::string id = text->substr(0, text->find('\n'));
  std::string const expected = fmt::format("{}\n{}\n", id, endpoint_of(files, device));
  return plan::is_id(id) && *text == expected ? std::optional(std::move(id)) : std::nullopt;
}

} // namespace nvmf::host
