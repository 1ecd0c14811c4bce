#include "service/foreground.hpp"

#include "execute/file_lock.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/run_paths.hpp"
#include "service/required_paths.hpp"

#include <algorithm>

namespace nvmf::service {

namespace {

// sysfs sends no notice when a controller becomes live.
constexpr base::Duration look_again(250);
// A discovery controller that is asked answers in a second; one that does not is ended by the next
// session of its id.
constexpr base::Duration letting_go = std::chrono::seconds(5);

class Foreground {
public:
  Foreground(const ForegroundWorld& world, const policy::BootWait& required)
      : world_(world), required_(required), began_(world.clock.since_boot()) {}

  std::vector<std::string> run() {
    while (true) {
      begin_waiting();
      auto missing = missing_paths(host::read_controllers(world_.files), required_);
      bool const waits_for_all = required_.wait_for.empty();
      bool const is_done = waits_for_all ? running_.empty() : missing.empty();
      auto const left = required_.timeout - (world_.clock.since_boot() - began_);
      if (is_done || left <= base::Duration(0)) {
        if (is_done)
          let_go();
        world_.sessions.stop();
        if (waits_for_all && !(is_done && world_.sessions.all_succeeded()))
          missing.emplace_back("a path that the policy wants");
        return missing;
      }
      rest(left);
    }
  }

private:
  // Those that some service of this host serves already are left to it.
  void begin_waiting() {
    running_ = world_.sessions.running();
    auto const waiting = host::HandOver(world_.files).waiting();
    for (const std::string& id : waiting ? *waiting : std::vector<std::string>()) {
      if (running_.contains(id) || execute::is_held(world_.root + host::service_lock_path(id)))
        continue;
      if (auto const begun = world_.sessions.begin(id); !begun)
        world_.tell_failure(id, begun.error());
      else
        begun_.insert(id);
      running_.insert(id);
    }
  }

  // All that is required is live; some log may still be read.
  void let_go() {
    auto const until = world_.clock.since_boot() + letting_go;
    while (has_transient() && world_.clock.since_boot() < until) {
      (void)world_.sessions.running();
      rest(letting_go);
    }
  }

  bool has_transient() const {
    return std::any_of(begun_.begin(), begun_.end(), [this](const std::string& id) {
      return !host::transient_controllers(world_.files, id).empty();
    });
  }

  void rest(base::Duration most) const { world_.rest(std::min(look_again, most)); }

  const ForegroundWorld& world_;
  const policy::BootWait& required_;
  base::Duration began_;
  std::set<std::string> running_;
  std::set<std::string> begun_;
};

} // namespace

std::vector<std::string> run_in_foreground(const ForegroundWorld& world,
                                           const policy::BootWait& required) {
  return Foreground(world, required).run();
}

} // namespace nvmf::service
