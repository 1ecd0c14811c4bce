// `boot --foreground`, with an executor that only counts and a clock that moves when it rests.
#include "service/foreground.hpp"

#include "execute/state.hpp"
#include "host/controller_note.hpp"
#include "host/hand_over.hpp"
#include "temporary_tree.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <functional>
#include <map>

using namespace nvmf;
using namespace std::chrono_literals;

namespace {

constexpr const char* root_nqn = "nqn.2014-08.com.example:root";
constexpr const char* first_id = "0123456789abcdef";
constexpr const char* second_id = "fedcba9876543210";

class RestingClock final : public base::Clock {
public:
  base::Duration since_boot() const override { return passed; }
  std::chrono::system_clock::time_point now() const override { return {}; }
  base::Duration passed = 1000ms;
};

// Claims what waits once, when it is started.
class CountedExecutor final : public service::ExecutorStarter {
public:
  base::Result<void> start() override {
    ++starts;
    if (refuses)
      return base::errno_failure("cannot start a process", EAGAIN);
    is_there = true;
    claim();
    return {};
  }
  bool is_running() override { return is_there; }
  void stop() override { ++stops; }

  int starts = 0;
  bool is_there = false;
  std::function<void()> claim;
  bool refuses = false;
  int stops = 0;
};

struct Host {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  RestingClock clock;
  CountedExecutor executor;
  std::map<base::Duration, std::function<void()>> later; // by the time since the start
  std::vector<std::string> failures;

  Host() {
    executor.claim = [this] {
      for (const char* id : {first_id, second_id})
        (void)files.remove(std::string("/run/nvmf/plans/") + id + ".json");
    };
  }
  void ask_for(const std::string& id) { tree.write("/run/nvmf/plans/" + id + ".json", "{}"); }
  void connect(const std::string& device, const char* nqn) {
    std::string const directory = "/sys/class/nvme/" + device + "/";
    tree.write(directory + "transport", "tcp\n");
    tree.write(directory + "address", "traddr=192.0.2.1,trsvcid=4420\n");
    tree.write(directory + "subsysnqn", std::string(nqn) + "\n");
    tree.write(directory + "cntrltype", "io\n");
    tree.write(directory + "state", "live\n");
  }

  std::vector<std::string> run(const policy::BootWait& required) {
    return service::run_in_foreground(
        {.files = files,
         .clock = clock,
         .executor = executor,
         .root = tree.root(),
         .rest =
             [this](base::Duration most) {
               clock.passed += most;
               while (!later.empty() && later.begin()->first + 1000ms <= clock.passed) {
                 later.begin()->second();
                 later.erase(later.begin());
               }
             },
         .tell_failure = [this](const base::Error& error) { failures.push_back(error.message); }},
        required);
  }
  base::Duration took() const { return clock.passed - 1000ms; }
};

policy::BootWait root_within(base::Duration timeout) {
  return {.wait_for = {{base::Glob(root_nqn), {}}}, .paths = 1, .timeout = timeout};
}

} // namespace

TEST_CASE("foreground: ends when what is required is live, whatever else is still tried") {
  Host host;
  host.ask_for(first_id);
  host.ask_for(second_id);
  host.later[1s] = [&] { host.connect("nvme1", root_nqn); };
  CHECK(host.run(root_within(60s)).empty());
  CHECK(host.took() == 1s);
  CHECK(host.executor.starts == 1);
  CHECK(host.executor.stops == 1);
}

TEST_CASE("foreground: a request that comes later has it started, once while it runs") {
  Host host;
  host.later[1s] = [&] { host.ask_for(first_id); };
  host.later[2s] = [&] { host.ask_for(first_id); };
  host.later[3s] = [&] { host.executor.is_there = false; };
  host.later[4s] = [&] { host.connect("nvme1", root_nqn); };
  CHECK(host.run(root_within(60s)).empty());
  // The second request was left to the one that ran; that one ended without it.
  CHECK(host.executor.starts == 2);
}

TEST_CASE("foreground: the timeout holds, and says what is missing") {
  Host host;
  host.ask_for(first_id);
  CHECK(host.run(root_within(10s)) ==
        std::vector<std::string>{"nqn.2014-08.com.example:root: 0 of 1 path"});
  CHECK(host.took() == 10s);
  CHECK(host.executor.stops == 1);
}

TEST_CASE("foreground: where nothing is required, all that was asked for comes to its end") {
  Host host;
  host.ask_for(first_id);
  policy::BootWait const nothing{.timeout = 10s};
  std::vector<std::string> missing;
  SUBCASE("and it does") {
    host.later[2s] = [&] { host.executor.is_there = false; };
    CHECK(host.run(nothing).empty());
    CHECK(host.took() == 2s);
  }
  SUBCASE("a state says that something was left undone") {
    host.tree.make_directory("/run/nvmf/state");
    REQUIRE(execute::write_state(host.files, {.id = first_id, .phase = execute::Phase::failed},
                                 host.clock));
    host.later[2s] = [&] { host.executor.is_there = false; };
    CHECK(host.run(nothing) == std::vector<std::string>{"a path that the policy wants"});
  }
  SUBCASE("one goes on trying") {
    CHECK(host.run(nothing) == std::vector<std::string>{"a path that the policy wants"});
    CHECK(host.took() == 10s);
  }
}

TEST_CASE("foreground: an executor that cannot be started is reported, and started later") {
  Host host;
  host.ask_for(first_id);
  host.executor.refuses = true;
  policy::BootWait const nothing{.timeout = 10s};
  SUBCASE("never") { CHECK(host.run(nothing).size() == 1); }
  SUBCASE("after a second") {
    host.later[1s] = [&] { host.executor.refuses = false; };
    host.later[2s] = [&] { host.executor.is_there = false; };
    CHECK(host.run(nothing).empty());
  }
  REQUIRE_FALSE(host.failures.empty());
  CHECK(host.failures[0] == "cannot start a process: Resource temporarily unavailable");
}

TEST_CASE("foreground: a discovery controller that is being read is let go before the end") {
  Host host;
  host.ask_for(first_id);
  host.connect("nvme0", "nqn.2014-08.org.nvmexpress.discovery");
  host.tree.write("/sys/class/nvme/nvme0/cntrltype", "discovery\n");
  host::write_controller_note(host.files, "nvme0", {.id = first_id, .stay = host::Stay::transient});
  host.later[1s] = [&] { host.connect("nvme1", root_nqn); };
  SUBCASE("it is gone two seconds later") {
    host.later[3s] = [&] { host::remove_controller_note(host.files, "nvme0"); };
    CHECK(host.run(root_within(60s)).empty());
    CHECK(host.took() == 3s);
  }
  SUBCASE("it stays silent") {
    CHECK(host.run(root_within(60s)).empty());
    CHECK(host.took() == 6s);
  }
  SUBCASE("it is another session's") {
    host::write_controller_note(host.files, "nvme0",
                                {.id = second_id, .stay = host::Stay::transient});
    CHECK(host.run(root_within(60s)).empty());
    CHECK(host.took() == 1s);
  }
}
