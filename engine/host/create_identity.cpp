#include "host/create_identity.hpp"

#include "base/host_uuid.hpp"
#include "base/nqn.hpp"
#include "host/identity.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>

namespace nvmf::host {

namespace {

constexpr mode_t file_mode = 0644;
constexpr mode_t directory_mode = 0755;
constexpr std::size_t uuid_file_limit = 4096;

struct FoundUuid {
  std::string uuid;
  std::string from;
};

// The file itself: a link that leads nowhere is there.
base::Result<bool> is_there(const base::FileSystem& files, const std::string& path) {
  auto const status = files.status_of_link(path);
  if (!status && status.error().code != ENOENT)
    return tl::unexpected(status.error());
  return status.has_value();
}

base::Result<FoundUuid> random(std::string_view why) {
  auto uuid = base::random_uuid();
  if (!uuid)
    return tl::unexpected(uuid.error());
  return FoundUuid{std::move(*uuid), fmt::format("random numbers: {}", why)};
}

base::Result<FoundUuid> machine_or_random(const base::FileSystem& files) {
  auto const text = files.read(product_uuid_path, uuid_file_limit);
  if (!text && text.error().code != ENOENT)
    return tl::unexpected(text.error());
  std::string const uuid = base::canonical_uuid(first_line_of(files, product_uuid_path));
  if (!base::is_uuid(uuid))
    return random("this machine has no product UUID");
  if (auto const problem = base::shared_uuid(uuid))
    return random(fmt::format("the product UUID {} {}", uuid, *problem));
  return FoundUuid{uuid, "the product UUID of this machine"};
}

bool is_usable_nqn(const std::string& nqn) {
  auto const uuid = base::uuid_of_nqn(nqn);
  return !base::nqn_problem(nqn) && !(uuid && base::is_placeholder_uuid(*uuid));
}

bool is_usable_id(const std::string& hostid) {
  return base::is_uuid(hostid) && !base::is_placeholder_uuid(hostid);
}

// The UUID for the file that is missing: never another one than the file that is there has.
base::Result<FoundUuid> uuid_for(const base::FileSystem& files, const decide::HostIdentity& found) {
  if (auto uuid = base::uuid_of_nqn(found.hostnqn))
    return FoundUuid{std::move(*uuid), hostnqn_path};
  if (!found.hostid.empty())
    return FoundUuid{base::canonical_uuid(found.hostid), hostid_path};
  return machine_or_random(files);
}

} // namespace

base::Result<CreatedIdentity> create_identity(base::RealFileSystem& files) {
  auto const has_nqn = is_there(files, hostnqn_path);
  auto const has_id = is_there(files, hostid_path);
  if (!has_nqn || !has_id)
    return tl::unexpected(has_nqn ? has_id.error() : has_nqn.error());
  decide::HostIdentity const present = read_host_identity(files);
  if (*has_nqn && *has_id)
    return CreatedIdentity{};
  if (*has_nqn && !is_usable_nqn(present.hostnqn))
    return CreatedIdentity{.hindered_by = hostnqn_path};
  if (*has_id && !is_usable_id(present.hostid))
    return CreatedIdentity{.hindered_by = hostid_path};
  auto const found = uuid_for(files, present);
  if (!found)
    return tl::unexpected(found.error());
  if (auto const made = files.make_directories("/etc/nvme", directory_mode); !made)
    return tl::unexpected(made.error());
  CreatedIdentity created{.uuid_from = found->from};
  if (!*has_nqn) {
    auto const written =
        files.create_whole(hostnqn_path, base::nqn_of_uuid(found->uuid) + '\n', file_mode);
    if (!written)
      return tl::unexpected(written.error());
    if (!*written)
      return create_identity(files); // it appeared meanwhile, with a UUID of its own
    created.paths.emplace_back(hostnqn_path);
  }
  if (!*has_id) {
    auto const written = files.create_whole(hostid_path, found->uuid + '\n', file_mode);
    if (!written)
      return tl::unexpected(written.error());
    if (*written)
      created.paths.emplace_back(hostid_path);
  }
  return created;
}

} // namespace nvmf::host
