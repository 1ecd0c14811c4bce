// One hand-over being carried out: event → log → decisions → paths, again whenever a new request
// comes, until nothing is left to do.
//
// A session is a machine without hands: what happened goes in, what is to be done comes out of
// take_actions(), and time is an argument. The loop (loop.hpp) is its hands; tests are others.
//
// A *generation* is one pass over the event and the logs it leads to, with one policy. Paths live
// longer: one that waits for its next try keeps its schedule when the log is read again, one that
// no log lists any more is dropped.
#pragma once

#include "decide/facts.hpp"
#include "execute/action.hpp"
#include "execute/attempts.hpp"
#include "execute/path.hpp"
#include "execute/state.hpp"
#include "host/kept_away.hpp"
#include "plan/run.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nvmf::execute {

class Session {
public:
  // The facts and functions that a generation is decided with.
  struct World {
    std::shared_ptr<const policy::Policy> policy;
    decide::Facts facts;
    BootTime now{};
  };
  struct Setup {
    std::string id;
    EndpointLocks* locks = nullptr;
    std::function<double()> random; // in [0, 1)
    // The fingerprint of the item's secrets as they are now (fabrics::secret_fingerprint).
    std::function<std::string(const plan::Item&)> fingerprint;
    std::optional<State> remembered; // what an earlier executor of this id wrote
    // Discovery controllers that it made and that were to end with their log read.
    std::set<std::string> left_behind;
    // Whether the item's path stays away under the policy of that digest, because an administrator
    // disconnected it or nobody knows who did (host::KeptAway); unset: it does not.
    std::function<host::Keeping(const plan::Item&, const std::string& digest, BootTime now)>
        keeping;
    plan::AskRouting routing; // for guards; none: unknown
    plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
  };
  explicit Session(Setup setup);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A request of this id was claimed. `resumed`: it is the one that an executor before us had
  // claimed, so what was given up stays given up.
  enum class Claim : std::uint8_t { fresh, resumed };
  void request(plan::Plan plan, Claim claim, World world);
  // Answers action::BeginAgain.
  void begin(World world, action::BeginAgain::Logs logs);

  void probe_done(PathId path, const base::Result<void>& answer, BootTime now);
  void write_done(PathId path, const WriteOutcome& outcome, BootTime now);
  // `world` as it is now: a log may take long to come.
  void log_done(PathId path, const LogOutcome& outcome, World world);
  void disconnect_done(BootTime now);
  // Addresses, interfaces or routes changed; `interfaces` as they are now, none: unknown.
  using Interfaces = std::optional<std::vector<decide::Interface>>;
  void network_changed(BootTime now, const Interfaces& interfaces);
  void tick(BootTime now);
  // The path (plan::path_key) is tried no more until an event or another policy; a live one stays.
  void withdraw(const std::string& key, BootTime now);
  // Nothing new is started from here on.
  void cancel(const std::string& why);

  Actions take_actions();
  // When `tick` is due; nothing: only an answer or an event goes on from here.
  std::optional<BootTime> next_time(BootTime now) const;
  // Nothing is under way and nothing will be tried again by itself.
  bool idle() const;
  // Another route could let a path through that a guard denies, or another interface of this host
  // bring another path: it is told of changes of the network while it rests.
  bool follows_network() const {
    return phase_ == Phase::running && (awaits_route_ || follows_interfaces_);
  }
  State state() const;
  // Until it looks at the host again it needs none of the controllers that it saw.
  void let_go_of_controllers() { facts_.controllers.reset(); }
  // Those whose log was read and that stay connected.
  struct ConnectedController {
    std::string device;
    std::uint64_t incarnation = 0;
  };
  std::vector<ConnectedController> connected_discovery_controllers() const;
  // The subject of the request.
  const event::Event& event() const { return event_; }
  // A discovery controller that is not kept is asked again.
  bool polls() const { return phase_ == Phase::running && next_poll_.has_value(); }
  // Somebody wants what the request is about, or a guard has to be told of.
  bool is_wanted() const;
  // A request was made of it.
  bool has_begun() const { return run_.has_value(); }

private:
  // How often things without notices are looked at again; sooner at first, for most trouble of the
  // host's own is over in a moment.
  static constexpr base::Duration look_interval = std::chrono::seconds(30);

  // session_run.cpp: one generation.
  void begin_generation(World world, action::BeginAgain::Logs logs);
  void absorb_new();
  void absorb(std::size_t index);
  void want_discovery(Path& path);
  void use_connected(Path& path, const std::string& device);
  void want_path(Path& path);
  void hold_back(Path& path, const plan::Item& item);
  void tell_not_wanted(const plan::Item& item);
  bool is_denied_now(const Path& path);
  bool stays_away(Path& path);
  void keep_away(Path& path);
  void keep_away_until(Path& path, BootTime time);
  void decide_log_of(Path& path, Path::Log how);
  void decide(Path& path);
  Path& path_for(std::size_t index);
  void seed(Path& path);
  void drop_unlisted();
  void end_left_behind();
  void end_unsettled(const Path& path);
  void finish_if_read();
  bool may_begin_afresh(const Path& path) const;
  bool is_woken_by_event(const Path& path) const;
  bool secrets_changed(const Path& path) const;

  // session.cpp
  void start(Path& path);
  const decide::Controller* controller_of(const std::string& device) const;
  std::uint64_t incarnation_of(const std::string& device) const;
  void read_log(Path& path);
  void read_bystander(Path& path);
  void bystander_was_read(Path& path, const LogOutcome& outcome, World world);
  void after_write(Path& path);
  void log_was_read(Path& path, const LogOutcome& outcome, World world);
  void reconnect_as(Path& path, const std::string& nqn);
  void fall_back(Path& path);
  void forget_device(Path& path);
  bool is_to_stay(const Path& path);
  void settle_persistence(Path& path);
  void disconnect(const std::string& device, const plan::Tid& tid, std::uint64_t incarnation);
  void retry_log(Path& path, const base::Error& error);
  void wake(Path& path);
  bool is_due(Path& path);
  void look_again();
  BootTime time_of_next_look();
  bool is_reading() const;
  void begin_waiting_request();
  bool waits_for_world() const;
  bool must_look() const;
  void changed();

  Setup setup_;
  event::Event event_;
  Claim claim_ = Claim::fresh;
  std::shared_ptr<const policy::Policy> policy_;
  decide::Facts facts_; // that run_ refers to; renewed in place before each log
  std::optional<plan::Run> run_;
  action::BeginAgain::Logs logs_ = action::BeginAgain::Logs::read_again;
  std::size_t absorbed_ = 0; // of the run's items
  unsigned generation_ = 0;
  bool policy_changed_ = false; // since the generation before
  // Of the generation's items: some path is denied only by the route that it would take now, or is
  // of `same-subnet`.
  bool awaits_route_ = false;
  bool follows_interfaces_ = false;
  bool request_open_ = false; // the request was not let go yet
  unsigned disconnects_ = 0;  // under way
  // A new generation was asked for while a log was being read.
  std::optional<action::BeginAgain::Logs> again_;
  // Items that the journal knows are not wanted, with the generation that listed them last.
  std::map<std::string, unsigned> reported_unwanted_;
  unsigned told_settled_in_ = 0;
  std::optional<unsigned> dropped_unlisted_in_; // the generation whose unlisted paths are all gone
  std::optional<BootTime> next_look_;           // at the world, for what it holds back
  base::Duration look_delay_ = local_delay;     // until the look after that
  std::optional<BootTime> next_poll_;           // of discovery controllers that are not kept
  base::Duration poll_interval_{};
  BootTime now_{};

  PathTable paths_;
  Actions actions_;
  MessageContext context_;
  Attempts attempts_;
  Phase phase_ = Phase::running;
  std::string why_;
};

} // namespace nvmf::execute
