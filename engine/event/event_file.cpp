#include "event/event_file.hpp"

#include "event/codec.hpp"
#include "event/map_fields.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <set>

namespace nvmf::event {

namespace {

// The property that the line assigns, its value behind the `=`; nothing if it is not such a line.
std::optional<std::pair<std::string_view, std::string_view>> property_in(std::string_view line) {
  if (line.starts_with("E: "))
    line.remove_prefix(3);
  auto const equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return std::nullopt;
  std::string_view const name = line.substr(0, equals);
  bool const is_name = (name.front() < '0' || name.front() > '9') &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                       });
  if (!is_name)
    return std::nullopt;
  return std::pair(name, line.substr(equals + 1));
}

EventFile file_of(const std::vector<Properties>& records) {
  EventFile file{.reading = from_udev(records.back()), .hostname = std::nullopt};
  bool any = false;
  std::set<std::string_view> taken;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    Reading reading = from_udev(*record);
    if (!std::holds_alternative<Event>(reading))
      continue;
    // `udevadm monitor` prints an event twice: as the kernel sent it, and after udev's rules.
    auto const seqnum = record->find("SEQNUM");
    if (seqnum != record->end() && !taken.insert(seqnum->second).second)
      continue;
    if (any)
      ++file.passed_over;
    else
      file.reading = std::move(reading);
    any = true;
  }
  return file;
}

} // namespace

std::vector<Properties> parse_property_records(std::string_view text) {
  std::vector<Properties> records;
  bool in_record = false;
  while (!text.empty()) {
    auto const end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    auto const property = property_in(line);
    if (property && !in_record)
      records.emplace_back();
    if (property)
      records.back().insert_or_assign(std::string(property->first), std::string(property->second));
    // `udevadm info` has lines of other kinds among the properties (`P: `, `N: `).
    bool const other_kind = line.size() > 2 && line[1] == ':' && line[2] == ' ';
    in_record = property || (in_record && other_kind);
  }
  return records;
}

std::optional<EventFile> parse_event(const yaml::Document& document, const yaml::Node& node,
                                     diag::Sink& sink) {
  auto described = decode(document, node, sink);
  if (!described)
    return std::nullopt;
  return EventFile{.reading = std::move(described->event),
                   .hostname = std::move(described->hostname)};
}

std::optional<EventFile> parse_event_file(const diag::SourcePtr& source, diag::Sink& sink) {
  std::vector<Properties> const records = parse_property_records(source->text);
  if (!records.empty())
    return file_of(records);
  auto const document = yaml::parse_yaml(source, sink);
  if (!document)
    return std::nullopt;
  if (document->root.is_absent()) {
    sink.add(code::missing_key, "the file holds no event", document->span(document->root));
    return std::nullopt;
  }
  auto file = parse_event(*document, document->root, sink);
  return sink.has_errors() ? std::nullopt : std::move(file);
}

} // namespace nvmf::event
