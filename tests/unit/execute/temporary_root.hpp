// A tree of its own for the files of a test, with controllers in its sysfs.
#pragma once

#include "temporary_tree.hpp"

#include <string>

namespace nvmf::test {

class TemporaryRoot : public TemporaryTree {
public:
  const std::string& path() const { return root(); }
  void put(const std::string& name, const std::string& content) { write(name, content); }
  // A controller in sysfs.
  void put_controller(const std::string& device, const std::string& address,
                      const std::string& subsystem_nqn, const std::string& type = "io") {
    std::string const directory = "/sys/class/nvme/" + device;
    put(directory + "/transport", "tcp\n");
    put(directory + "/address", address + "\n");
    put(directory + "/subsysnqn", subsystem_nqn + "\n");
    put(directory + "/hostnqn", "nqn.2024-01.com.example:host\n");
    put(directory + "/hostid", "11111111-2222-3333-4444-555555555555\n");
    put(directory + "/state", "live\n");
    put(directory + "/cntrltype", type + "\n");
  }
};

} // namespace nvmf::test
