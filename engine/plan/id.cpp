#include "plan/id.hpp"

#include "base/digest.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

namespace {

constexpr std::size_t id_digits = 16;

std::string address(const std::optional<base::Traddr>& traddr) {
  return traddr ? traddr->to_string() : std::string();
}

} // namespace

std::string endpoint_id(const event::Event& event) {
  bool const is_discovery = event.subject == base::Subject::discovery_controller;
  // One field a line: no value can hold a line feed, so no two endpoints share a text.
  std::string const text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", is_discovery ? "discovery" : event.subsystem_nqn,
                  to_string(event.transport), address(event.traddr),
                  event.trsvcid ? std::to_string(*event.trsvcid) : std::string(),
                  address(event.host_traddr), event.host_iface, event.host_nqn);
  return base::sha256_hex(text).substr(0, id_digits);
}

bool is_id(std::string_view text) {
  return text.size() == id_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

} // namespace nvmf::plan
