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

// The endpoint of a controller, which identifies it after its number was given away. Empty if it is
// gone.
std::string endpoint_of(const base::FileSystem& files, const std::string& device) {
  auto const controller = read_controller(files, device);
  if (!controller)
    return {};
  return controller->endpoint.port_key();
}

std::string text_of(const base::FileSystem& files, const std::string& device,
                    const ControllerNote& note) {
  return fmt::format("{}\n{}\n{}\n", note.id, endpoint_of(files, device),
                     note.stay == Stay::persistent ? "persistent" : "transient");
}

} // namespace

void write_controller_note(base::FileSystem& files, const std::string& device,
                           const ControllerNote& note) {
  std::string const text = text_of(files, device, note);
  if (files.make_directories(controller_notes_directory, 0755))
    (void)files.write_atomically(path_of(device), text, 0600);
}

void remove_controller_note(base::FileSystem& files, const std::string& device) {
  (void)files.remove(path_of(device));
}

std::optional<ControllerNote> read_controller_note(const base::FileSystem& files,
                                                   const std::string& device) {
  auto const text = files.read(path_of(device), note_limit);
  if (!text)
    return std::nullopt;
  std::string const id = text->substr(0, text->find('\n'));
  if (!plan::is_id(id))
    return std::nullopt;
  for (Stay const stay : {Stay::persistent, Stay::transient})
    if (ControllerNote note{.id = id, .stay = stay}; *text == text_of(files, device, note))
      return note;
  return std::nullopt;
}

std::vector<std::string> transient_controllers(const base::FileSystem& files,
                                               const std::string& id) {
  std::vector<std::string> devices;
  auto const noted = files.list(controller_notes_directory);
  if (noted)
    for (const std::string& device : *noted)
      if (read_controller_note(files, device) == ControllerNote{.id = id, .stay = Stay::transient})
        devices.push_back(device);
  return devices;
}

} // namespace nvmf::host
