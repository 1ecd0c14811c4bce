#include "host/kept_away.hpp"

#include "diag/finding.hpp"
#include "event/event_file.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

constexpr std::size_t file_limit = 65536;
constexpr std::string_view digest_prefix = "# policy ";
constexpr std::string_view doubtful_prefix = "# doubtful ";
constexpr std::string_view looked_prefix = "# looked at ";
constexpr std::string_view needs_prefix = "# needs ";

base::Duration time_in(std::string_view text) {
  constexpr std::int64_t latest = 1LL << 50; // which can still be added to
  std::int64_t milliseconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  return base::Duration(std::clamp(milliseconds, -latest, latest));
}

} // namespace

plan::Tid kept_away_tid(const event::Event& event) {
  return {
      .endpoint = event.endpoint, .subsystem_nqn = event.subsystem_nqn, .host_nqn = event.host_nqn};
}

std::string kept_away_path(const plan::Tid& tid, base::Subject subject) {
  return fmt::format("{}/{}.yaml", kept_away_directory, plan::path_id(subject, tid));
}

struct KeptAway::Mark {
  std::string digest;
  std::optional<base::Duration> doubted;
  std::optional<base::Duration> look_again; // before that only
  std::vector<Needed> needed;

  bool is_doubt() const { return doubted.has_value(); }
};

KeptAway::Mark KeptAway::parse(std::string_view text) {
  Mark mark;
  while (text.starts_with('#')) {
    auto const end = std::min(text.find('\n'), text.size());
    std::string_view const line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(digest_prefix))
      mark.digest = line.substr(digest_prefix.size());
    else if (line.starts_with(doubtful_prefix))
      mark.doubted = time_in(line.substr(doubtful_prefix.size()));
    else if (line.starts_with(looked_prefix))
      mark.look_again = time_in(line.substr(looked_prefix.size())) + doubt_delay;
    else if (line.starts_with(needs_prefix))
      if (auto needed = parse_needed(line.substr(needs_prefix.size())))
        mark.needed.push_back(std::move(*needed));
  }
  return mark;
}

std::optional<KeptAway::Mark> KeptAway::read(const std::string& path) const {
  auto const text = files_->read(path, file_limit);
  return text ? std::optional(parse(*text)) : std::nullopt;
}

base::Result<void> KeptAway::write(const event::Event& lost, const std::string& digest,
                                   const std::string& notes) {
  constexpr mode_t directory_mode = 0700;
  constexpr mode_t file_mode = 0600;
  if (auto made = files_->make_directories(kept_away_directory, directory_mode); !made)
    return made;
  return files_->write_atomically(
      kept_away_path(kept_away_tid(lost), lost.subject),
      fmt::format("{}{}\n{}{}", digest_prefix, digest, notes, event::to_event_file(lost)),
      file_mode);
}

base::Result<void> KeptAway::add(const event::Event& lost, const std::string& digest) {
  return write(lost, digest, {});
}

base::Result<void> KeptAway::add_unless_gone(const event::Event& lost, const std::string& digest,
                                             const std::vector<Needed>& needed,
                                             base::Duration now) {
  std::string notes = fmt::format("{}{}\n", looked_prefix, now.count());
  for (const Needed& one : needed)
    notes += fmt::format("{}{}\n", needs_prefix, to_text(one));
  return write(lost, digest, notes);
}

base::Result<void> KeptAway::doubt(const event::Event& lost, const std::string& digest,
                                   base::Duration now) {
  return write(lost, digest, fmt::format("{}{}\n", doubtful_prefix, now.count()));
}

bool KeptAway::was_doubted(const event::Event& lost, const std::string& digest,
                           base::Duration now) const {
  auto const mark = read(kept_away_path(kept_away_tid(lost), lost.subject));
  return mark && mark->digest == digest &&
         (!mark->is_doubt() || now - *mark->doubted < doubt_memory);
}

Keeping KeptAway::look(const plan::Item& item, const std::string& digest,
                       base::Duration now) const {
  using Kind = Keeping::Kind;
  auto const text = files_->read(kept_away_path(item.tid, item.subject), file_limit);
  // A mark that cannot be read may keep it away.
  if (!text && text.error().code != ENOENT)
    return {.kind = Kind::until, .until = now + doubt_delay};
  auto const mark = text ? std::optional(parse(*text)) : std::nullopt;
  if (!mark || mark->digest != digest)
    return {};
  auto const until = [now](base::Duration time, Kind after) {
    return now < time ? Keeping{.kind = Kind::until, .until = time} : Keeping{.kind = after};
  };
  if (mark->is_doubt())
    return until(*mark->doubted + doubt_delay, Kind::no);
  if (is_one_gone(*files_, mark->needed))
    return {};
  return mark->look_again ? until(*mark->look_again, Kind::for_good)
                          : Keeping{.kind = Kind::for_good};
}

bool KeptAway::holds(const plan::Item& item, const std::string& digest) const {
  auto const mark = read(kept_away_path(item.tid, item.subject));
  return mark && mark->digest == digest && !mark->is_doubt() && !is_one_gone(*files_, mark->needed);
}

std::vector<std::string> KeptAway::paths() const {
  std::vector<std::string> paths;
  auto const names = files_->list(kept_away_directory);
  if (names)
    for (const std::string& name : *names)
      if (name.front() != '.')
        paths.push_back(fmt::format("{}/{}", kept_away_directory, name));
  return paths;
}

std::optional<event::Event> KeptAway::event_of(const std::string& path) const {
  auto const text = files_->read(path, file_limit);
  if (!text)
    return std::nullopt;
  diag::Sink sink;
  auto file = event::parse_event_file(
      std::make_shared<const diag::Source>(diag::Source{path, *text}), sink);
  if (!file || !std::holds_alternative<event::Event>(file->reading))
    return std::nullopt;
  return std::get<event::Event>(std::move(file->reading));
}

std::vector<event::Event> KeptAway::list() const {
  std::vector<event::Event> events;
  for (const std::string& path : paths())
    if (auto const mark = read(path); mark && !mark->is_doubt())
      if (auto event = event_of(path))
        events.push_back(std::move(*event));
  return events;
}

base::Result<KeptAwayRead> KeptAway::read_all() const {
  KeptAwayRead all;
  auto const names = files_->list(kept_away_directory);
  if (!names && names.error().code != ENOENT)
    return tl::unexpected(names.error());
  for (const std::string& path : paths()) {
    auto const text = files_->read(path, file_limit);
    if (!text && (text.error().code == EACCES || text.error().code == EPERM))
      return tl::unexpected(text.error());
    if (!text && text.error().code == ENOENT) // released meanwhile
      continue;
    if (text && parse(*text).is_doubt())
      continue;
    auto event = event_of(path);
    if (!text)
      all.damaged.push_back(text.error().message);
    else if (!event)
      all.damaged.push_back(path + ": not the event of a path");
    else
      all.events.push_back(std::move(*event));
  }
  return all;
}

std::vector<event::Event> KeptAway::lost_after_all() const {
  std::vector<event::Event> events;
  for (const std::string& path : paths())
    if (auto const mark = read(path); mark && is_one_gone(*files_, mark->needed))
      if (auto event = event_of(path))
        events.push_back(std::move(*event));
  return events;
}

void KeptAway::forget_others(const std::string& digest) {
  for (const std::string& path : paths())
    if (auto const mark = read(path); mark && mark->digest != digest)
      (void)files_->remove(path);
}

void KeptAway::forget_doubts(base::Duration now) {
  for (const std::string& path : paths())
    if (auto const mark = read(path);
        mark && mark->is_doubt() && now - *mark->doubted >= doubt_memory)
      (void)files_->remove(path);
}

base::Result<void> KeptAway::release(const event::Event& lost) {
  auto removed = files_->remove(kept_away_path(kept_away_tid(lost), lost.subject));
  if (!removed && removed.error().code == ENOENT)
    return {};
  return removed;
}

} // namespace nvmf::host
