#include "importing/read_files.hpp"

#include "base/ini.hpp"
#include "importing/config_json.hpp"
#include "importing/discovery_conf.hpp"
#include "importing/fabrics_conf.hpp"
#include "importing/stas_conf.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace nvmf::importing {

namespace {

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '[' || text[first] == '{') &&
         text.find('"') != std::string_view::npos && text.find('=') == std::string_view::npos;
}

// `[` begins a section as well as a list of JSON: a section's line ends with `]`.
bool begins_with_section(std::string_view text) {
  for (const base::IniSection& section : base::parse_ini(text, base::IniReading::forgiving))
    if (section.line != 0)
      return true;
  return false;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::optional<FileKind> kind_of_sections(const diag::Source& source) {
  const auto sections = base::parse_ini(source.text, base::IniReading::forgiving);
  const auto has = [&](std::string_view name) {
    return std::any_of(sections.begin(), sections.end(),
                       [&](const base::IniSection& section) { return section.name == name; });
  };
  if (base_name(source.path) == "sys.conf" && has("Host"))
    return FileKind::stas_sys;
  if (has("Host") || has("Subsystem") || has("Discovery Controller") ||
      has("Discovery Controller Defaults") || has("I/O Controller Defaults"))
    return FileKind::fabrics_conf;
  if (has("Service Discovery") || has("Discovery controller connection management"))
    return FileKind::stafd;
  if (has("I/O controller connection management"))
    return FileKind::stacd;
  if (!has("Global") && !has("Controllers"))
    return std::nullopt;
  return base_name(source.path).find("stac") != std::string_view::npos ? FileKind::stacd
                                                                       : FileKind::stafd;
}

// Nothing but comments is a file that asks for nothing.
bool is_empty(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string::npos && line[first] != '#' && line[first] != ';')
      return false;
  }
  return true;
}

std::optional<FileKind> kind_of_name(std::string_view name) {
  static const std::map<std::string_view, FileKind> kinds{
      {"discovery.conf", FileKind::discovery_conf},
      {"nvme-fabrics.conf", FileKind::fabrics_conf},
      {"stafd.conf", FileKind::stafd},
      {"stacd.conf", FileKind::stacd},
      {"sys.conf", FileKind::stas_sys}};
  const auto found = kinds.find(name);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

StasFiles stas_files_among(const std::vector<InputFile>& files) {
  StasFiles stas;
  for (const InputFile& file : files)
    if (file.kind == FileKind::stafd)
      stas.stafd = file.source;
    else if (file.kind == FileKind::stacd)
      stas.stacd = file.source;
    else if (file.kind == FileKind::stas_sys)
      stas.sys = file.source;
  return stas;
}

bool is_of_nvme_cli(FileKind kind) {
  return kind == FileKind::discovery_conf || kind == FileKind::config_json ||
         kind == FileKind::fabrics_conf;
}

} // namespace

std::optional<FileKind> kind_of(const diag::Source& source) {
  if (is_discovery_conf(source.text))
    return FileKind::discovery_conf;
  if (begins_with_section(source.text) && !source.path.ends_with(".json"))
    if (const auto kind = kind_of_sections(source))
      return kind;
  if (is_json(source.text) || source.path.ends_with(".json"))
    return FileKind::config_json;
  return is_empty(source.text) ? kind_of_name(base_name(source.path)) : std::nullopt;
}

Imported read_files(const std::vector<InputFile>& files, diag::Sink& sink) {
  Imported imported{.title = "Made by `nvmf-policy import` from"};
  SecretNames secrets;
  StasFiles stas = stas_files_among(files);
  for (const InputFile& file : files) {
    imported.files.push_back(file.source->path);
    if (is_of_nvme_cli(file.kind) && !imported.file_of_nvme_cli)
      imported.file_of_nvme_cli = Origin{file.source->path};
    switch (file.kind) {
    case FileKind::discovery_conf:
      read_discovery_conf(*file.source, secrets, imported);
      break;
    case FileKind::config_json:
      read_config_json(file.source, secrets, imported, sink);
      break;
    case FileKind::fabrics_conf: {
      std::vector<diag::SourcePtr> all{file.source};
      for (const diag::SourcePtr& drop_in : file.drop_ins) {
        imported.files.push_back(drop_in->path);
        all.push_back(drop_in);
      }
      read_fabrics_conf(all, secrets, imported);
      break;
    }
    case FileKind::stafd:
    case FileKind::stacd:
    case FileKind::stas_sys: // all of them where the first one is
      read_stas_conf(std::exchange(stas, {}), secrets, imported);
      break;
    }
  }
  return imported;
}

} // namespace nvmf::importing
