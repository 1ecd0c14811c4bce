#include "load/load.hpp"

#include "analyze/reachability.hpp"
#include "base/local_trouble.hpp"
#include "diag/render.hpp"
#include "diag/whole_file.hpp"
#include "load/check_format.hpp"
#include "load/search.hpp"
#include "load/suppress.hpp"
#include "policy/check_policy.hpp"
#include "policy/decode/decode.hpp"
#include "policy/digest.hpp"
#include "policy/resolve/resolve.hpp"
#include "policy/secret_text.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace nvmf::load {

namespace {

// Takes texts one by one, and makes a policy of them.
class Loader {
public:
  Loader(Loaded& loaded, const policy::FindingOptions& wanted) : loaded_(loaded), wanted_(wanted) {}

  void add_text(FoundFile file, std::string text) {
    auto source = std::make_shared<diag::Source>();
    source->path = file.path;
    source->text = policy::with_secrets_masked(std::move(text));
    loaded_.sources.push_back(source);
    loaded_.found_any = true;
    auto document = yaml::parse_yaml(source, loaded_.findings);
    if (!document) {
      input_.incomplete = true;
      return;
    }
    if (wanted_.on_request)
      check_format(source, loaded_.findings);
    policy::append_content(content_, file.name, document->root);
    take_suppressions(*document);
    policy::Reader reader(source, loaded_.findings);
    input_.files.push_back(policy::decode_file(
        reader, document->root,
        {.path = std::move(file.path), .name = std::move(file.name), .is_main = file.is_main}));
  }

  void add_unreadable(const FoundFile& file, const base::Error& error) {
    std::uint16_t const code = error.code == EFBIG ? 108 : 708;
    loaded_.findings.add(code, fmt::format("cannot be read: {}", base::errno_text(error.code)),
                         diag::whole_file(file.path));
    loaded_.found_any = true;
    input_.incomplete = true;
  }

  void refuse_number(const std::vector<FoundFile>& files) {
    loaded_.findings.add(108,
                         fmt::format("{} policy files, more than {}", files.size(), most_files),
                         diag::whole_file(files.back().path));
    loaded_.found_any = true;
    input_.incomplete = true;
  }

  void finish() {
    if (loaded_.found_any)
      make_policy();
    if (loaded_.findings.has_errors())
      drop_unused_definitions();
    apply_suppressions(loaded_.findings.findings(), loaded_.suppressions);
    if (!loaded_.findings.has_errors())
      report_unused(loaded_.suppressions, LookedFor::text, loaded_.findings);
    else // a text with mistakes is shown, and a secret may be what is wrong with it
      policy::hide_secrets(loaded_.findings.findings());
    diag::sort_by_place(loaded_.findings.findings());
  }

private:
  // The mistake may be where they are used.
  void drop_unused_definitions() {
    constexpr std::uint16_t unused_definition = 306;
    std::erase_if(loaded_.findings.findings(),
                  [](const diag::Finding& one) { return one.code == unused_definition; });
  }

  void take_suppressions(const yaml::Document& document) {
    auto suppressions = read_suppressions(document, loaded_.findings);
    loaded_.suppressions.insert(loaded_.suppressions.end(), suppressions.begin(),
                                suppressions.end());
  }

  void make_policy() {
    policy::Resolved const resolved = policy::resolve(std::move(input_), loaded_.findings);
    const std::shared_ptr<policy::Policy>& policy = resolved.policy;
    policy->digest = policy::digest_of(content_);
    if (policy->digest != wanted_.proven_digest)
      analyze::find_impossible(resolved.is_whole() ? *policy : resolved.whole_matches(),
                               loaded_.findings);
    policy::check_options(*policy, wanted_, loaded_.findings);
    policy::check_target_options(*policy, loaded_.findings);
    policy::check_retries(*policy, wanted_, loaded_.findings);
    if (loaded_.findings.has_errors())
      return;
    loaded_.policy = policy;
  }

  Loaded& loaded_;
  const policy::FindingOptions& wanted_;
  policy::ResolveInput input_;
  std::string content_; // for the digest
};

void mark_not_read(std::vector<ConsideredFile>& files, const std::string& path) {
  for (ConsideredFile& file : files)
    if (file.path == path)
      file.state = FileState::not_read;
}

FoundFile as_found(const std::string& path) {
  std::string const name = drop_in_name(path);
  return {path, name.empty() ? std::string(main_name) : name, name.empty()};
}

} // namespace

Loaded load_policy(const base::FileSystem& files, const SearchOptions& search,
                   const policy::FindingOptions& wanted) {
  Loaded loaded;
  Found found = search_files(files, search, loaded.findings);
  loaded.files = std::move(found.considered);
  loaded.local_trouble = found.local_trouble;
  loaded.found_any = loaded.findings.has_errors();
  Loader loader(loaded, wanted);
  if (found.files.size() > most_files) {
    loader.refuse_number(found.files);
    found.files.clear();
  }
  for (FoundFile& file : found.files) {
    auto text = files.read(file.path, yaml::longest_text);
    if (text) {
      loader.add_text(std::move(file), std::move(*text));
      continue;
    }
    mark_not_read(loaded.files, file.path);
    loaded.local_trouble = loaded.local_trouble || base::is_local_trouble(text.error().code);
    loader.add_unreadable(file, text.error());
  }
  loader.finish();
  return loaded;
}

Loaded load_text(const std::string& path, const std::string& text,
                 const policy::FindingOptions& wanted) {
  Loaded loaded;
  Loader loader(loaded, wanted);
  loaded.files.push_back({path, main_name, FileState::read, ""});
  loader.add_text({path, main_name, true}, text);
  loader.finish();
  return loaded;
}

Loaded load_texts(const std::vector<FileText>& texts, const policy::FindingOptions& wanted) {
  Loaded loaded;
  std::vector<FoundFile> order;
  for (const FileText& each : texts)
    order.push_back(as_found(each.path));
  std::vector<std::size_t> indices(texts.size());
  for (std::size_t i = 0; i < indices.size(); ++i)
    indices[i] = i;
  std::stable_sort(indices.begin(), indices.end(),
                   [&](std::size_t a, std::size_t b) { return order[a].name < order[b].name; });
  Loader loader(loaded, wanted);
  for (std::size_t const i : indices) {
    loaded.files.push_back({texts[i].path, order[i].name, FileState::read, ""});
    loader.add_text(order[i], texts[i].text);
  }
  loader.finish();
  return loaded;
}

} // namespace nvmf::load
