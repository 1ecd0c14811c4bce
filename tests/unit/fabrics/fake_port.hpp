// A kernel and its controllers, scripted: connects answer what the test says, discovery controllers
// serve a page, and every command is recorded.
#pragma once

#include "fabrics/discovery_log.hpp"
#include "fabrics/fabrics_port.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nvmf::test {

// A discovery log as bytes.
class LogPage {
public:
  explicit LogPage(std::uint64_t genctr = 1) : bytes_(fabrics::log_header_size, '\0') {
    put(0, genctr);
  }

  LogPage& add(const event::LogEntry& entry) {
    std::string record(fabrics::log_entry_size, '\0');
    record[0] = static_cast<char>(entry.trtype);
    record[1] = static_cast<char>(entry.adrfam);
    record[2] = static_cast<char>(entry.subtype);
    unsigned treq = 0;
    if (entry.secure_channel == base::SecureChannel::required)
      treq = 1;
    if (entry.secure_channel == base::SecureChannel::not_required)
      treq = 2;
    record[3] = static_cast<char>(treq | (entry.may_disable_sqflow ? 4U : 0U));
    put16(record, 4, entry.portid);
    put16(record, 6, entry.cntlid);
    put16(record, 8, entry.asqsz);
    put16(record, 10, entry.eflags);
    put_text(record, 32, 32, entry.trsvcid, ' ');
    put_text(record, 256, 256, entry.subnqn, '\0');
    put_text(record, 512, 256, entry.traddr, ' ');
    record[768] = static_cast<char>(entry.sectype);
    bytes_ += record;
    ++count_;
    put(8, count_);
    return *this;
  }

  LogPage& claim(std::uint64_t numrec) {
    put(8, numrec);
    return *this;
  }
  LogPage& set_genctr(std::uint64_t genctr) {
    put(0, genctr);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }
  std::string& raw() { return bytes_; }

private:
  void put(std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i)
      bytes_[at + i] = static_cast<char>(value >> (8 * i));
  }
  static void put16(std::string& record, std::size_t at, std::uint16_t value) {
    record[at] = static_cast<char>(value & 0xff);
    record[at + 1] = static_cast<char>(value >> 8);
  }
  static void put_text(std::string& record, std::size_t at, std::size_t width,
                       const std::string& text, char padding) {
    for (std::size_t i = 0; i < width; ++i)
      record[at + i] = i < text.size() ? text[i] : padding;
  }

  std::string bytes_;
  std::uint64_t count_ = 0;
};

inline event::LogEntry subsystem_entry(const std::string& traddr, const std::string& nqn,
                                       const std::string& trsvcid = "4420") {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = event::EntrySubtype::nvm_subsystem,
          .portid = 1,
          .cntlid = 0xffff,
          .asqsz = 32,
          .trsvcid = trsvcid,
          .subnqn = nqn,
          .traddr = traddr};
}

// The answers of a device; shared by all that have it open.
struct FakeController {
  LogPage page;
  std::string nqn = "nqn.2014-08.org.nvmexpress.discovery";
  std::vector<fabrics::LogPageRequest> requests;
  // Called before each answer: moves the generation counter, or fails a command.
  std::function<base::Result<void>(FakeController&, const fabrics::LogPageRequest&)> before;
};

class FakeAdminDevice final : public fabrics::AdminDevice {
public:
  explicit FakeAdminDevice(std::shared_ptr<FakeController> controller)
      : controller_(std::move(controller)) {}

  base::Result<std::string> get_log_page(const fabrics::LogPageRequest& request) override {
    FakeController& controller = *controller_;
    controller.requests.push_back(request);
    if (controller.before)
      if (auto allowed = controller.before(controller, request); !allowed)
        return tl::unexpected(allowed.error());
    std::string bytes(request.length, '\0');
    const std::string& page = controller.page.bytes();
    if (request.offset < page.size()) {
      std::size_t const there = std::min<std::size_t>(request.length, page.size() - request.offset);
      std::memcpy(bytes.data(), page.data() + request.offset, there);
    }
    return bytes;
  }

  base::Result<fabrics::ControllerIdentity> identify_controller() override {
    return fabrics::ControllerIdentity{.subsystem_nqn = controller_->nqn, .cntlid = 1};
  }

private:
  std::shared_ptr<FakeController> controller_;
};

class FakePort final : public fabrics::FabricsPort {
public:
  std::map<std::string, std::shared_ptr<FakeController>> controllers; // by device
  std::function<fabrics::ConnectAnswer(const std::string&)> answer;
  std::vector<std::string> written;
  std::vector<std::string> disconnected;
  std::function<base::Result<void>()> disconnecting; // called at each disconnect
  base::Result<std::set<std::string>> options = std::set<std::string>{
      "nqn",          "transport",      "traddr",        "trsvcid",         "host_traddr",
      "host_iface",   "hostnqn",        "hostid",        "discovery",       "queue_size",
      "nr_io_queues", "keep_alive_tmo", "ctrl_loss_tmo", "reconnect_delay", "dhchap_secret"};

  fabrics::ConnectAnswer connect(const base::Secret& text) override {
    written.push_back(text.reveal());
    if (answer)
      return answer(text.reveal());
    return {.result = fabrics::Connected{.instance = next_instance_++, .cntlid = 1}};
  }
  base::Result<decide::KernelOptions> kernel_options() override { return options; }
  base::Result<std::unique_ptr<fabrics::AdminDevice>> open(const std::string& device) override {
    auto const found = controllers.find(device);
    if (found == controllers.end())
      return base::errno_failure("/dev/" + device, ENOENT);
    return std::make_unique<FakeAdminDevice>(found->second);
  }
  base::Result<void> disconnect(const std::string& device) override {
    disconnected.push_back(device);
    return disconnecting ? disconnecting() : base::Result<void>();
  }

private:
  int next_instance_ = 10;
};

} // namespace nvmf::test
