#include "host/identity.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::host {

namespace {
constexpr std::size_t identity_file_limit = 4096;
constexpr std::string_view blanks = " \t\r";
} // namespace

std::string first_line_of(const base::FileSystem& files, const std::string& path) {
  auto const text = files.read(path, identity_file_limit);
  if (!text)
    return {};
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  auto const first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return std::string(line.substr(first, line.find_last_not_of(blanks) - first + 1));
}

std::string why_no_value(const base::FileSystem& files, const std::string& path) {
  auto const text = files.read(path, identity_file_limit);
  if (!text)
    return text.error().code == ENOENT ? "is missing"
                                       : fmt::format("cannot be read: {}", text.error().message);
  bool const is_blank = text->find_first_not_of(" \t\r\n") == std::string::npos;
  return is_blank ? "is empty" : "has an empty first line; the value belongs there";
}

std::optional<std::string> identity_file_doubt(const base::FileSystem& files,
                                               const std::string& path) {
  auto const text = files.read(path, identity_file_limit);
  if (!text || first_line_of(files, path).empty())
    return std::nullopt;
  auto const end = text->find('\n');
  if (end != std::string::npos && text->find_first_not_of(" \t\r\n", end) != std::string::npos)
    return "has more than one line; only the first is read";
  bool const is_shared = path == hostnqn_path || path == hostid_path; // nvme-cli reads them, too
  if (is_shared && text->find('\r') != std::string::npos)
    return "ends its line with CR LF; other programs may take the CR for a part of the value";
  return std::nullopt;
}

decide::HostIdentity read_host_identity(const base::FileSystem& files) {
  return {.hostnqn = first_line_of(files, hostnqn_path),
          .hostid = first_line_of(files, hostid_path)};
}

std::map<std::string, std::string> read_identity_files(const base::FileSystem& files,
                                                       const policy::Policy& policy) {
  std::map<std::string, std::string> lines;
  for (auto const& [name, identity] : policy.identities)
    for (const auto& value : {identity.hostnqn, identity.hostid})
      if (value && value->is_file)
        lines.emplace(value->text, first_line_of(files, value->text));
  return lines;
}

} // namespace nvmf::host
