// Which source of the host retries an endpoint: several discovery controllers list the same dead
// port, and one of them is enough to knock at it.
//
// A lock file per endpoint in /run/nvmf/lock, held while a path to it waits for its next try. Its
// note says for which hand-over and from which host side.
#pragma once

#include "execute/file_lock.hpp"
#include "plan/plan.hpp"

#include <map>
#include <optional>
#include <string>

namespace nvmf::execute {

class EndpointLocks {
public:
  virtual ~EndpointLocks() = default;

  // Holds the endpoint's lock for this path, shared with other paths of this process. Nothing: it
  // is ours, or its holder uses a host side that differs from this path's. Else the id of the
  // hand-over that retries the path.
  virtual std::optional<std::string> hold(const plan::Tid& tid) = 0;
  virtual void release(const plan::Tid& tid) = 0;
};

class FileEndpointLocks final : public EndpointLocks {
public:
  FileEndpointLocks(std::string root, std::string id)
      : root_(std::move(root)), id_(std::move(id)) {}

  std::optional<std::string> hold(const plan::Tid& tid) override;
  void release(const plan::Tid& tid) override;

private:
  struct Held {
    FileLock lock;
    unsigned paths = 1;
  };
  std::string root_;
  std::string id_;
  std::map<std::string, Held> held_;         // by endpoint
  std::map<std::string, std::string> paths_; // path → endpoint
};

} // namespace nvmf::execute
