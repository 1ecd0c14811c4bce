#include "base/host_uuid.hpp"

#include "base/nqn.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <sys/random.h>
#include <utility>

namespace nvmf::base {

namespace {

// Boards that left the factory without a UUID: the numbers that their makers' templates have.
constexpr std::array<std::string_view, 8> templates{
    "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
    "00010203-0405-0607-0809-0a0b0c0d0e0f", "03020100-0504-0706-0809-0a0b0c0d0e0f",
    "01020304-0506-0708-090a-0b0c0d0e0f10", "12345678-1234-5678-90ab-cddeefaabbcc",
    "deadbeef-dead-beef-dead-beefdeadbeef",
    "4c4c4544-0000-2010-8020-80c04f202020", // Dell without a service tag
};

bool repeats_one_byte(std::string_view uuid) {
  std::string digits(uuid);
  std::erase(digits, '-');
  for (std::size_t i = 2; i < digits.size(); ++i)
    if (digits[i] != digits[i % 2])
      return false;
  return true;
}

} // namespace

std::string nqn_of_uuid(std::string_view uuid) {
  return std::string(uuid_nqn_prefix) + std::string(uuid);
}

std::optional<std::string> shared_uuid(std::string_view text) {
  std::string const uuid = canonical_uuid(std::string(text));
  if (repeats_one_byte(uuid))
    return "repeats one byte";
  if (std::find(templates.begin(), templates.end(), uuid) != templates.end())
    return "is that of many machines";
  return std::nullopt;
}

std::optional<std::string> host_nqn_doubt(const std::string& host_nqn) {
  if (host_nqn.empty() || host_nqn.starts_with("nqn."))
    return std::nullopt;
  return fmt::format("has host NQN `{}`, which does not begin with `nqn.`{}", host_nqn,
                     is_uuid(host_nqn) ? fmt::format("; `{}` does", nqn_of_uuid(host_nqn)) : "");
}

std::vector<std::string> identity_doubts(const std::string& host_nqn, const std::string& hostid) {
  std::vector<std::string> doubts;
  if (auto doubt = host_nqn_doubt(host_nqn))
    doubts.push_back(std::move(*doubt));
  if (hostid.empty())
    return doubts;
  std::string const id = canonical_uuid(hostid);
  auto const uuid = uuid_of_nqn(host_nqn);
  if (uuid && *uuid != id)
    doubts.push_back(fmt::format("has UUID {} in its host NQN and hostid {}", *uuid, id));
  if (auto const problem = shared_uuid(id))
    doubts.push_back(fmt::format("has hostid {}, which {}", id, *problem));
  return doubts;
}

Result<std::string> random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return errno_failure("random numbers", errno);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string uuid;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    uuid += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  return uuid;
}

} // namespace nvmf::base
