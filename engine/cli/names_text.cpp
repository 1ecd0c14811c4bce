#include "cli/names_text.hpp"

#include "base/wire_text.hpp"
#include "event/event_file.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

// What follows the last colon; empty if there is none, or nothing after it.
std::string tail_of(const std::string& nqn) {
  const auto colon = nqn.rfind(':');
  return colon == std::string::npos ? std::string() : nqn.substr(colon + 1);
}

} // namespace

std::string address_text(const base::Endpoint& endpoint) {
  return endpoint.traddr ? base::escaped(endpoint.port_text()) : "-";
}

std::string host_side_text(const base::Endpoint& endpoint) {
  std::string text = base::escaped(to_text(endpoint.host_traddr));
  if (!endpoint.host_iface.empty())
    text += (text.empty() ? "" : " ") + base::escaped(endpoint.host_iface);
  return text;
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

void ShortNqns::add(const std::string& nqn) { by_tail_[tail_of(nqn)].insert(nqn); }

std::string ShortNqns::name(const std::string& nqn) const {
  const std::string tail = tail_of(nqn);
  const auto found = by_tail_.find(tail);
  const bool unique = found != by_tail_.end() && found->second.size() == 1;
  return tail.empty() || !unique ? base::escaped(nqn) : "…:" + base::escaped(tail);
}

} // namespace nvmf::cli
