// Imports texts as files, and says what the policy that comes out would connect.
#pragma once

#include "fabrics/option_string.hpp"
#include "importing/read_files.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>

namespace nvmf::tests {

inline const std::string dhchap = "DHHC-1:00:ia6zGodOr4SEG0Zzaw398rpY0wqipUWj4jWjUh4HWUz6aQ2n:";
inline const std::string host_nqn =
    "nqn.2014-08.org.nvmexpress:uuid:befdec4c-2234-11b2-a85c-ca77c773af36";
inline const std::string as_host =
    ",hostnqn=" + host_nqn + ",hostid=befdec4c-2234-11b2-a85c-ca77c773af36";
inline const std::string discovery = "nqn=nqn.2014-08.org.nvmexpress.discovery,";

struct TextFile {
  std::string path;
  std::string text;
  std::vector<TextFile> drop_ins = {};
};

inline diag::SourcePtr source_of(const TextFile& file) {
  return std::make_shared<const diag::Source>(diag::Source{file.path, file.text});
}

struct Result {
  std::string yaml;
  std::vector<std::string> notes;
  std::shared_ptr<const policy::Policy> policy;
};

// `own`: this host's /etc/nvme.
inline Result import(const std::vector<TextFile>& files, const decide::HostIdentity& own = {}) {
  std::vector<importing::InputFile> input;
  for (const TextFile& file : files) {
    const auto source = source_of(file);
    const auto kind = importing::kind_of(*source);
    REQUIRE(kind);
    input.push_back({.source = source, .kind = *kind, .drop_ins = {}});
    for (const TextFile& drop_in : file.drop_ins)
      input.back().drop_ins.push_back(source_of(drop_in));
  }
  diag::Sink sink;
  auto imported = importing::read_files(input, sink);
  CHECK(sink.findings().empty());
  imported.own_hostnqn = own.hostnqn;
  imported.own_hostid = own.hostid;
  std::vector<importing::Note> notes;
  Result result{.yaml = importing::policy_of(std::move(imported), notes)};
  for (const auto& note : notes)
    result.notes.push_back(note.origin.text() + ": " + note.text);
  result.policy = load::load_text("imported", result.yaml).policy;
  return result;
}

// In one text, so that a failure shows it.
inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + '\n';
  return text;
}

inline decide::Facts facts() {
  return {.identity = decide::HostIdentity{host_nqn, "befdec4c-2234-11b2-a85c-ca77c773af36"}};
}

// A log with one subsystem, as every discovery controller here has it.
inline event::DiscoveryLog one_record() {
  event::LogEntry entry{.trtype = 3,
                        .adrfam = 1,
                        .subtype = event::EntrySubtype::nvm_subsystem,
                        .trsvcid = "4420",
                        .subnqn = "nqn.2014-08.com.example:found",
                        .traddr = "192.0.2.99"};
  return {.genctr = 1, .numrec = 1, .entries = {entry}};
}

// The strings that the policy gives for its targets, and for a log of each discovery controller
// among them.
inline std::vector<std::string> strings_of(const policy::Policy& policy) {
  std::vector<std::string> strings;
  const decide::Facts host = facts();
  for (const event::Event& event : plan::all_events(policy, host)) {
    plan::Run run(policy, host, event);
    run.decide_event();
    if (run.items().front().outcome == decide::Outcome::discover)
      run.decide_log(0, one_record());
    for (const plan::Item& item : run.items())
      strings.push_back(fabrics::redacted_option_string(item).value_or("no string"));
  }
  return strings;
}

} // namespace nvmf::tests
