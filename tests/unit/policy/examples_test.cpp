// The pages of the catalogue and the table of keys, as policies.
#include "base/connect_option.hpp"
#include "diag/catalogue.hpp"
#include "policy/key_table.hpp"
#include "policy/loading.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

// About files, the host, reachability or tests: not to be seen in one text.
bool is_about_one_text(const diag::CatalogueEntry& entry) {
  return !entry.bad.empty() && !entry.needs_host && entry.code / 100 != 7 &&
         entry.code / 100 != 9 && !diag::is_about_reachability(entry.code);
}

bool has(const diag::CatalogueEntry& entry, std::string_view example) {
  bool const says_version = example.starts_with("version:");
  bool const leaves_it_out = entry.code == 201 && !says_version;
  // Where the end of the text matters, nothing is added to it.
  std::string const end = entry.code == 109 ? "" : "\n";
  std::string const begin = says_version || leaves_it_out ? "" : "version: 1\n";
  // A file under /usr, for findings about packages.
  std::string const path =
      entry.code == 507 ? "/usr/lib/nvmf/autoconnect.d/70-a.yaml" : "/etc/nvmf/autoconnect.yaml";
  policy::FindingOptions const all{.on_request = true};
  auto const loaded = load::load_texts({{path, begin + std::string(example) + end}}, all);
  const auto& findings = loaded.findings.findings();
  return std::any_of(findings.begin(), findings.end(),
                     [&](const diag::Finding& finding) { return finding.code == entry.code; });
}

bool loads(const diag::CatalogueEntry& entry) {
  std::string const text(entry.good);
  return load::load_text("p.yaml",
                         (text.starts_with("version:") ? "" : "version: 1\n") + text + "\n")
             .policy != nullptr;
}

} // namespace

TEST_CASE("each page's bad example has the finding, its good example has not") {
  std::size_t count = 0;
  for (const diag::CatalogueEntry& entry : diag::catalogue()) {
    if (!is_about_one_text(entry))
      continue;
    INFO(diag::code_name(entry.code));
    CHECK(has(entry, entry.bad));
    CHECK_FALSE(has(entry, entry.good));
    CHECK(loads(entry));
    ++count;
  }
  CHECK(count > 50);
}

TEST_CASE("examples of reachability are policies that load") {
  for (const diag::CatalogueEntry& entry : diag::catalogue())
    if (diag::is_about_reachability(entry.code)) {
      INFO(diag::code_name(entry.code));
      CHECK(loads(entry));
    }
}
