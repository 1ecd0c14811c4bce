// Which source retries an endpoint: several discovery controllers list the same dead port, and one
// of them is enough to knock at it.
#pragma once

#include "plan/plan.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nvmf::execute {

class EndpointLocks {
public:
  virtual ~EndpointLocks() = default;

  // Holds the endpoint for this path while it waits for its next try, shared with other paths of
  // the same source. Nothing: it is ours, or its holders use host sides that differ from this
  // path's. Else the name of the source that retries the path. `source` is ours for others.
  virtual std::optional<std::string> hold(const plan::Tid& tid, const std::string& source) = 0;
  virtual void release(const plan::Tid& tid) = 0;
};

// Of all sources of the executor.
class EndpointHolders {
public:
  // `source` is what an administrator calls the source of that id.
  std::optional<std::string> hold(const std::string& id, const plan::Tid& tid,
                                  const std::string& source);
  void release(const std::string& id, const plan::Tid& tid);
  // All that the source holds.
  void release_all(const std::string& id);

private:
  struct Holder {
    std::string id;
    std::string host_traddr; // empty: any
    std::string host_iface;
    bool operator==(const Holder&) const = default;
  };
  static Holder holder_of(const std::string& id, const plan::Tid& tid);

  std::map<std::string, std::vector<Holder>> holders_; // by endpoint
  std::map<std::string, std::string> sources_;         // names, by id
};

// As one source sees them.
class SourceEndpointLocks final : public EndpointLocks {
public:
  SourceEndpointLocks(EndpointHolders& holders, std::string id)
      : holders_(holders), id_(std::move(id)) {}
  ~SourceEndpointLocks() override { let_go(); }
  SourceEndpointLocks(const SourceEndpointLocks&) = delete;
  SourceEndpointLocks& operator=(const SourceEndpointLocks&) = delete;

  std::optional<std::string> hold(const plan::Tid& tid, const std::string& source) override {
    return has_let_go_ ? std::nullopt : holders_.hold(id_, tid, source);
  }
  void release(const plan::Tid& tid) override {
    if (!has_let_go_)
      holders_.release(id_, tid);
  }
  // Holds nothing any more: another source may have its id.
  void let_go() {
    if (!std::exchange(has_let_go_, true))
      holders_.release_all(id_);
  }

private:
  EndpointHolders& holders_;
  std::string id_;
  bool has_let_go_ = false;
};

} // namespace nvmf::execute
