#include "host/gather.hpp"

#include "firmware/tables.hpp"
#include "host/controllers.hpp"
#include "host/exclusions.hpp"
#include "host/fc_ports.hpp"
#include "host/identity.hpp"
#include "host/interfaces.hpp"
#include "host/names.hpp"
#include "host/secrets.hpp"

#include <sys/utsname.h>
#include <unistd.h>
#include <utility>

namespace nvmf::host {

namespace {

void take_running_kernel(decide::Facts& facts) {
  utsname name{};
  if (::uname(&name) == 0)
    facts.hostname = name.nodename;
  if (long const online = ::sysconf(_SC_NPROCESSORS_ONLN); online > 0)
    facts.cpus = static_cast<unsigned>(online);
  if (auto interfaces = read_interfaces())
    facts.interfaces = std::move(*interfaces);
}

// In an initramfs whose kernel's command line says so (packaging/dracut, `rd.nvmf.nonbft`).
constexpr const char* ignore_tables_flag = "/run/nvmf/ignore-nbft";

void take_tables(const base::FileSystem& files, decide::Facts& facts) {
  if (files.exists(ignore_tables_flag))
    return;
  firmware::Tables tables = firmware::read_tables(files);
  facts.nbft = std::move(tables.all);
  facts.nbft_problems = std::move(tables.problems);
}

// Unknown where it cannot be looked at.
std::optional<std::vector<decide::Controller>> controllers_named(const base::FileSystem& files,
                                                                 const std::string& device) {
  auto controller = look_at_controller(files, device);
  if (!controller)
    return std::nullopt;
  std::vector<decide::Controller> all;
  if (*controller)
    all.push_back(std::move(**controller));
  return all;
}

} // namespace

decide::Facts gather(const base::FileSystem& files, const GatherRequest& request) {
  decide::Facts facts;
  if (request.network == GatherRequest::Network::this_host)
    take_running_kernel(facts);
  else if (auto name = first_line_of(files, "/etc/hostname"); !name.empty())
    facts.hostname = std::move(name);
  facts.identity = read_host_identity(files);
  take_tables(files, facts);
  facts.fc_ports = read_fc_ports(files);
  facts.controllers = request.only_controller ? controllers_named(files, *request.only_controller)
                                              : read_controllers(files);
  Exclusions exclusions = read_exclusions(files);
  facts.exclusions = std::move(exclusions.all);
  facts.exclusions_problem = std::move(exclusions.problem);
  facts.kernel_options = request.kernel_options;
  if (request.policy) {
    facts.files = read_identity_files(files, *request.policy);
    if (request.policy->has_host_names())
      facts.names = read_names(files);
    facts.unavailable_secrets =
        unavailable_secrets(files, request.credentials_directory, *request.policy);
  }
  return facts;
}

} // namespace nvmf::host
