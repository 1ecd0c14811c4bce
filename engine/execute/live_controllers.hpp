// The live controllers of the host, looked at again before every write without reading everything
// again: with sixty paths to connect, sixty full looks would cost more than the writes, and with
// thousands so would a list of their names.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace nvmf::execute {

class LiveControllers {
public:
  // The devices that came, went or changed since it was asked last (host::ControllerNews); nothing:
  // any may have.
  using News = std::function<std::optional<std::vector<std::string>>()>;
  explicit LiveControllers(const base::FileSystem& files, News news = nullptr)
      : files_(&files), news_(std::move(news)) {}

  // The controllers connected now. A controller that was seen before is taken as it was; only where
  // its address and its subsystem are those of `wanted` its changeable values (state, owner, source
  // address) are read again. A host without any NVMe has none; any other failure to look is an
  // error, for nothing may be connected on the assumption that nothing is. The facts are the
  // caller's to add to (interfaces) and valid until the next call of either.
  base::Result<decide::Facts*> look(const plan::Tid& wanted);
  // The same; of those seen before, the ones for which `again` holds are read again.
  using Again = std::function<bool(const decide::Controller&)>;
  base::Result<decide::Facts*> look(const Again& again);

  // Of all that were ever seen; 0: there was none.
  std::uint64_t newest_incarnation() const { return newest_; }

  // A controller that this process has just made: it need not be read to be told from others.
  void made(const plan::Tid& tid, const std::string& device, std::uint64_t incarnation);

private:
  base::Result<void> look_at_changed(const std::vector<std::string>& devices);
  base::Result<void> look_at_candidates(const plan::Tid& wanted);
  base::Result<void> look_at(const std::string& device);
  void take_out(const std::string& device);
  void put(decide::Controller controller, std::uint64_t link);
  void take_out_unseen();

  // The number of a device that is gone is given away again, the inode of its link is not.
  struct Seen {
    std::uint64_t link = 0; // inode of the entry in /sys/class/nvme
    std::size_t index = 0;  // in facts_.controllers
    std::uint64_t look = 0; // that saw it last
  };

  const base::FileSystem* files_;
  News news_;
  bool is_whole_ = false; // what `news_` does not report is as it was seen
  std::uint64_t newest_ = 0;
  std::set<std::string> unread_; // there, but not (yet) to be read as a fabrics controller
  decide::Facts facts_{.controllers = decide::Controllers()};
  std::unordered_map<std::string, Seen> seen_; // by device
  std::uint64_t looks_ = 0;
};

} // namespace nvmf::execute
