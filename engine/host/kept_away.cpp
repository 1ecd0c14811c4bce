#include "host/kept_away.hpp"

#include "diag/finding.hpp"
#include "event/event_file.hpp"
#include "plan/id.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

constexpr std::size_t file_limit = 65536;
constexpr std::string_view digest_prefix = "# policy ";

} // namespace

plan::Tid kept_away_tid(const event::Event& event) {
  return {
      .endpoint = event.endpoint, .subsystem_nqn = event.subsystem_nqn, .host_nqn = event.host_nqn};
}

std::string kept_away_path(const plan::Tid& tid, base::Subject subject) {
  return fmt::format("{}/{}.yaml", kept_away_directory, plan::path_id(subject, tid));
}

base::Result<void> KeptAway::add(const event::Event& lost, const std::string& digest) {
  constexpr mode_t directory_mode = 0700;
  constexpr mode_t file_mode = 0600;
  if (auto made = files_->make_directories(kept_away_directory, directory_mode); !made)
    return made;
  return files_->write_atomically(
      kept_away_path(kept_away_tid(lost), lost.subject),
      fmt::format("{}{}\n{}", digest_prefix, digest, event::to_event_file(lost)), file_mode);
}

bool KeptAway::holds(const plan::Item& item, const std::string& digest) const {
  auto const text = files_->read(kept_away_path(item.tid, item.subject), file_limit);
  return text && text->starts_with(fmt::format("{}{}\n", digest_prefix, digest));
}

std::vector<event::Event> KeptAway::list() const {
  std::vector<event::Event> events;
  auto const names = files_->list(kept_away_directory);
  if (!names)
    return events;
  for (const std::string& name : *names) {
    std::string const path = fmt::format("{}/{}", kept_away_directory, name);
    auto const text = name.front() == '.' ? base::Result<std::string>(base::failure("hidden"))
                                          : files_->read(path, file_limit);
    if (!text)
      continue;
    diag::Sink sink;
    auto const file = event::parse_event_file(
        std::make_shared<const diag::Source>(diag::Source{path, *text}), sink);
    if (file && std::holds_alternative<event::Event>(file->reading))
      events.push_back(std::get<event::Event>(file->reading));
  }
  return events;
}

base::Result<void> KeptAway::release(const event::Event& lost) {
  auto removed = files_->remove(kept_away_path(kept_away_tid(lost), lost.subject));
  if (!removed && removed.error().code == ENOENT)
    return {};
  return removed;
}

} // namespace nvmf::host
