#include "cli/host_line.hpp"

#include "diag/whole_file.hpp"

#include <cstddef>
#include <memory>

namespace nvmf::cli {

diag::Span host_line(const base::FileSystem& files, const std::string& path, std::uint32_t line) {
  constexpr std::size_t longest = std::size_t{1024} * 1024;
  const auto text = files.read(path, longest);
  const auto source = std::make_shared<const diag::Source>(diag::Source{path, text.value_or("")});
  const auto length = static_cast<std::uint32_t>(source->line(line).size());
  if (length == 0)
    return diag::whole_file(path);
  return {.source = source, .start = {line, 1}, .end = {line, length + 1}};
}

} // namespace nvmf::cli
