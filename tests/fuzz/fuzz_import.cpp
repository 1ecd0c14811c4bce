// A configuration of another tool: whatever it says, the policy made of it loads.
#include "importing/read_files.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace nvmf;
using importing::FileKind;

namespace {

void import_as(FileKind kind, const diag::SourcePtr& source) {
  diag::Sink sink;
  importing::Imported imported = importing::read_files({{.source = source, .kind = kind}}, sink);
  if (sink.has_errors())
    return;
  std::vector<importing::Note> notes;
  std::string const text = importing::policy_of(std::move(imported), notes);
  load::Loaded const loaded = load::load_text("imported.yaml", text);
  if (loaded.policy)
    return;
  std::fputs(text.c_str(), stderr);
  for (const diag::Finding& finding : loaded.findings.findings())
    std::fprintf(stderr, "NVP%03u %s\n", unsigned{finding.code}, finding.message.c_str());
  std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto const source = std::make_shared<const diag::Source>(diag::Source{"fuzzed", std::move(text)});
  auto const kind = importing::kind_of(*source);
  import_as(kind.value_or(FileKind::discovery_conf), source);
  if (!kind || kind == FileKind::stafd || kind == FileKind::stacd) {
    import_as(FileKind::stafd, source); // the two are told apart by their names
    import_as(FileKind::stacd, source);
  }
  return 0;
}
