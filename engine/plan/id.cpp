#include "plan/id.hpp"

#include "base/digest.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

namespace {

constexpr std::size_t id_digits = 16;

} // namespace

std::string path_key(base::Subject subject, const Tid& tid) {
  bool const is_discovery = subject == base::Subject::discovery_controller;
  return fmt::format("{}\n{}\n{}\n", is_discovery ? "discovery" : tid.subsystem_nqn,
                     tid.endpoint ? tid.endpoint->key() : std::string(), tid.host_nqn);
}

std::string path_id(base::Subject subject, const Tid& tid) {
  return base::sha256_hex(path_key(subject, tid)).substr(0, id_digits);
}

std::string endpoint_id(const event::Event& event) {
  std::string key = path_key(event.subject, {.endpoint = event.endpoint,
                                             .subsystem_nqn = event.subsystem_nqn,
                                             .host_nqn = event.host_nqn});
  if (!event.host_name.empty())
    key += event.host_name + '\n';
  return base::sha256_hex(key).substr(0, id_digits);
}

bool is_id(std::string_view text) {
  return text.size() == id_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

} // namespace nvmf::plan
