#include "host/request_name.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <functional>
#include <set>

using namespace nvmf;
using host::RequestName;

TEST_CASE("names of files: what is a request, and of what") {
  const std::string id = "0123456789abcdef";
  const std::string subject = "fedcba9876543210";
  struct Row {
    std::string file;
    std::optional<RequestName> request;
    bool is_command = false;
  };
  const Row rows[] = {
      {id + "." + subject + ".json", RequestName{id, subject}},
      {id + ".json", RequestName{id, {}}}, // of the version before
      {id + ".command.json", {}, true},
      {id + "..json", {}},
      {id + "." + subject + "." + subject + ".json", {}},
      {id + "." + subject, {}},
      {"." + id + "." + subject + ".json", {}},
      {id + ".FEDCBA9876543210.json", {}},
      {"x." + subject + ".json", {}},
      {"../" + id + ".json", {}},
      {".json", {}},
      {"", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.file);
    CHECK(host::parse_request_name(row.file) == row.request);
    CHECK(host::is_command_name(row.file) == row.is_command);
    if (row.request)
      CHECK(host::file_name(*row.request) == row.file);
  }
}

TEST_CASE("requests of one subject have one name, others have names of their own") {
  test::TemporaryTree tree;
  base::RealFileSystem const files = tree.files();
  auto const name_after = [&](const std::function<void(event::Event&)>& change) {
    plan::Plan plan{.id = "0123456789abcdef",
                    .event = {.kind = base::EventKind::discovery_log_changed,
                              .endpoint = {.transport = base::Transport::tcp,
                                           .traddr = base::Traddr::parse_any("10.20.1.10"),
                                           .trsvcid = 8009},
                              .device = "nvme0"}};
    change(plan.event);
    return host::request_name(files, plan);
  };
  const RequestName first = name_after([](auto&) {});
  CHECK(first.id == "0123456789abcdef");
  CHECK(name_after([](auto& e) { e.kind = base::EventKind::discovery_reconnected; }) == first);

  auto const of_volume = [](event::Event& event, std::string nqn) {
    event.kind = base::EventKind::controller_lost;
    event.subject = base::Subject::io_subsystem;
    event.device.clear();
    event.subsystem_nqn = std::move(nqn);
  };
  std::set<RequestName> names{
      first,
      name_after([](auto& e) { e.device = "nvme1"; }),
      name_after([](auto& e) { e.device.clear(); }),
      name_after([](auto& e) { e.endpoint.host_iface = "ens1f0"; }),
      name_after([](auto& e) { e.kind = base::EventKind::controller_lost; }),
      name_after([&](auto& e) { of_volume(e, "nqn.2014-08.com.example:a"); }),
      name_after([&](auto& e) { of_volume(e, "nqn.2014-08.com.example:b"); }),
  };
  CHECK(names.size() == 7);
  // Another controller has the device's number.
  tree.make_directory("/sys/class/nvme/nvme0");
  CHECK_FALSE(names.contains(name_after([](auto&) {})));
}
