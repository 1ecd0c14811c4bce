// A root of its own for the files of a test, removed at the end.
#pragma once

#include "base/file_system.hpp"

#include <filesystem>
#include <string>

namespace nvmf::test {

class TemporaryRoot {
public:
  TemporaryRoot() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nvmf.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryRoot() { std::filesystem::remove_all(path_); }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;

  std::string path() const { return path_; }
  void put(const std::string& name, const std::string& content) const {
    base::RealFileSystem files(path_);
    (void)files.make_directories(name.substr(0, name.rfind('/')), 0755);
    (void)files.write_atomically(name, content, 0644);
  }
  // A controller in sysfs.
  void put_controller(const std::string& device, const std::string& address,
                      const std::string& subsystem_nqn, const std::string& type = "io") const {
    std::string const directory = "/sys/class/nvme/" + device;
    put(directory + "/transport", "tcp\n");
    put(directory + "/address", address + "\n");
    put(directory + "/subsysnqn", subsystem_nqn + "\n");
    put(directory + "/hostnqn", "nqn.2024-01.com.example:host\n");
    put(directory + "/hostid", "11111111-2222-3333-4444-555555555555\n");
    put(directory + "/state", "live\n");
    put(directory + "/cntrltype", type + "\n");
  }

private:
  std::string path_;
};

} // namespace nvmf::test
