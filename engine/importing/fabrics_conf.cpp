#include "importing/fabrics_conf.hpp"

#include "base/ini.hpp"
#include "diag/shown_text.hpp"
#include "importing/raw.hpp"

#include <fmt/format.h>

namespace nvmf::importing {

namespace {

// One file, by sections.
struct FabricsFile {
  std::string path;
  Raw host;
  Raw discovery_defaults;
  Raw io_defaults;
  struct Section {
    bool is_discovery = false;
    std::uint32_t line = 0;
    Raw keys;
    std::vector<base::IniLine> controllers;
  };
  std::vector<Section> sections;
};

void put(Raw& raw, const std::string& path, const base::IniLine& line) {
  raw.insert_or_assign(usual_name(line.key), RawValue{line.value, {path, line.line}});
}

void put_all(Raw& raw, const std::string& path, const base::IniSection& section) {
  for (const base::IniLine& line : section.lines)
    put(raw, path, line);
}

FabricsFile::Section connection_section(const std::string& path, const base::IniSection& section,
                                        bool is_discovery) {
  FabricsFile::Section result{.is_discovery = is_discovery, .line = section.line};
  for (const base::IniLine& line : section.lines)
    if (line.key == "controller")
      result.controllers.push_back(line);
    else
      put(result.keys, path, line);
  return result;
}

FabricsFile sorted(const diag::Source& source, Imported& imported) {
  FabricsFile file{.path = source.path};
  for (const base::IniSection& section :
       base::parse_ini(source.text, base::IniReading::forgiving)) {
    if (section.name == "Host")
      put_all(file.host, source.path, section);
    else if (section.name == "Discovery Controller Defaults")
      put_all(file.discovery_defaults, source.path, section);
    else if (section.name == "I/O Controller Defaults")
      put_all(file.io_defaults, source.path, section);
    else if (section.name == "Discovery Controller" || section.name == "Subsystem")
      file.sections.push_back(
          connection_section(source.path, section, section.name == "Discovery Controller"));
    else if (!section.name.empty())
      imported.note({source.path, section.line},
                    fmt::format("unknown section [{}]", diag::shown(section.name)));
    else if (!section.lines.empty())
      imported.note({source.path, section.lines.front().line}, "line outside any section");
  }
  for (Raw* raw : {&file.host, &file.discovery_defaults, &file.io_defaults}) {
    take_out_secrets(*raw, imported.notes);
    note_unknown(*raw, imported.notes);
  }
  for (FabricsFile::Section& section : file.sections)
    take_out_secrets(section.keys, imported.notes);
  return file;
}

// The later layers win; an empty value undoes what the earlier ones said.
Raw layered(std::initializer_list<const Raw*> layers) {
  Raw merged;
  for (const Raw* layer : layers)
    for (const auto& [name, value] : *layer)
      merged.insert_or_assign(name, value);
  std::erase_if(merged, [](const auto& one) { return one.second.text.empty(); });
  return merged;
}

// Without what becomes the identity's.
Raw without_identity(const Raw& host) {
  Raw rest = host;
  for (const auto& [name, value] : secrets_of(host))
    rest.erase(name);
  rest.erase("hostnqn");
  rest.erase("hostid");
  rest.erase("hostsymname");
  return rest;
}

class FileReader {
public:
  FileReader(const FabricsFile& main, const FabricsFile& file, SecretNames& secrets,
             Imported& imported)
      : main_(main), file_(file), secrets_(secrets), imported_(imported) {}

  void read() {
    identity_ = identity_of(
        file_.host, settings_of(secrets_of(file_.host), secrets_, imported_.notes), imported_);
    if (identity_)
      imported_.identities[*identity_].is_persona = &file_ != &main_;
    host_ = without_identity(file_.host);
    discovered_ = settings_of(layered({&main_.io_defaults, &file_.io_defaults, &host_}), secrets_,
                              imported_.notes);
    for (const FabricsFile::Section& section : file_.sections)
      read_section(section);
  }

private:
  // Identity is a matter of [Host]; nvme-cli ignores it elsewhere.
  void note_misplaced(const Raw& raw) {
    for (const char* name : {"hostnqn", "hostid"})
      if (const auto found = raw.find(name); found != raw.end())
        imported_.note(found->second.origin, fmt::format("`{}` belongs in [Host]", name));
  }

  void read_section(const FabricsFile::Section& section) {
    note_unknown(section.keys, imported_.notes);
    note_misplaced(section.keys);
    if (section.controllers.empty())
      imported_.note({file_.path, section.line}, "a section without `controller` connects nothing");
    for (const base::IniLine& line : section.controllers)
      read_controller(section, line);
  }

  void read_controller(const FabricsFile::Section& section, const base::IniLine& line) {
    Raw own;
    for (const base::IniLine& pair :
         base::parse_pairs(line.value, line.line, base::IniReading::forgiving))
      put(own, file_.path, pair);
    take_out_secrets(own, imported_.notes);
    note_unknown(own, imported_.notes);
    note_misplaced(own);
    const bool dc = section.is_discovery;
    const Raw all =
        layered({dc ? &main_.discovery_defaults : &main_.io_defaults,
                 dc ? &file_.discovery_defaults : &file_.io_defaults, &host_, &section.keys, &own});
    const Origin origin{file_.path, line.line};
    if (!dc && !all.contains("nqn"))
      return imported_.notes.push_back(lost_connection(origin, "its subsystem has no `nqn`"));
    Raw named = all;
    if (dc)
      named.insert_or_assign("discovery", RawValue{"true", origin});
    auto connection = connection_of(named, origin, imported_.notes);
    if (!connection)
      return;
    connection->connect = settings_of(all, secrets_, imported_.notes);
    if (dc) {
      connection->discovered = discovered_;
      connection->connect =
          for_discovery_controller(std::move(connection->connect), discovered_, imported_.notes);
    }
    connection->identity = identity_;
    imported_.connections.push_back(std::move(*connection));
  }

  const FabricsFile& main_;
  const FabricsFile& file_;
  SecretNames& secrets_;
  Imported& imported_;
  std::optional<std::size_t> identity_;
  Raw host_;
  Settings discovered_;
};

} // namespace

void read_fabrics_conf(const std::vector<diag::SourcePtr>& files, SecretNames& secrets,
                       Imported& imported) {
  std::vector<FabricsFile> sorted_files;
  for (const diag::SourcePtr& source : files)
    sorted_files.push_back(sorted(*source, imported));
  for (const FabricsFile& file : sorted_files)
    FileReader(sorted_files.front(), file, secrets, imported).read();
}

} // namespace nvmf::importing
