// The top level of a file.
#include "policy/decode/decode.hpp"
#include "policy/nqn_form.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

const Key& top_key(std::string_view name) { return *find_key(Section::top, name); }

// `{NAME: {…}, …}`, as other tools write their lists, and not one element without a list.
bool is_map_of_names(const yaml::Node& node, Section section) {
  return node.is_map() && !node.entries.empty() &&
         std::all_of(node.entries.begin(), node.entries.end(), [&](const yaml::Entry& entry) {
           return entry.value.is_map() && find_key(section, entry.key.text) == nullptr;
         });
}

class FileDecoder {
public:
  FileDecoder(Reader& reader, const MapView& map, DecodedFile& out)
      : reader_(reader), map_(map), out_(out) {}

  void run() {
    read_version();
    read_identities();
    read_defaults();
    read_sets();
    read_profiles();
    read_list("targets", Section::target, [&](const yaml::Node& node, const Key& key) {
      out_.targets.push_back(decode_target(reader_, node, key));
    });
    read_list("deny", Section::guard, [&](const yaml::Node& node, const Key& key) {
      out_.guards.push_back(decode_guard(reader_, node, key));
    });
    read_list("rules", Section::rule, [&](const yaml::Node& node, const Key& key) {
      out_.rules.push_back(decode_rule(reader_, node, key));
    });
    if (const yaml::Node* node = map_.find("disable-rules"))
      out_.disabled = read_name_uses(reader_, *node, top_key("disable-rules"));
    read_boot();
    read_firmware();
    read_limits();
  }

private:
  void read_version() {
    const yaml::Node* node = map_.find("version");
    if (node == nullptr) {
      if (!map_.is_meant("version"))
        reader_.report(201, "`version` is missing", map_.node()).help =
            "begin the file with `version: 1`";
      return;
    }
    if (node->is_plain("1"))
      return;
    if (node->is_scalar() && yaml::scalar_type(*node) == yaml::ScalarType::integer)
      reader_.report(202, fmt::format("unknown version {} of the language", node->text), *node)
          .help = "this program reads version 1";
    else
      report_mismatch(reader_, *node, top_key("version"));
  }

  // The map under a name, each of whose entries is a thing with a name.
  template <class Each>
  void read_named(std::string_view name, Each each) {
    const yaml::Node* node = map_.find(name);
    if (node == nullptr)
      return;
    if (!node->is_map()) {
      report_mismatch(reader_, *node, top_key(name));
      return;
    }
    for (const yaml::Entry& entry : node->entries)
      each(entry, top_key(name));
  }

  template <class Each>
  void read_list(std::string_view name, Section section, Each each) {
    const yaml::Node* node = map_.find(name);
    if (node == nullptr)
      return;
    const Key& key = top_key(name);
    if (!node->is_list()) {
      // A scalar in place of a list is a list of one; so is a map.
      if (is_map_of_names(*node, section))
        reader_.report(204, fmt::format("`{}` takes a list, not a map of names", name), *node)
            .help = fmt::format("write a list: `- name: {}`, and the other keys below it",
                                node->entries.front().key.text);
      else if (node->is_map())
        each(*node, key);
      else
        report_mismatch(reader_, *node, key);
      return;
    }
    for_each_value(reader_, *node, key, [&](const yaml::Node& item) { each(item, key); });
  }

  void read_identities() {
    read_named("identities", [&](const yaml::Entry& entry, const Key& key) {
      if (auto identity = decode_identity(reader_, entry, key))
        out_.identities.push_back(std::move(*identity));
    });
  }

  void read_sets() {
    read_named("sets", [&](const yaml::Entry& entry, const Key& key) {
      if (auto set = decode_set(reader_, entry, key))
        out_.sets.push_back(std::move(set));
    });
  }

  void read_profiles() {
    read_named("profiles", [&](const yaml::Entry& entry, const Key& key) {
      auto const name = read_definition_name(reader_, entry.key, key);
      if (!name)
        return;
      auto profile = std::make_shared<Profile>();
      profile->name = name->name;
      profile->span = name->span;
      profile->connect = decode_options(reader_, entry.value, key);
      out_.profiles.push_back(std::move(profile));
    });
  }

  void read_defaults() {
    const yaml::Node* node = map_.find("defaults");
    if (node == nullptr)
      return;
    MapView const defaults(reader_, *node, top_key("defaults"), Section::defaults);
    auto const key = [](std::string_view name) -> const Key& {
      return *find_key(Section::defaults, name);
    };
    if (const yaml::Node* connect = defaults.find("connect"))
      out_.file.connect_defaults = decode_options(reader_, *connect, key("connect"));
    if (const yaml::Node* discover = defaults.find("discover"))
      out_.file.discover_defaults = decode_options(reader_, *discover, key("discover"));
    if (const yaml::Node* retry = defaults.find("retry"))
      out_.file.retry_defaults = decode_retry(reader_, *retry, key("retry"));
  }

  void read_boot() {
    const yaml::Node* node = map_.find("boot");
    if (node == nullptr)
      return;
    if (!out_.file.is_main)
      reader_.report(203, "`boot` belongs in the main file only", map_.key("boot")).help =
          "move it to /etc/nvmf/autoconnect.yaml";
    MapView const boot(reader_, *node, top_key("boot"), Section::boot);
    auto const key = [](std::string_view name) -> const Key& {
      return *find_key(Section::boot, name);
    };
    BootWait wait;
    if (const yaml::Node* globs = boot.find("wait-for"))
      for_each_value(reader_, *globs, key("wait-for"), [&](const yaml::Node& each) {
        if (auto glob = read_nqn_glob(reader_, each, key("wait-for")))
          wait.wait_for.push_back({std::move(*glob), reader_.span(each)});
      });
    if (const yaml::Node* paths = boot.find("paths"))
      wait.paths =
          static_cast<std::uint32_t>(read_count(reader_, *paths, key("paths")).value_or(1));
    if (const yaml::Node* timeout = boot.find("timeout"))
      wait.timeout = read_duration(reader_, *timeout, key("timeout")).value_or(wait.timeout);
    out_.boot = std::move(wait);
  }

  void read_firmware() {
    const yaml::Node* node = map_.find("firmware");
    if (node == nullptr)
      return;
    if (!out_.file.is_main)
      reader_.report(203, "`firmware` belongs in the main file only", map_.key("firmware")).help =
          "move it to /etc/nvmf/autoconnect.yaml";
    MapView const firmware(reader_, *node, top_key("firmware"), Section::firmware);
    if (const yaml::Node* nbft = firmware.find("nbft"))
      if (auto const word = read_word(reader_, *nbft, *find_key(Section::firmware, "nbft")))
        out_.nbft = *word == 0 ? NbftUse::use : NbftUse::ignore;
  }

  void read_limits() {
    const yaml::Node* node = map_.find("limits");
    if (node == nullptr)
      return;
    MapView const limits(reader_, *node, top_key("limits"), Section::limits);
    read_cap(limits, "referral-depth", out_.limits.referral_depth);
    read_cap(limits, "log-entries", out_.limits.log_entries);
    read_cap(limits, "probes-in-flight", out_.limits.probes_in_flight);
    if (const yaml::Node* timeout = limits.find("probe-timeout"))
      if (auto const value =
              read_duration(reader_, *timeout, *find_key(Section::limits, "probe-timeout")))
        out_.limits.probe_timeout = {{*value, reader_.span(*timeout)}};
  }

  void read_cap(const MapView& limits, std::string_view name,
                std::optional<Placed<std::uint32_t>>& cap) {
    const yaml::Node* node = limits.find(name);
    if (node == nullptr)
      return;
    if (auto const value = read_count(reader_, *node, *find_key(Section::limits, name)))
      cap = {{static_cast<std::uint32_t>(*value), reader_.span(*node)}};
  }

  Reader& reader_;
  const MapView& map_;
  DecodedFile& out_;
};

} // namespace

DecodedFile decode_file(Reader& reader, const yaml::Node& root, File file) {
  static constexpr Key whole{.section = Section::top, .name = "a policy", .type = ValueType::map};
  DecodedFile out;
  out.file = std::move(file);
  if (root.is_absent()) {
    reader.report(201, "`version` is missing: the file is empty", root).help =
        "begin the file with `version: 1`";
    return out;
  }
  if (!root.is_map()) {
    reader.report(204, fmt::format("a policy is a map, not {}", described(root)), root).help =
        "begin the file with `version: 1`";
    return out;
  }
  FileDecoder(reader, MapView(reader, root, whole, Section::top), out).run();
  return out;
}

} // namespace nvmf::policy
