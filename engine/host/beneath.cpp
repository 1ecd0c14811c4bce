#include "host/beneath.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <sstream>

namespace nvmf::host {

namespace {

constexpr std::string_view beneath_directory = "/run/nvmf/beneath";
constexpr std::size_t beneath_limit = 65536;

std::string beneath_path(const std::string& device) {
  return fmt::format("{}/{}", beneath_directory, device);
}

std::string_view class_directory(base::Transport transport) {
  switch (transport) {
  case base::Transport::rdma:
    return "/sys/class/infiniband";
  case base::Transport::fc:
    return "/sys/class/fc_host";
  case base::Transport::tcp:
  case base::Transport::loop:
    return {};
  }
  return {};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

} // namespace

std::vector<Needed> present_beneath(const base::FileSystem& files, base::Transport transport) {
  std::vector<Needed> present;
  auto const directory = class_directory(transport);
  if (directory.empty())
    return present;
  auto const names = files.list(std::string(directory));
  if (!names)
    return present;
  for (const std::string& name : *names) {
    std::string path = fmt::format("{}/{}", directory, name);
    if (auto const status = files.status(path))
      present.push_back({.path = std::move(path), .inode = status->inode});
  }
  return present;
}

bool is_one_gone(const base::FileSystem& files, const std::vector<Needed>& needed) {
  return std::any_of(needed.begin(), needed.end(), [&files](const Needed& one) {
    auto const status = files.status(one.path);
    return !status || status->inode != one.inode;
  });
}

std::string to_text(const Needed& needed) {
  return fmt::format("{} {}", needed.path, needed.inode);
}

std::optional<Needed> parse_needed(std::string_view text) {
  auto const blank = text.rfind(' ');
  auto const inode =
      blank == std::string_view::npos ? std::nullopt : whole_number(text.substr(blank + 1));
  if (!inode || !text.starts_with("/sys/class/"))
    return std::nullopt;
  return Needed{.path = std::string(text.substr(0, blank)), .inode = *inode};
}

void note_beneath(base::FileSystem& files, const std::string& device, std::uint64_t incarnation,
                  base::Transport transport) {
  if (class_directory(transport).empty() || incarnation == 0)
    return;
  std::string text = fmt::format("{}\n", incarnation);
  for (const Needed& one : present_beneath(files, transport))
    text += to_text(one) + "\n";
  if (files.make_directories(std::string(beneath_directory), 0755))
    (void)files.write_atomically(beneath_path(device), text, 0644);
}

std::optional<std::vector<Needed>>
noted_beneath(const base::FileSystem& files, const std::string& device, std::uint64_t incarnation) {
  auto const text = files.read(beneath_path(device), beneath_limit);
  if (!text)
    return std::nullopt;
  std::istringstream lines(*text);
  std::string line;
  if (!std::getline(lines, line) || whole_number(line) != incarnation)
    return std::nullopt;
  std::vector<Needed> noted;
  while (std::getline(lines, line)) {
    auto needed = parse_needed(line);
    if (!needed)
      return std::nullopt;
    noted.push_back(std::move(*needed));
  }
  return noted;
}

void forget_beneath(base::FileSystem& files, const std::string& device) {
  (void)files.remove(beneath_path(device));
}

} // namespace nvmf::host
