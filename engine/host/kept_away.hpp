// Paths that an administrator disconnected by hand: they stay away until the policy changes, the
// host boots, or `nvmf-policy resume`. Not reconnecting is the safe mistake.
//
// One file for each below /run/nvmf/kept-away: the policy's digest as a comment, then the path as
// an event file, so that `resume` can plan it again.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"

#include <string>
#include <vector>

namespace nvmf::host {

inline constexpr const char* kept_away_directory = "/run/nvmf/kept-away";
// What the state of such a path says.
inline constexpr const char* kept_away_reason = "removed-by-administrator";

// The path that such an event speaks of; its hostid is not remembered.
plan::Tid kept_away_tid(const event::Event& lost);
// The file for a path. A discovery controller is the same under any of its NQNs.
std::string kept_away_path(const plan::Tid& tid, base::Subject subject);

class KeptAway {
public:
  // `files` must outlive it.
  explicit KeptAway(base::FileSystem& files) : files_(&files) {}

  // `lost` is the `controller-lost` event that the path would raise (its endpoint, host side and
  // identity are what is remembered); `digest` that of the policy in force.
  base::Result<void> add(const event::Event& lost, const std::string& digest);

  // The item's path was disconnected by hand under this very policy.
  bool holds(const plan::Item& item, const std::string& digest) const;

  // All of them; damaged files are left out.
  std::vector<event::Event> list() const;
  // The path may be connected again; nothing if it was not kept away.
  base::Result<void> release(const event::Event& lost);

private:
  base::FileSystem* files_;
};

} // namespace nvmf::host
