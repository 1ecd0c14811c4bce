#include "event/event_arguments.hpp"

#include "event/codec.hpp"
#include "event/from_udev.hpp"
#include "yaml/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>

namespace nvmf::event {

namespace {

bool has_key(const std::vector<std::string>& words, std::string_view key) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word.starts_with(key) && word.substr(key.size(), 1) == "=";
  });
}

std::string_view usual_event(const std::vector<std::string>& words) {
  if (has_key(words, "subsystem-nqn"))
    return "discovered";
  const bool is_fc = std::find(words.begin(), words.end(), "transport=fc") != words.end();
  return is_fc ? "fc-discovery" : "discovery-log-changed";
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A number as it is: that it is one is the field's to judge.
std::string scalar(std::string_view text) {
  return is_number(text) ? std::string(text) : yaml::scalar(text);
}

constexpr std::string_view source_key = "source";
constexpr std::string_view udev_prefix = "udev.";

// The items of a list on the command line: `dc-a,storage-discovery`.
std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const auto comma = text.find(',');
    items.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos)
      return items;
    text.remove_prefix(comma + 1);
  }
}

// The document's lines: those of keys that are given once as they come, the lists and maps behind
// them.
class EventText {
public:
  void add(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    if (equals == std::string::npos)
      return lines_.line(0, key, {});
    const std::string value = word.substr(equals + 1);
    if (key == source_key)
      for (const std::string& source : listed(value))
        sources_.item(2, scalar(source));
    else if (key.starts_with(udev_prefix))
      properties_.line(2, scalar(key.substr(udev_prefix.size())), scalar(value));
    else
      lines_.line(0, key, scalar(value));
  }

  void add_event(std::string_view event) { lines_.line(0, "event", event); }

  std::string text() const {
    return lines_.text() + (sources_.text().empty() ? "" : "source:\n" + sources_.text()) +
           (properties_.text().empty() ? "" : "udev:\n" + properties_.text());
  }

private:
  yaml::Writer lines_;
  yaml::Writer sources_;
  yaml::Writer properties_;
};

} // namespace

diag::SourcePtr event_text_of(const std::vector<std::string>& words) {
  EventText text;
  for (const std::string& word : words)
    text.add(word);
  if (!has_key(words, "event"))
    text.add_event(usual_event(words));
  return std::make_shared<const diag::Source>(diag::Source{"<command line>", text.text()});
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789-_./:=%+@,";
  if (text.find_first_not_of(safe) == std::string::npos)
    return text;
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

std::string arguments_of(const event::Event& event) {
  std::string words;
  const auto add = [&](std::string_view key, const std::string& value) {
    words += (words.empty() ? "" : " ") + shell_word(fmt::format("{}={}", key, value));
  };
  for (const auto& [field, value] : encode({.event = event})) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      const bool is_usual = field.name == "discovery-nqn" && *text == usual_discovery_nqn(event);
      if (!is_usual)
        add(field.name, *text);
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      add(field.name, fmt::format("{}", fmt::join(*texts, ",")));
    } else {
      for (const auto& [property, content] : std::get<Properties>(value))
        if (!content.empty())
          add(std::string(udev_prefix) + property, content);
    }
  }
  return words;
}

} // namespace nvmf::event
