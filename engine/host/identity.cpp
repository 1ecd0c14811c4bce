#include "host/identity.hpp"

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
