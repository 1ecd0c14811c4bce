#include "service/foreground.hpp"

#include "execute/file_lock.hpp"
#include "execute/state.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/run_paths.hpp"
#include "service/required_paths.hpp"

#include <algorithm>
#include <set>

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
      bool const is_at_work = serve_waiting();
      auto missing = missing_paths(host::read_controllers(world_.files), required_);
      bool const waits_for_all = required_.wait_for.empty();
      bool const is_done = waits_for_all ? !is_at_work : missing.empty();
      auto const left = required_.timeout - (world_.clock.since_boot() - began_);
      if (is_done || left <= base::Duration(0)) {
        if (is_done)
          let_go();
        world_.executor.stop();
        if (waits_for_all && !(is_done && all_succeeded()))
          missing.emplace_back("a path that the policy wants");
        return missing;
      }
      rest(left);
    }
  }

private:
  // Those of a host whose executor runs already are left to it. True while something is being done.
  bool serve_waiting() {
    auto const waiting = host::HandOver(world_.files).waiting();
    bool const is_asked_for = waiting && !waiting->empty();
    if (waiting)
      for (const host::RequestName& name : *waiting)
        seen_.insert(name.id);
    if (world_.executor.is_running() ||
        execute::is_held(world_.root + std::string(host::executor_lock)))
      return true;
    if (!is_asked_for)
      return false;
    if (auto const started = world_.executor.start(); !started)
      world_.tell_failure(started.error());
    return true;
  }

  // None of those that were asked for was left undone.
  bool all_succeeded() const {
    auto const failed = [this](const std::string& id) {
      auto const state = execute::read_state(world_.files, id);
      return !state || (*state && (*state)->phase == execute::Phase::failed);
    };
    auto const waiting = host::HandOver(world_.files).waiting();
    return waiting && waiting->empty() && std::none_of(seen_.begin(), seen_.end(), failed);
  }

  // All that is required is live; some log may still be read.
  void let_go() {
    auto const until = world_.clock.since_boot() + letting_go;
    while (has_transient() && world_.clock.since_boot() < until && world_.executor.is_running())
      rest(letting_go);
  }

  bool has_transient() const {
    return std::any_of(seen_.begin(), seen_.end(), [this](const std::string& id) {
      return !host::transient_controllers(world_.files, id).empty();
    });
  }

  void rest(base::Duration most) const { world_.rest(std::min(look_again, most)); }

  const ForegroundWorld& world_;
  const policy::BootWait& required_;
  base::Duration began_;
  std::set<std::string> seen_; // ids of the requests
};

} // namespace

std::vector<std::string> run_in_foreground(const ForegroundWorld& world,
                                           const policy::BootWait& required) {
  return Foreground(world, required).run();
}

} // namespace nvmf::service
