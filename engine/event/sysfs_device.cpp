#include "event/sysfs_device.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace nvmf::event {

namespace {
constexpr std::size_t attribute_limit = 4096; // sysfs attributes are one page at most
}

bool is_device_name(std::string_view text) {
  constexpr std::string_view prefix = "nvme";
  constexpr std::size_t longest = 16;
  if (!text.starts_with(prefix) || text.size() == prefix.size() || text.size() > longest)
    return false;
  text.remove_prefix(prefix.size());
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

base::Result<std::string> read_device_attribute(const base::FileSystem& files,
                                                const std::string& device,
                                                const std::string& name) {
  auto text =
      files.read(fmt::format("{}/{}/{}", nvme_class_directory, device, name), attribute_limit);
  if (!text)
    return text;
  text->resize(text->find_last_not_of("\n ") + 1);
  if (*text == "none" || *text == "(efault)" || *text == "(null)")
    text->clear();
  return text;
}

std::optional<std::string> device_attribute(const base::FileSystem& files,
                                            const std::string& device, const std::string& name) {
  auto text = read_device_attribute(files, device, name);
  return text ? std::optional(std::move(*text)) : std::nullopt;
}

std::string registry_owner(const base::FileSystem& files, const std::string& device) {
  auto const text =
      files.read(fmt::format("{}/{}/owner", registry_directory, device), attribute_limit);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

} // namespace nvmf::event
