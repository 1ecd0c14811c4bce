#include "host/hand_over.hpp"

#include "base/local_trouble.hpp"
#include "plan/id.hpp"
#include "plan/json.hpp"

#include <cerrno>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

// A plan of the largest log that limits allow (4096 entries) stays well below.
constexpr std::size_t request_limit = 16U << 20U;
constexpr mode_t private_file = 0600;

base::Result<void> check_name(const RequestName& name) {
  if (!is_valid(name))
    return base::failure(fmt::format("`{}` is not a valid name of a request", file_name(name)),
                         EINVAL);
  return {};
}

base::Result<void> check_id(const std::string& id) {
  if (!plan::is_id(id))
    return base::failure(fmt::format("`{}` is not a valid plan id, wants 16 hex digits", id),
                         EINVAL);
  return {};
}

// Removes what may not be there; true if it was.
base::Result<bool> remove_if_there(base::FileSystem& files, const std::string& path) {
  auto const removed = files.remove(path);
  if (removed)
    return true;
  if (removed.error().code == ENOENT)
    return false;
  return tl::unexpected(removed.error());
}

constexpr std::string_view state_suffix = ".json";

// Anything else with such a name is not a request; a file that cannot be looked at now may be one.
bool is_request(const base::FileSystem& files, const std::string& name) {
  auto const status = files.status_of_link(fmt::format("{}/{}", plans_directory, name));
  return parse_request_name(name) && (!status || status->type == base::FileType::regular);
}

base::Result<std::vector<std::string>> names_in(const base::FileSystem& files,
                                                std::string_view directory) {
  auto names = files.list(std::string(directory));
  if (!names && names.error().code == ENOENT)
    return std::vector<std::string>();
  return names;
}

base::Result<std::vector<RequestName>> requests_in(const base::FileSystem& files,
                                                   std::string_view directory) {
  auto const names = names_in(files, directory);
  if (!names)
    return tl::unexpected(names.error());
  std::vector<RequestName> requests;
  for (const std::string& name : *names)
    if (auto request = parse_request_name(name))
      requests.push_back(std::move(*request));
  return requests;
}

base::Result<std::optional<plan::Plan>>
read_request(const base::FileSystem& files, const std::string& path, const std::string& id) {
  auto const text = files.read(path, request_limit);
  if (!text && text.error().code == ENOENT)
    return std::nullopt;
  if (!text)
    return tl::unexpected(text.error());
  auto plan = plan::from_request(*text);
  if (!plan)
    return base::with_context(path, plan.error());
  if (plan->id != id)
    return base::failure(fmt::format("{}: holds the plan `{}`", path, plan->id), EINVAL);
  return std::move(*plan);
}

} // namespace

base::Result<void> HandOver::prepare() {
  constexpr mode_t open_directory = 0755;
  constexpr mode_t private_directory = 0700;
  if (auto made = files_->make_directories(std::string(run_directory), open_directory); !made)
    return made;
  for (std::string_view const directory :
       {plans_directory, running_directory, failed_directory, state_directory})
    if (auto made = files_->make_directories(std::string(directory), private_directory); !made)
      return made;
  return {};
}

base::Result<void> HandOver::submit(const plan::Plan& plan) {
  RequestName const name = request_name(*files_, plan);
  if (auto const good = check_name(name); !good)
    return good;
  std::string const text = plan::to_request(plan);
  auto written = files_->write_atomically(plan_path(name), text, private_file);
  if (!written && written.error().code == ENOENT) {
    if (auto made = prepare(); !made)
      return made;
    written = files_->write_atomically(plan_path(name), text, private_file);
  }
  return written;
}

base::Result<std::vector<RequestName>> HandOver::waiting() const {
  return requests_in(*files_, plans_directory);
}

base::Result<std::vector<RequestName>> HandOver::running() const {
  return requests_in(*files_, running_directory);
}

base::Result<std::vector<RequestName>> HandOver::failed() const {
  return requests_in(*files_, failed_directory);
}

base::Result<std::vector<std::string>> HandOver::remembered() const {
  auto const names = names_in(*files_, state_directory);
  if (!names)
    return tl::unexpected(names.error());
  std::vector<std::string> ids;
  for (std::string_view name : *names)
    if (name.ends_with(state_suffix) &&
        plan::is_id(name.substr(0, name.size() - state_suffix.size())))
      ids.emplace_back(name.substr(0, name.size() - state_suffix.size()));
  return ids;
}

base::Result<std::vector<std::string>> HandOver::set_aside_foreign() {
  auto const names = files_->list(std::string(plans_directory));
  std::vector<std::string> moved;
  if (!names)
    return moved;
  for (const std::string& name : *names) {
    // A hidden one is a request being written, which the path unit does not see; the executor takes
    // a command away when it has done it.
    if (name.starts_with('.') || is_command_name(name) || is_request(*files_, name))
      continue;
    if (auto const done = move_to_failed(plans_directory, name); !done)
      return tl::unexpected(done.error());
    moved.push_back(name);
  }
  return moved;
}

// A directory of that name may be in failed/ from before, which a directory cannot replace.
base::Result<void> HandOver::move_to_failed(std::string_view directory, const std::string& name) {
  constexpr int most_suffixes = 100;
  if (auto const made = files_->make_directories(std::string(failed_directory), 0700); !made)
    return made;
  std::string const from = fmt::format("{}/{}", directory, name);
  auto done = files_->rename(from, fmt::format("{}/{}", failed_directory, name));
  for (int number = 1; !done && number <= most_suffixes && done.error().code != ENOENT; ++number)
    done = files_->rename(from, fmt::format("{}/{}.{}", failed_directory, name, number));
  return done;
}

void HandOver::sweep_unfinished(std::chrono::system_clock::time_point before) {
  for (std::string_view const directory :
       {run_directory, plans_directory, running_directory, state_directory,
        std::string_view("/run/nvmf/intents"), std::string_view("/run/nvmf/kept-away"),
        std::string_view("/run/nvmf/controllers"), std::string_view("/run/nvmf/beneath"),
        std::string_view("/run/nvmf/gone"), std::string_view("/run/nvmf/silent")}) {
    auto const names = files_->list(std::string(directory));
    if (!names)
      continue;
    for (const std::string& name : *names) {
      std::string const path = fmt::format("{}/{}", directory, name);
      auto const status = name.starts_with('.') ? files_->status_of_link(path)
                                                : base::failure("no unfinished file");
      if (status && status->type == base::FileType::regular && status->modified < before)
        (void)files_->remove(path);
    }
  }
}

base::Result<std::optional<plan::Plan>> HandOver::read_failed(const RequestName& name) const {
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  return read_request(*files_, failed_path(name), name.id);
}

base::Result<std::optional<event::Event>> HandOver::event_of_failed(const RequestName& name) const {
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  if (auto const readable = read_failed(name))
    return std::nullopt;
  auto const text = files_->read(failed_path(name), request_limit);
  if (!text)
    return tl::unexpected(text.error());
  auto event = plan::event_of_request(*text);
  if (!event)
    return base::with_context(failed_path(name), event.error());
  return std::move(*event);
}

base::Result<void> HandOver::ask_again(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return good;
  if (files_->exists(plan_path(name)))
    return forget_failed(name);
  return files_->rename(failed_path(name), plan_path(name));
}

base::Result<void> HandOver::forget_failed(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return good;
  auto const removed = remove_if_there(*files_, failed_path(name));
  return removed ? base::Result<void>() : tl::unexpected(removed.error());
}

base::Result<std::optional<plan::Plan>> HandOver::claim(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  auto const moved = files_->rename(plan_path(name), running_path(name));
  if (!moved && moved.error().code == ENOENT)
    return std::nullopt;
  // A directory cannot take the place of a file.
  if (!moved && !base::is_local_trouble(moved.error().code))
    if (auto const aside = move_to_failed(plans_directory, file_name(name)); !aside)
      return tl::unexpected(aside.error());
  if (!moved)
    return tl::unexpected(moved.error());
  if (auto const reset = note_progress(name.id); !reset)
    return tl::unexpected(reset.error());
  // The session begins afresh: its earlier failures are obsolete.
  if (auto const failures = failed())
    for (const RequestName& failure : *failures)
      if (failure.id == name.id)
        static_cast<void>(files_->remove(failed_path(failure)));
  return claimed(name);
}

base::Result<std::optional<plan::Plan>> HandOver::claimed(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  auto plan = read_request(*files_, running_path(name), name.id);
  // A file that cannot be read for want of descriptors or memory is as good as before.
  bool const unusable = !plan && !base::is_local_trouble(plan.error().code);
  if (unusable)
    if (auto const moved = set_aside(name); !moved)
      return tl::unexpected(moved.error());
  return plan;
}

base::Result<unsigned> HandOver::count_crash(const std::string& id) {
  if (auto const good = check_id(id); !good)
    return tl::unexpected(good.error());
  constexpr std::size_t number_limit = 16;
  unsigned crashes = 0;
  if (auto const text = files_->read(starts_path(id), number_limit))
    std::from_chars(text->data(), text->data() + text->size(), crashes);
  ++crashes;
  if (auto const written =
          files_->write_atomically(starts_path(id), fmt::format("{}\n", crashes), private_file);
      !written)
    return tl::unexpected(written.error());
  return crashes;
}

base::Result<void> HandOver::note_progress(const std::string& id) {
  if (auto const removed = remove_if_there(*files_, starts_path(id)); !removed)
    return tl::unexpected(removed.error());
  return {};
}

base::Result<void> HandOver::finish(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return good;
  if (auto const removed = remove_if_there(*files_, running_path(name)); !removed)
    return tl::unexpected(removed.error());
  return note_progress(name.id);
}

base::Result<RequestName> HandOver::keep(const plan::Plan& plan) {
  RequestName const name = request_name(*files_, plan);
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  if (!files_->exists(running_path(name)))
    if (auto const written =
            files_->write_atomically(running_path(name), plan::to_request(plan), private_file);
        !written)
      return tl::unexpected(written.error());
  return name;
}

base::Result<void> HandOver::set_aside(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return good;
  if (auto const moved = move_to_failed(running_directory, file_name(name)); !moved)
    return moved;
  return note_progress(name.id);
}

base::Result<bool> HandOver::withdraw(const RequestName& name) {
  if (auto const good = check_name(name); !good)
    return tl::unexpected(good.error());
  auto const waited = remove_if_there(*files_, plan_path(name));
  auto const ran = remove_if_there(*files_, running_path(name));
  if (!waited)
    return waited;
  if (!ran)
    return ran;
  if (auto const reset = note_progress(name.id); !reset)
    return tl::unexpected(reset.error());
  return *waited || *ran;
}

} // namespace nvmf::host
