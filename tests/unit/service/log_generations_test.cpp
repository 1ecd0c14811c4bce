#include "service/log_generations.hpp"

#include "fabrics/fake_port.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <doctest/doctest.h>
#include <mutex>

using namespace nvmf;

namespace {

// Where each waits until all have come; false if they do not within a time that nobody needs.
class Meeting {
public:
  explicit Meeting(std::size_t all) : missing_(all) {}

  bool attend() {
    std::unique_lock lock(mutex_);
    --missing_;
    all_came_.notify_all();
    return all_came_.wait_for(lock, std::chrono::seconds(10), [this] { return missing_ == 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable all_came_;
  std::size_t missing_;
};

} // namespace

TEST_CASE("controllers are asked at the same time, and one that fails keeps no other from it") {
  test::FakePort port;
  std::vector<std::string> devices;
  Meeting meeting(10);
  for (unsigned number = 0; number < 10; ++number) {
    devices.push_back("nvme" + std::to_string(number));
    auto const controller = std::make_shared<test::FakeController>();
    controller->page = test::LogPage(100 + number);
    controller->before = [&meeting, number](auto&, const auto&) {
      bool const all_came = meeting.attend();
      return all_came && number != 3 ? base::Result<void>() : base::failure("no answer", EIO);
    };
    port.controllers[devices.back()] = controller;
  }
  devices.push_back("nvme77"); // gone
  auto const generations = service::read_generations(port, devices);
  CHECK(generations.size() == 9);
  CHECK_FALSE(generations.contains("nvme3"));
  CHECK(generations.at("nvme0") == 100);
  CHECK(generations.at("nvme9") == 109);
  for (const auto& [device, controller] : port.controllers)
    CHECK(controller->requests.front().event == fabrics::LogPageRequest::AsyncEvent::retain);
  CHECK(service::read_generations(port, {}).empty());
}
