// Paths that an administrator disconnected by hand: they stay away until the policy changes, the
// host boots, or `nvmf-policy resume`.
//
// Doubt is loss, once: a path whose removal nobody can explain is connected again after a delay;
// removed again within ten minutes, somebody means it.
//
// One file for each below /run/nvmf/kept-away: the policy's digest as a comment, then the path as
// an event file, so that `resume` can plan it again. Between the two may stand `# doubtful MS` or
// `# looked at MS`, in milliseconds since boot, and `# needs PATH INODE` (host/beneath.hpp).
#pragma once

#include "base/duration.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/event.hpp"
#include "host/beneath.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::host {

inline constexpr const char* kept_away_directory = "/run/nvmf/kept-away";
// The reason in the state of such a path.
inline constexpr const char* kept_away_reason = "removed-by-administrator";

// The path of such an event; its hostid is not remembered.
plan::Tid kept_away_tid(const event::Event& lost);
// The file for a path. A discovery controller is the same under any of its NQNs.
std::string kept_away_path(const plan::Tid& tid, base::Subject subject);

// The reason in the state of a path whose removal is not explained.
inline constexpr const char* doubtful_reason = "doubtful";
// Before that a path whose removal is doubtful is not connected again.
inline constexpr base::Duration doubt_delay = std::chrono::seconds(10);
// Within that a second removal without a reason is somebody's wish.
inline constexpr base::Duration doubt_memory = std::chrono::minutes(10);

// Whether a path is to stay away.
struct Keeping {
  enum class Kind : std::uint8_t { no, until, for_good };
  Kind kind = Kind::no;
  base::Duration until{}; // since boot: to be asked again then
  bool operator==(const Keeping&) const = default;
};

// All paths that are kept away, for people, who must know what cannot be read.
struct KeptAwayRead {
  std::vector<event::Event> events;
  std::vector<std::string> damaged; // the mistake of each file that is not a mark
};

class KeptAway {
public:
  // `files` must outlive it.
  explicit KeptAway(base::FileSystem& files) : files_(&files) {}

  // `lost` is the `controller-lost` event that the path would raise (its endpoint, host side and
  // identity are what is remembered); `digest` that of the policy in force.
  base::Result<void> add(const event::Event& lost, const std::string& digest);
  // The same as long as all that is `needed` stays what it is; to be asked once more after
  // `doubt_delay`, for a device goes a moment after its controllers.
  base::Result<void> add_unless_gone(const event::Event& lost, const std::string& digest,
                                     const std::vector<Needed>& needed, base::Duration now);
  // Nobody knows why it was removed: connected again, but not at once.
  base::Result<void> doubt(const event::Event& lost, const std::string& digest, base::Duration now);
  // It was doubted a short while ago, or is kept away, under this policy.
  bool was_doubted(const event::Event& lost, const std::string& digest, base::Duration now) const;

  // While its mark cannot be read: until a while from now.
  Keeping look(const plan::Item& item, const std::string& digest, base::Duration now) const;
  // The item's path was disconnected by hand under this very policy.
  bool holds(const plan::Item& item, const std::string& digest) const;

  // All of them but the doubts; damaged files are left out.
  std::vector<event::Event> list() const;
  // The same with the damaged ones. Fails where they may not be read; where there is no directory
  // there are none.
  base::Result<KeptAwayRead> read_all() const;
  // Of which something needed is gone by now: those were lost.
  std::vector<event::Event> lost_after_all() const;
  // Marks of paths that were kept away under another policy go.
  void forget_others(const std::string& digest);
  // Doubts that no removal will ask for any more go.
  void forget_doubts(base::Duration now);
  // The path may be connected again; nothing if it was not kept away.
  base::Result<void> release(const event::Event& lost);

private:
  struct Mark;
  static Mark parse(std::string_view text);
  std::optional<Mark> read(const std::string& path) const;
  std::vector<std::string> paths() const;
  std::optional<event::Event> event_of(const std::string& path) const;
  base::Result<void> write(const event::Event& lost, const std::string& digest,
                           const std::string& notes);

  base::FileSystem* files_;
};

} // namespace nvmf::host
