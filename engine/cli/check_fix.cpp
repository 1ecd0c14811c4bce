#include "cli/check_fix.hpp"

#include "policy/secret_text.hpp"
#include "yaml/yaml.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace nvmf::cli {

namespace {

std::string masked(const std::string& text) {
  return policy::with_secret_values_masked(policy::with_secrets_masked(text)).text;
}

base::Result<void> can_be_replaced(const base::FileSystem& files, const std::string& path) {
  const auto status = files.status_of_link(path);
  if (!status)
    return tl::unexpected(status.error());
  if (status->type != base::FileType::regular)
    return base::failure(fmt::format("{} is a link: fix the file that it leads to", path), ELOOP);
  if (status->owner != ::geteuid())
    return base::failure(
        fmt::format("{} belongs to uid {}, and would become yours", path, status->owner), EPERM);
  return {};
}

template <class Each>
base::Result<void> for_each_changed(const FixedFiles& fixed, Each each) {
  for (std::size_t i = 0; i < fixed.before.size(); ++i)
    if (fixed.before[i].text != fixed.after.texts[i].text)
      if (auto done = each(fixed.before[i], fixed.after.texts[i]); !done)
        return done;
  return {};
}

} // namespace

base::Result<FixedFiles> fix_loaded(const base::FileSystem& files, const load::Loaded& loaded,
                                    const load::WantsFix& wants) {
  FixedFiles fixed;
  for (const load::ConsideredFile& file : loaded.files) {
    if (file.state != load::FileState::read)
      continue;
    auto text = files.read(file.path, yaml::longest_text);
    if (!text)
      return tl::unexpected(text.error());
    fixed.before.push_back({file.path, std::move(*text)});
  }
  fixed.after = load::fix_texts(fixed.before, wants);
  return fixed;
}

std::string differences_of(const FixedFiles& fixed) {
  std::string all;
  const auto added =
      for_each_changed(fixed, [&](const load::FileText& before, const load::FileText& after) {
        all += load::difference_of(before.path, masked(before.text), masked(after.text));
        return base::Result<void>();
      });
  static_cast<void>(added); // nothing in it fails
  return all;
}

base::Result<void> write_fixed(base::FileSystem& files, const FixedFiles& fixed) {
  const auto allowed =
      for_each_changed(fixed, [&](const load::FileText& before, const load::FileText&) {
        return can_be_replaced(files, before.path);
      });
  if (!allowed)
    return allowed;
  return for_each_changed(
      fixed, [&](const load::FileText& before, const load::FileText& after) -> base::Result<void> {
        const auto status = files.status(before.path);
        if (!status)
          return tl::unexpected(status.error());
        return files.write_atomically(before.path, after.text, status->mode);
      });
}

} // namespace nvmf::cli
