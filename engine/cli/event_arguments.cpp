#include "cli/event_arguments.hpp"

#include "base/nqn.hpp"

#include <algorithm>
#include <string_view>

namespace nvmf::cli {

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

// A YAML scalar that means exactly this text: a number as it is, anything else quoted.
std::string scalar(std::string_view text) {
  if (is_number(text))
    return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'')
      quoted += c;
  }
  return quoted + '\'';
}

} // namespace

diag::SourcePtr event_text_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    text += word.substr(0, equals) + ':';
    if (equals != std::string::npos)
      text += ' ' + scalar(std::string_view(word).substr(equals + 1));
    text += '\n';
  }
  if (!has_key(words, "event"))
    text += "event: " + std::string(usual_event(words)) + '\n';
  return std::make_shared<const diag::Source>(diag::Source{"<command line>", std::move(text)});
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
  std::string words = "event=" + std::string(to_string(event.kind));
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty())
      words += ' ' + shell_word(std::string(key) + '=' + value);
  };
  const auto text = [](const std::optional<base::Traddr>& address) {
    return address ? address->to_string() : std::string();
  };
  add("transport", std::string(to_string(event.transport)));
  add("traddr", text(event.traddr));
  add("trsvcid", event.trsvcid ? std::to_string(*event.trsvcid) : "");
  add("host-traddr", text(event.host_traddr));
  add("host-iface", event.host_iface);
  add("subsystem-nqn", event.subsystem_nqn);
  if (event.discovery_nqn != base::well_known_discovery_nqn)
    add("discovery-nqn", event.discovery_nqn);
  add("host-nqn", event.host_nqn);
  add("portid", event.portid ? std::to_string(*event.portid) : "");
  add("secure-channel", event.secure_channel ? std::string(to_string(*event.secure_channel)) : "");
  if (event.sources.size() == 1) // a key stands once
    add("source", event.sources.front());
  return words;
}

} // namespace nvmf::cli
