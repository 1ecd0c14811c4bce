// A directory tree below a temporary root, for tests of code that reads /sys, /etc or /run.
#pragma once

#include "base/file_system.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace nvmf::test {

class TemporaryTree {
public:
  TemporaryTree() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nvmf-test-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  // Writes a file with its directories. `path` is absolute as the host sees it.
  void write(const std::string& path, std::string_view content) {
    std::filesystem::path const real = root_ + path;
    std::filesystem::create_directories(real.parent_path());
    std::ofstream(real, std::ios::binary) << content;
  }
  void link(const std::string& path, const std::string& text) {
    std::filesystem::path const real = root_ + path;
    std::filesystem::create_directories(real.parent_path());
    std::filesystem::create_symlink(text, real);
  }
  void make_directory(const std::string& path) {
    std::filesystem::create_directories(root_ + path);
  }
  void set_mode(const std::string& path, unsigned mode) {
    std::filesystem::permissions(root_ + path, static_cast<std::filesystem::perms>(mode));
  }
  void remove(const std::string& path) { std::filesystem::remove_all(root_ + path); }
  std::string read(const std::string& path) const {
    std::ifstream in(root_ + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const std::string& root() const { return root_; }
  base::RealFileSystem files() const { return base::RealFileSystem(root_); }

private:
  std::string root_;
};

} // namespace nvmf::test
