#include "importing/names.hpp"
#include "yaml/writer.hpp"

#include <fmt/format.h>

namespace nvmf::importing {

std::string kebab(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string name;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || upper;
    if (word)
      name += upper ? static_cast<char>(c + ('a' - 'A')) : c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  name = name.substr(0, longest);
  while (name.ends_with('-'))
    name.pop_back();
  return name.empty() ? "unnamed" : name;
}

std::string Names::unique(const std::string& wanted) {
  std::string name = wanted;
  for (unsigned number = 2; !taken_.insert(name).second; ++number)
    name = fmt::format("{}-{}", wanted, number);
  return name;
}

namespace {

// Begins with a letter, and needs no quotes.
bool reads_as_name(const std::string& name) {
  return name.front() >= 'a' && name.front() <= 'z' && yaml::scalar(name) == name;
}

} // namespace

std::string usual_target_name(const Connection& connection) {
  if (!connection.subsystem_nqn.empty()) {
    const std::string& nqn = connection.subsystem_nqn;
    const std::string name = kebab(std::string_view(nqn).substr(nqn.rfind(':') + 1));
    return reads_as_name(name) ? name : "subsystem-" + name;
  }
  if (!connection.host_name.empty())
    return "dc-" + kebab(connection.host_name);
  if (!connection.endpoint.traddr)
    return fmt::format("dc-{}", to_string(connection.endpoint.transport));
  if (const base::FcAddress* fc = connection.endpoint.traddr->fc())
    return fmt::format("dc-{:016x}", fc->port);
  return "dc-" + kebab(connection.endpoint.traddr->to_string());
}

} // namespace nvmf::importing
