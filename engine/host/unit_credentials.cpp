#include "host/unit_credentials.hpp"

#include "base/glob.hpp"
#include "base/ini.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace nvmf::host {

namespace {

constexpr std::size_t drop_in_limit = 1 << 20;
constexpr const char* unit_folders[] = {"/etc/systemd/system", "/run/systemd/system",
                                        "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"};

// `LoadCredential=NAME:PATH`. A folder in place of a file gives `NAME_FILE` for each file in it.
bool gives(const base::IniLine& line, std::string_view name) {
  constexpr std::string_view with_name[] = {"LoadCredential", "LoadCredentialEncrypted",
                                            "SetCredential", "SetCredentialEncrypted"};
  const std::string given = line.value.substr(0, line.value.find(':'));
  if (line.key == "ImportCredential")
    return base::Glob(given).matches(std::string(name));
  return std::find(std::begin(with_name), std::end(with_name), line.key) != std::end(with_name) &&
         !given.empty() && (name == given || name.starts_with(given + "_"));
}

bool drop_in_gives(const base::FileSystem& files, const std::string& path, std::string_view name) {
  const auto text = files.read(path, drop_in_limit);
  if (!text)
    return false;
  for (const base::IniSection& section : base::parse_ini(*text, base::IniReading::as_written))
    for (const base::IniLine& line : section.lines)
      if (section.name == "Service" && gives(line, name))
        return true;
  return false;
}

} // namespace

std::optional<std::string> drop_in_giving(const base::FileSystem& files, std::string_view unit,
                                          std::string_view name) {
  for (const char* folder : unit_folders) {
    const std::string drop_ins = fmt::format("{}/{}.d", folder, unit);
    const auto found = files.list(drop_ins);
    if (!found)
      continue;
    for (const std::string& file : *found)
      if (std::string path = drop_ins + "/" + file;
          file.ends_with(".conf") && drop_in_gives(files, path, name))
        return path;
  }
  return std::nullopt;
}

} // namespace nvmf::host
