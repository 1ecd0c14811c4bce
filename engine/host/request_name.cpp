#include "host/request_name.hpp"

#include "base/digest.hpp"
#include "host/controllers.hpp"
#include "host/run_paths.hpp"
#include "plan/id.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

constexpr std::string_view request_suffix = ".json";
constexpr std::string_view command_suffix = ".command.json";
constexpr std::size_t subject_digits = 16;

std::string subject_of(const event::Event& event, std::uint64_t incarnation) {
  std::string const path = plan::path_key(event.subject, {.endpoint = event.endpoint,
                                                          .subsystem_nqn = event.subsystem_nqn,
                                                          .host_nqn = event.host_nqn});
  bool const is_lost = event.kind == base::EventKind::controller_lost;
  return base::sha256_hex(fmt::format("{}\n{}{}\n{}\n{}\n", is_lost ? "lost" : "wanted", path,
                                      event.host_name, event.device, incarnation))
      .substr(0, subject_digits);
}

} // namespace

RequestName request_name(const base::FileSystem& files, const plan::Plan& plan) {
  const std::string& device = plan.event.device;
  std::uint64_t const incarnation = device.empty() ? 0 : incarnation_of(files, device);
  return {.id = plan.id, .subject = subject_of(plan.event, incarnation)};
}

bool is_valid(const RequestName& name) {
  return plan::is_id(name.id) && (name.subject.empty() || plan::is_id(name.subject));
}

std::string file_name(const RequestName& name) {
  return name.subject.empty() ? fmt::format("{}{}", name.id, request_suffix)
                              : fmt::format("{}.{}{}", name.id, name.subject, request_suffix);
}

std::optional<RequestName> parse_request_name(std::string_view file_name) {
  if (!file_name.ends_with(request_suffix))
    return std::nullopt;
  file_name.remove_suffix(request_suffix.size());
  auto const dot = file_name.find('.');
  RequestName name{.id = std::string(file_name.substr(0, dot)), .subject = {}};
  bool const has_subject = dot != std::string_view::npos;
  if (has_subject)
    name.subject = file_name.substr(dot + 1);
  if (!is_valid(name) || has_subject == name.subject.empty())
    return std::nullopt;
  return name;
}

std::string command_path(std::string_view hex) {
  return fmt::format("{}/{}{}", plans_directory, hex, command_suffix);
}

bool is_command_name(std::string_view file_name) {
  return file_name.ends_with(command_suffix) &&
         plan::is_id(file_name.substr(0, file_name.size() - command_suffix.size()));
}

std::set<std::string> ids_of(const std::vector<RequestName>& names) {
  std::set<std::string> ids;
  for (const RequestName& name : names)
    ids.insert(name.id);
  return ids;
}

std::string plan_path(const RequestName& name) {
  return fmt::format("{}/{}", plans_directory, file_name(name));
}

std::string running_path(const RequestName& name) {
  return fmt::format("{}/{}", running_directory, file_name(name));
}

std::string failed_path(const RequestName& name) {
  return fmt::format("{}/{}", failed_directory, file_name(name));
}

} // namespace nvmf::host
