#include "importing/config_json.hpp"

#include "base/nqn.hpp"
#include "diag/shown_text.hpp"
#include "importing/raw.hpp"
#include "policy/secret_text.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::importing {

namespace {

using yaml::Entry;
using yaml::Node;

constexpr std::uint16_t wrong_type = 204;

// JSON is YAML but for tabs, which YAML does not take for blanks everywhere.
diag::SourcePtr without_tabs(const diag::SourcePtr& source) {
  diag::Source copy = *source;
  bool quoted = false;
  for (std::size_t at = 0; at < copy.text.size(); ++at) {
    char& c = copy.text[at];
    if (c == '"' && (at == 0 || copy.text[at - 1] != '\\'))
      quoted = !quoted;
    else if (c == '\t' && !quoted)
      c = ' ';
  }
  return std::make_shared<const diag::Source>(std::move(copy));
}

const Node* find(const Node& map, std::string_view key) {
  for (const Entry& entry : map.entries)
    if (entry.key.text == key)
      return &entry.value;
  return nullptr;
}

class JsonReader {
public:
  JsonReader(const yaml::Document& document, SecretNames& secrets, Imported& imported,
             diag::Sink& sink)
      : document_(document), secrets_(secrets), imported_(imported), sink_(sink) {}

  void read() {
    const Node& root = document_.root;
    if (root.is_map())
      note_scalars(root, {"hosts"});
    const Node* hosts = root.is_map() ? find(root, "hosts") : &root;
    if (hosts == nullptr || !hosts->is_list()) {
      sink_.add(wrong_type, "expected a list of hosts", document_.span(root));
      return;
    }
    for (const Node& host : hosts->items)
      read_host(host);
  }

private:
  Origin at(const Node& node) const { return {document_.source->path, node.start.line}; }

  // The scalars of a map, under their usual names; only the lists of `parts` are allowed beside
  // them.
  Raw scalars_of(const Node& map, std::string_view parts) {
    Raw raw;
    for (const Entry& entry : map.entries)
      if (!entry.value.is_scalar() && entry.key.text != parts)
        imported_.note(at(entry.key), fmt::format("`{}` is not carried over: it is a list or a map",
                                                  diag::shown(entry.key.text)));
      else if (entry.value.is_scalar() && !entry.value.is_plain("null"))
        raw.insert_or_assign(usual_name(entry.key.text), RawValue{entry.value.text, at(entry.key)});
    take_out_secrets(raw, imported_.notes);
    return raw;
  }

  void note_scalars(const Node& map, std::initializer_list<std::string_view> known) {
    for (const Entry& entry : map.entries)
      if (std::find(known.begin(), known.end(), entry.key.text) == known.end())
        imported_.note(at(entry.key), fmt::format("`{}` is not carried over: a policy has no "
                                                  "equivalent",
                                                  diag::shown(entry.key.text)));
  }

  // The maps of a list that is the value of `key`.
  const std::vector<Node>& list_of(const Node& map, std::string_view key) {
    static const std::vector<Node> none;
    const Node* list = find(map, key);
    if (list == nullptr)
      return none;
    if (list->is_list())
      return list->items;
    sink_.add(wrong_type, fmt::format("expected a list of {}", key), document_.span(*list));
    return none;
  }

  void read_host(const Node& host) {
    if (!host.is_map()) {
      sink_.add(wrong_type, "expected a host", document_.span(host));
      return;
    }
    note_scalars(host,
                 {"hostnqn", "hostid", "dhchap_key", "persistent_discovery_ctrl", "subsystems"});
    host_ = scalars_of(host, "subsystems");
    identity_ =
        identity_of(host_, settings_of(secrets_of(host_), secrets_, imported_.notes), imported_);
    for (const Node& subsystem : list_of(host, "subsystems"))
      read_subsystem(subsystem);
  }

  void read_subsystem(const Node& subsystem) {
    if (!subsystem.is_map()) {
      sink_.add(wrong_type, "expected a subsystem", document_.span(subsystem));
      return;
    }
    note_scalars(subsystem, {"nqn", "persistent_discovery_ctrl", "ports"});
    const Raw own = scalars_of(subsystem, "ports");
    const std::vector<Node>& ports = list_of(subsystem, "ports");
    if (ports.empty())
      imported_.note(at(subsystem), "a subsystem without `ports` connects nothing");
    for (const Node& port : ports)
      if (port.is_map())
        read_port(own, port);
      else
        sink_.add(wrong_type, "expected a port", document_.span(port));
  }

  void read_port(const Raw& subsystem, const Node& port) {
    Raw raw = scalars_of(port, {});
    note_unknown(raw, imported_.notes);
    raw.insert(subsystem.begin(), subsystem.end());
    if (const auto persistent = host_.find("persistent"); persistent != host_.end())
      raw.insert(*persistent);
    auto connection = connection_of(raw, at(port), imported_.notes);
    if (!connection)
      return;
    connection->connect = settings_of(raw, secrets_, imported_.notes);
    if (connection->subsystem_nqn.empty()) {
      connection->discovered = std::move(connection->connect);
      put_discovery_settings(*connection, imported_.notes);
    }
    connection->identity = identity_;
    imported_.connections.push_back(std::move(*connection));
  }

  const yaml::Document& document_;
  SecretNames& secrets_;
  Imported& imported_;
  diag::Sink& sink_;
  Raw host_;
  std::optional<std::size_t> identity_;
};

} // namespace

void read_config_json(const diag::SourcePtr& source, SecretNames& secrets, Imported& imported,
                      diag::Sink& sink) {
  diag::Sink found;
  if (const auto document = yaml::parse_yaml(without_tabs(source), found))
    JsonReader(*document, secrets, imported, found).read();
  // The file holds secrets, and findings show its lines.
  const auto shown = std::make_shared<const diag::Source>(
      diag::Source{source->path, policy::with_secrets_masked(source->text)});
  for (diag::Finding& finding : found.findings()) {
    for (diag::LabelledSpan& span : finding.spans)
      span.span.source = shown;
    finding.message = policy::with_secrets_masked(std::move(finding.message));
    sink.findings().push_back(std::move(finding));
  }
}

} // namespace nvmf::importing
