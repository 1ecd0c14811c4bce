#include "cli/names_text.hpp"

#include "base/wire_text.hpp"
#include "cli/fit_text.hpp"
#include "event/event_file.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

std::string address_text(const base::Endpoint& endpoint) {
  return endpoint.traddr ? base::escaped(endpoint.port_text()) : "-";
}

std::string host_side_text(const base::Endpoint& endpoint) {
  std::string text;
  if (endpoint.host_traddr)
    text = "from " + base::escaped(endpoint.host_traddr->to_string());
  if (!endpoint.host_iface.empty())
    text += (text.empty() ? "via " : " via ") + base::escaped(endpoint.host_iface);
  return text;
}

std::string with_port_names(std::string_view text) {
  constexpr std::string_view node = "nn-0x";
  constexpr std::string_view port = ":pn-0x";
  std::string result;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' ') + 1);
    const std::string_view whole = word.empty() ? text : word; // the last one
    const auto found = whole.find(port);
    const bool is_fc = whole.starts_with(node) && found != std::string_view::npos;
    result += is_fc ? whole.substr(found + port.size()) : whole;
    text.remove_prefix(whole.size());
  }
  return result;
}

std::string event_text(const event::Event& event) {
  const std::string& name = event.target.empty() ? event.device : event.target;
  return (name.empty() ? "" : base::escaped(name) + "  ") + event::to_line(event);
}

std::string place_text(std::string_view path, std::uint32_t line) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  return line == 0 ? std::string(file) : fmt::format("{}:{}", file, line);
}

std::string place_text(const diag::Span& span) { return place_text(span.path(), span.start.line); }

NqnNames nqn_names(const std::set<std::string>& nqns, std::optional<std::size_t> columns) {
  NqnNames names;
  std::map<std::string, std::size_t> uses; // of each short name
  for (const std::string& nqn : nqns) {
    const std::string whole = base::escaped(nqn);
    names[nqn] = columns ? shortened(whole, *columns) : whole;
    ++uses[names[nqn]];
  }
  for (auto& [nqn, name] : names)
    if (uses[name] > 1)
      name = base::escaped(nqn);
  return names;
}

std::string name_of(const NqnNames& names, const std::string& nqn) {
  const auto found = names.find(nqn);
  return found == names.end() ? base::escaped(nqn) : found->second;
}

} // namespace nvmf::cli
