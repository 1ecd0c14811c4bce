#include "load/trust.hpp"

#include <fmt/format.h>
#include <set>
#include <unistd.h>

namespace nvmf::load {

namespace {

constexpr mode_t writable_by_others = 0022; // group and world
constexpr mode_t sticky = 01000;            // only owners replace what is in a directory

class TrustCheck {
public:
  TrustCheck(const base::FileSystem& files, TrustedOwner owner)
      : files_(files), me_(owner == TrustedOwner::root_or_me ? ::geteuid() : 0) {}

  std::vector<Distrust> run(const Loaded& loaded) {
    for (const ConsideredFile& file : loaded.files)
      if (file.state == FileState::read) {
        look_at_file(file.path);
        look_at_directories(file.path);
      }
    return std::move(out_);
  }

private:
  void look_at_file(const std::string& path) {
    // The target of a link decides; the owner of the link can lead it elsewhere.
    if (auto const link = files_.status_of_link(path); link && !is_mine(link->owner))
      out_.push_back({path, belongs_to(link->owner)});
    else if (auto const status = files_.status(path))
      look_at(path, *status);
  }

  void look_at_directories(const std::string& path) {
    for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
      std::string const directory = path.substr(0, slash);
      if (!seen_.insert(directory).second)
        return;
      if (auto const status = files_.status(directory)) {
        std::size_t const before = out_.size();
        look_at(directory, *status);
        for (std::size_t i = before; i < out_.size(); ++i)
          out_[i].in_path = true;
      }
    }
  }

  void look_at(const std::string& path, const base::FileStatus& status) {
    bool const is_shared_directory =
        status.type == base::FileType::directory && (status.mode & sticky) != 0;
    if (!is_mine(status.owner))
      out_.push_back({path, belongs_to(status.owner)});
    else if ((status.mode & writable_by_others) != 0 && !is_shared_directory)
      out_.push_back({path, fmt::format("may be written by others (mode {:04o})", status.mode)});
  }

  bool is_mine(uid_t owner) const { return owner == 0 || owner == me_; }

  std::string belongs_to(uid_t owner) const {
    return fmt::format("belongs to uid {}, not to root", owner);
  }

  const base::FileSystem& files_;
  uid_t me_;
  std::set<std::string> seen_;
  std::vector<Distrust> out_;
};

} // namespace

std::vector<Distrust> distrusted(const base::FileSystem& files, const Loaded& loaded,
                                 TrustedOwner owner) {
  return TrustCheck(files, owner).run(loaded);
}

} // namespace nvmf::load
