#include "load/search.hpp"

#include "base/local_trouble.hpp"
#include "diag/whole_file.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace nvmf::load {

namespace {

constexpr std::string_view suffix = ".yaml";

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

// Plainly meant for the main file or the directory of drop-ins, and neither: `autoconnect.yml`,
// `Auto-Connect.yaml`, `autoconnect.conf.d`. Others there may be anything: policy tests, copies.
bool is_near_miss(std::string_view name) {
  auto const dot = name.find('.');
  std::string stem;
  for (char const c : name.substr(0, dot))
    if (c != '-' && c != '_')
      stem += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::string ending;
  for (char const c : dot == std::string_view::npos ? std::string_view() : name.substr(dot))
    ending += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::string_view endings[] = {"",   ".yaml",   ".yml",    ".conf", ".json",
                                          ".d", ".conf.d", ".yaml.d", ".yml.d"};
  return stem == "autoconnect" && name != "autoconnect.yaml" && name != "autoconnect.d" &&
         std::find(std::begin(endings), std::end(endings), ending) != std::end(endings);
}

class Search {
public:
  Search(const base::FileSystem& files, diag::Sink& sink) : files_(files), sink_(sink) {}

  void add_main(const std::string& path) {
    if (auto const link = files_.link_text(path); link && *link == "/dev/null") {
      note({path, main_name, FileState::masked, ""});
      return;
    }
    mains_.push_back(path);
    if (mains_.size() > 1)
      sink_
          .add(304, fmt::format("a second main file, besides {}", mains_.front()),
               diag::whole_file(path))
          .help = "other files are called `NN-name.yaml`";
    else
      found_[main_name] = {path, main_name, true};
    note({path, main_name, FileState::read, ""});
  }

  // All of one directory; a name that an earlier directory has is shadowed.
  void add_directory(const std::string& directory) {
    auto const names = files_.list(directory);
    if (!names) {
      if (names.error().code != ENOENT)
        report_unreadable(directory, names.error());
      return;
    }
    for (const std::string& name : *names)
      add_drop_in(directory + "/" + name);
  }

  // 712: what lies beside the main file and the drop-ins under a name that is almost theirs.
  void report_near_misses(const std::string& directory) {
    auto const names = files_.list(directory);
    if (!names)
      return;
    for (const std::string& name : *names)
      if (is_near_miss(name)) {
        bool const is_for_drop_ins = name.ends_with(".d");
        sink_
            .add(712,
                 fmt::format("`{}` is not read: {}", name,
                             is_for_drop_ins ? "the directory of drop-ins is called `autoconnect.d`"
                                             : "the main file is called `autoconnect.yaml`"),
                 diag::whole_file(directory + "/" + name))
            .help = "rename it, or move it away";
      }
  }

  void add_drop_in(const std::string& path) {
    std::string const name = drop_in_name(path);
    auto const status = files_.status(path);
    bool const is_file = !status || status->type != base::FileType::directory;
    if (name.empty() || !is_file) {
      report_not_read(path, is_file ? "drop-ins are called `NN-name.yaml`" : "it is not a file");
      return;
    }
    if (name == main_name) {
      sink_
          .add(diag::Severity::error, 304, fmt::format("`{}` is the name of the main file", name),
               diag::whole_file(path))
          .help = "give the drop-in another name";
      note({path, name, FileState::not_read, ""});
      return;
    }
    if (auto const earlier = seen_.find(name); earlier != seen_.end()) {
      report_hidden(path, name, earlier->second);
      return;
    }
    add_visible(path, name, status);
  }

  Found result() {
    Found found;
    for (auto& [name, file] : found_)
      found.files.push_back(std::move(file));
    std::stable_sort(
        considered_.begin(), considered_.end(),
        [](const ConsideredFile& a, const ConsideredFile& b) { return a.name < b.name; });
    found.considered = std::move(considered_);
    found.local_trouble = local_trouble_;
    return found;
  }

private:
  struct Seen {
    std::string path;
    bool masks = false;
  };

  void note(ConsideredFile file) { considered_.push_back(std::move(file)); }

  void report_unreadable(const std::string& path, const base::Error& error) {
    local_trouble_ = local_trouble_ || base::is_local_trouble(error.code);
    sink_
        .add(708, fmt::format("cannot be read: {}", base::errno_text(error.code)),
             diag::whole_file(path))
        .help = "no policy is loaded while its content is unknown";
  }

  void report_not_read(const std::string& path, std::string_view why) {
    sink_
        .add(701, fmt::format("`{}` is not read: {}", file_name(path), why), diag::whole_file(path))
        .help = "rename it, or move it away";
    note({path, std::string(file_name(path)), FileState::not_read, ""});
  }

  void report_hidden(const std::string& path, const std::string& name, const Seen& earlier) {
    if (earlier.masks)
      sink_.add(702, fmt::format("masked by {}", earlier.path), diag::whole_file(path));
    else
      sink_.add(703, fmt::format("shadowed by {}", earlier.path), diag::whole_file(path));
    note({path, name, earlier.masks ? FileState::masked : FileState::shadowed, earlier.path});
  }

  // Empty, also through a link, or a link whose text is /dev/null (also below another root, where
  // that is not there).
  bool masks(const std::string& path, const base::Result<base::FileStatus>& status) const {
    if (auto const link = files_.link_text(path); link && *link == "/dev/null")
      return true;
    return status && status->type == base::FileType::regular && status->size == 0;
  }

  void add_visible(const std::string& path, const std::string& name,
                   const base::Result<base::FileStatus>& status) {
    bool const masked = masks(path, status);
    seen_[name] = {path, masked};
    if (masked) {
      note({path, name, FileState::masked, ""});
      return;
    }
    if (!status) {
      report_unreadable(path, status.error());
      note({path, name, FileState::not_read, ""});
      return;
    }
    if (path.starts_with("/usr/") && name < main_name)
      sink_.add(704, fmt::format("`{}` comes before the main file", name), diag::whole_file(path))
          .help = "files under /usr are called `51-…` to `99-…`, so that the administrator's rules "
                  "come first";
    found_[name] = {path, name, false};
    note({path, name, FileState::read, ""});
  }

  const base::FileSystem& files_;
  diag::Sink& sink_;
  std::vector<std::string> mains_;
  std::map<std::string, FoundFile> found_; // by name: the order in which they are consulted
  std::map<std::string, Seen> seen_;
  std::vector<ConsideredFile> considered_;
  bool local_trouble_ = false;
};

bool is_directory(const base::FileSystem& files, const std::string& path) {
  auto const status = files.status(path);
  return status && status->type == base::FileType::directory;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

void add_given_directory(const base::FileSystem& files, Search& search, const std::string& path) {
  std::string const main = path + "/autoconnect.yaml";
  std::string const drop_ins = path + "/autoconnect.d";
  search.report_near_misses(path);
  bool const has_main = files.exists(main);
  bool const has_drop_ins = is_directory(files, drop_ins);
  if (has_main)
    search.add_main(main);
  if (has_drop_ins)
    search.add_directory(drop_ins);
  if (!has_main && !has_drop_ins)
    search.add_directory(path);
}

} // namespace

std::string drop_in_name(std::string_view path) {
  std::string_view const file = file_name(path);
  if (!file.ends_with(suffix))
    return {};
  std::string_view const stem = file.substr(0, file.size() - suffix.size());
  auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
  bool const numbered = stem.size() > 3 && is_digit(stem[0]) && is_digit(stem[1]) && stem[2] == '-';
  bool const usable = numbered && std::all_of(stem.begin(), stem.end(), is_name_character);
  return usable ? std::string(stem) : std::string();
}

Found search_files(const base::FileSystem& files, const SearchOptions& options, diag::Sink& sink) {
  Search search(files, sink);
  if (options.paths.empty()) {
    auto const status = files.status_of_link(main_path);
    if (status || status.error().code != ENOENT)
      search.add_main(main_path);
    for (const std::string directory : drop_in_directories) {
      search.report_near_misses(directory.substr(0, directory.rfind('/')));
      search.add_directory(directory);
    }
  }
  for (const std::string& given : options.paths) {
    std::string const path = without_slash(given);
    if (is_directory(files, path))
      add_given_directory(files, search, path);
    else if (!drop_in_name(path).empty())
      search.add_drop_in(path);
    else
      search.add_main(path);
  }
  return search.result();
}

} // namespace nvmf::load
