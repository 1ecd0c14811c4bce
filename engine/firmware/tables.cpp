#include "firmware/tables.hpp"

#include "firmware/read_table.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::firmware {

namespace {

constexpr std::string_view tables_directory = "/sys/firmware/acpi/tables";
// EDK2 makes none of more than 100 KiB.
constexpr std::size_t table_limit = 1U << 20U;

template <class T>
const T* with_index(const std::vector<T>& all, std::uint8_t index) {
  auto const found =
      std::find_if(all.begin(), all.end(), [index](const T& each) { return each.index == index; });
  return index == 0 || found == all.end() ? nullptr : &*found;
}

} // namespace

std::string to_string(const MacAddress& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3],
                     mac[4], mac[5]);
}

std::optional<MacAddress> parse_mac(std::string_view text) {
  constexpr std::size_t width = 3; // two digits and a colon
  MacAddress mac{};
  if (text.size() != mac.size() * width - 1)
    return std::nullopt;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const char* const digits = text.data() + i * width;
    auto const [end, error] = std::from_chars(digits, digits + 2, mac[i], 16);
    bool const is_separated = i + 1 == mac.size() || digits[2] == ':';
    if (error != std::errc() || end != digits + 2 || !is_separated)
      return std::nullopt;
  }
  return mac;
}

std::string to_string(const Problem& problem) {
  return fmt::format("byte {}: {}", problem.offset, problem.reason);
}

const Hfi* Table::hfi(std::uint8_t index) const { return with_index(hfis, index); }
const Security* Table::security(std::uint8_t index) const { return with_index(securities, index); }

base::Result<Table> read_table_file(const base::FileSystem& files, const std::string& path) {
  auto const bytes = files.read(path, table_limit);
  if (!bytes)
    return tl::unexpected(bytes.error());
  auto table = read_table(*bytes);
  if (!table)
    return base::with_context(path, table.error());
  table->path = path;
  return table;
}

Tables read_table_files(const base::FileSystem& files, const std::vector<std::string>& paths) {
  Tables tables;
  for (const std::string& path : paths) {
    auto table = read_table_file(files, path);
    if (!table) {
      tables.problems.push_back(table.error().message);
      continue;
    }
    for (const Problem& problem : table->problems)
      tables.problems.push_back(fmt::format("{}: {}", path, to_string(problem)));
    tables.all.push_back(std::move(*table));
  }
  return tables;
}

Tables read_tables(const base::FileSystem& files) {
  auto const names = files.list(std::string(tables_directory));
  if (!names) {
    Tables none;
    if (names.error().code != ENOENT && names.error().code != ENOTDIR)
      none.problems.push_back(names.error().message);
    return none;
  }
  std::vector<std::string> paths;
  for (const std::string& name : *names)
    if (name.starts_with("NBFT"))
      paths.push_back(fmt::format("{}/{}", tables_directory, name));
  return read_table_files(files, paths);
}

} // namespace nvmf::firmware
