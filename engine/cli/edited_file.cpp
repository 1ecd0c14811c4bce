#include "cli/edited_file.hpp"

#include "base/replace_file.hpp"
#include "base/write_beside.hpp"
#include "cli/inputs.hpp"
#include "load/candidate.hpp"
#include "load/search.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace nvmf::cli {

namespace {

namespace fs = std::filesystem;

constexpr mode_t new_file_mode = 0644;
constexpr mode_t new_directory_mode = 0755;

// Two names of one directory, be they there or not.
bool is_same_directory(const fs::path& one, const fs::path& other) {
  std::error_code failed;
  const fs::path first = fs::weakly_canonical(fs::absolute(one), failed);
  const fs::path second = fs::weakly_canonical(fs::absolute(other), failed);
  return !failed && first == second;
}

// `/etc/nvmf/autoconnect.d/70-acme.yaml` for any other name of it, if it is there.
std::optional<std::string> name_within(const fs::path& file, const std::string& root,
                                       const std::string& directory) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  return is_same_directory(parent, root + directory)
             ? std::optional(directory + "/" + file.filename().string())
             : std::nullopt;
}

// As this host's search names the file; nothing: it is not of it.
std::optional<std::string> name_in_search(const fs::path& file, const std::string& root) {
  const std::string main = load::main_path;
  const auto in_main = name_within(file, root, main.substr(0, main.rfind('/')));
  if (in_main == main)
    return in_main;
  for (const char* directory : load::drop_in_directories)
    if (auto name = name_within(file, root, directory))
      return name;
  return std::nullopt;
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

// As the search of `--policy` names the file; nothing: it is in none of the places.
std::optional<std::string> name_in_places(const fs::path& file,
                                          const std::vector<std::string>& places) {
  for (const std::string& given : places) {
    const std::string place = without_slashes(given);
    std::error_code failed;
    if (!fs::is_directory(place, failed)) {
      const fs::path parent =
          fs::path(place).has_parent_path() ? fs::path(place).parent_path() : ".";
      if (file.filename() == fs::path(place).filename() && name_within(file, "", parent.string()))
        return place;
      continue;
    }
    for (const std::string& directory : {place, place + "/autoconnect.d"})
      if (auto name = name_within(file, "", directory))
        return name;
  }
  return std::nullopt;
}

// The file of `--policy` where none is named.
base::Result<std::string> only_file_of(const std::vector<std::string>& places) {
  if (places.size() > 1)
    return base::failure("`--policy` names several places: which file is to be edited?");
  const std::string place = without_slashes(places.front());
  std::error_code failed;
  return fs::is_directory(place, failed) ? place + "/autoconnect.yaml" : place;
}

// Which policy the file is of, and how it is called there.
base::Result<EditedFile> place_of(const Globals& globals, const std::string& name) {
  EditedFile file;
  if (!globals.policy.empty()) {
    const auto wanted =
        name.empty() ? only_file_of(globals.policy) : base::Result<std::string>(name);
    if (!wanted)
      return tl::unexpected(wanted.error());
    const auto path = name_in_places(*wanted, globals.policy);
    if (!path)
      return base::failure(name + " is in none of the places that `--policy` names");
    file.policy.places = globals.policy;
    file.path = *path;
    return file;
  }
  file.policy.root = without_slashes(globals.root);
  const std::string wanted = name.empty() ? file.policy.root + load::main_path : name;
  if (const auto path = name_in_search(wanted, file.policy.root)) {
    file.path = *path;
    return file;
  }
  file.policy = {.places = {wanted}, .root = {}}; // a draft, which is a policy of its own
  file.path = wanted;
  return file;
}

bool is_of_host(const EditedFile& file) { return file.policy.places.empty(); }

base::Result<void> can_be_edited(const EditedFile& file) {
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  if (is_of_host(file) && file.path != load::main_path && load::drop_in_name(file.path).empty())
    return base::failure(
        fmt::format("{} would not be read: drop-ins are called `NN-name.yaml`", file.path));
  if (is_of_host(file) && file.path.starts_with("/usr/lib/"))
    return base::failure(fmt::format("{0} belongs to a package\n  help: a copy of it as "
                                     "/etc/nvmf/autoconnect.d/{1} takes its place: edit that",
                                     file.path, name));
  return {};
}

// Reads what is there, through a link from where it leads to.
base::Result<void> read_present(EditedFile& file) {
  const base::RealFileSystem files(file.policy.root);
  const auto link = files.link_text(file.path);
  if (link && *link == "/dev/null")
    return base::failure(fmt::format("{} is masked by a link to /dev/null\n  help: remove the link "
                                     "first",
                                     file.path));
  std::error_code failed;
  const fs::path real = fs::canonical(files.resolved(file.path), failed);
  if (failed)
    return base::failure(
        fmt::format("{}: {}", file.path, link ? "a link that leads nowhere" : failed.message()));
  file.real = real.string();
  const base::RealFileSystem plain;
  const auto status = plain.status(file.real);
  if (!status)
    return tl::unexpected(status.error());
  if (status->type != base::FileType::regular)
    return base::failure(file.path + " is not a file");
  if (::geteuid() != 0 && status->owner != ::geteuid())
    return base::failure(
        fmt::format("{} belongs to uid {}, and would become yours", file.path, status->owner));
  auto text = plain.read(file.real, yaml::longest_text);
  if (!text)
    return tl::unexpected(text.error());
  file.text = std::move(*text);
  return {};
}

// The first directory above `path` that is there.
std::string nearest_directory(const std::string& path) {
  std::string directory = base::directory_of(path);
  while (!directory.empty() && ::access(directory.c_str(), F_OK) != 0)
    directory = base::directory_of(directory);
  return directory.empty() ? "/" : directory;
}

base::Result<void> can_be_written(const EditedFile& file) {
  for (const std::string& path : {file.real, backup_path(file)}) {
    const std::string directory = nearest_directory(path);
    if (::eaccess(directory.c_str(), W_OK | X_OK) != 0)
      return base::failure(fmt::format("{} cannot be written: {}: {}", file.path, directory,
                                       base::errno_text(errno)));
  }
  return {};
}

base::Result<void> check_unchanged(const EditedFile& file) {
  const auto stale = [&] { return base::failure(file.path + " was changed meanwhile", ESTALE); };
  EditedFile now = file;
  now.text.reset();
  if (const auto read = read_present(now); !read || now.real != file.real || now.text != file.text)
    return stale();
  return {};
}

} // namespace

base::Result<EditedFile> find_edited_file(const Globals& globals, const std::string& name) {
  auto file = place_of(globals, name);
  if (!file)
    return file;
  if (const auto allowed = can_be_edited(*file); !allowed)
    return tl::unexpected(allowed.error());
  const base::RealFileSystem files(file->policy.root);
  const auto there = files.status_of_link(file->path);
  if (there || there.error().code != ENOENT) {
    if (const auto read = read_present(*file); !read)
      return tl::unexpected(read.error());
  } else {
    file->real = fs::absolute(files.resolved(file->path)).string();
  }
  if (const auto allowed = can_be_written(*file); !allowed)
    return tl::unexpected(allowed.error());
  return file;
}

load::Loaded load_with(const EditedFile& file, const std::string& text) {
  const base::RealFileSystem files(file.policy.root, base::Pipes::read);
  return load::load_policy(load::CandidateFiles(files, file.path, text),
                           {.paths = file.policy.places});
}

std::string backup_path(const EditedFile& file) {
  const fs::path real = file.real;
  const std::vector<std::string>& places = file.policy.places;
  const bool is_named = std::find(places.begin(), places.end(), file.path) != places.end();
  const bool is_drop_in = !is_named && !load::drop_in_name(file.real).empty();
  const fs::path folder = is_drop_in ? real.parent_path().parent_path() : real.parent_path();
  return (folder / (real.filename().string() + "~")).string();
}

base::Result<void> install(const EditedFile& file, const std::string& text) {
  if (!file.text) {
    base::RealFileSystem files;
    if (const auto made = files.make_directories(base::directory_of(file.real), new_directory_mode);
        !made)
      return made;
    const auto created = files.create_whole(file.real, text, new_file_mode);
    if (!created)
      return tl::unexpected(created.error());
    return *created ? base::Result<void>()
                    : base::failure(file.path + " was created meanwhile", ESTALE);
  }
  if (const auto unchanged = check_unchanged(file); !unchanged)
    return unchanged;
  if (const auto kept = base::replace_file(backup_path(file), *file.text, file.real); !kept)
    return kept;
  return base::replace_file(file.real, text, file.real);
}

} // namespace nvmf::cli
