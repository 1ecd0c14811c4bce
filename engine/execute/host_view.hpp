// The executor's knowledge of this host and its policy, for all of its sources: read when it may
// have changed, and not by each source for itself.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "execute/live_controllers.hpp"
#include "execute/session.hpp"
#include "policy/policy.hpp"
#include "systemd/journal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::execute {

class HostView {
public:
  struct World {
    std::string root; // before every path, for tests; empty: this host
    base::RealFileSystem& files;
    const base::Clock& clock;
    systemd::Journal& journal;
    std::optional<std::string> credentials_directory;
  };
  explicit HostView(World world) : world_(std::move(world)), live_(world_.files) {}

  // The policy in force as of now. Where there is none: why, and whether that may be this host's
  // own trouble and over in a moment.
  struct NoPolicy {
    std::string why;
    bool local_trouble = false;
  };
  using PolicyResult = tl::expected<std::shared_ptr<const policy::Policy>, NoPolicy>;
  // `as_known`: the files were looked at a moment ago; read again only where that is not so.
  enum class Look : std::uint8_t { again, as_known };
  PolicyResult policy(Look look);
  // The files changed: the next question has them read again.
  void expect_another_policy() { policy_age_ = {}; }
  // Of the policy that was read last; empty: there is none.
  std::string digest() const { return policy_ && has_policy_ ? policy_->digest : std::string(); }

  // Of /dev/nvme-fabrics; unset until the kernel has told them, which it does not while a connect
  // is under way: then those hold that it told last since boot.
  const std::optional<decide::KernelOptions>& kernel_options() const { return kernel_options_; }
  // The kernel's answer of now. A failure makes them unknown, but for this host's own trouble.
  void set_kernel_options(const base::Result<decide::KernelOptions>& told);
  // True if a file has them.
  bool recall_kernel_options();

  // The host as it is now, with the policy that was in force last (there must have been one): where
  // there is none any more, each source is told of that in a moment.
  Session::World look();
  // Controllers that came or went are always seen; what else changed, after `forget` or in a
  // moment.
  const decide::Facts& facts();
  // Interfaces, names, files or options changed.
  void forget() { facts_.reset(); }

private:
  // When something was read, and how long that took.
  class Age {
  public:
    bool is_fresh(base::Duration now, base::Duration usually) const;
    void read(base::Duration began, base::Duration ended) {
      read_at_ = ended;
      took_ = ended - began;
    }

  private:
    std::optional<base::Duration> read_at_;
    base::Duration took_{};
  };
  base::Duration now() const { return world_.clock.since_boot(); }
  void look_at_controllers();

  World world_;
  std::shared_ptr<const policy::Policy> policy_;
  bool has_policy_ = false; // when the files were read last
  Age policy_age_;
  std::string reported_problem_; // with the policy, in the journal already
  std::optional<std::vector<decide::Interface>> interfaces_; // as they were read last
  std::optional<decide::KernelOptions> kernel_options_;
  std::optional<decide::Facts> facts_;
  Age facts_age_;
  LiveControllers live_;
  Age controllers_age_; // of all of them, states and owners included
};

} // namespace nvmf::execute
