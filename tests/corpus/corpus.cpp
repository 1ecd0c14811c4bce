// Every policy of the corpus against its findings.
#include "diag/catalogue.hpp"
#include "diag/render.hpp"
#include "load/fix.hpp"
#include "load/load.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace nvmf;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A case is a file or, for several files, a directory that serves as the root.
std::vector<fs::path> cases(const char* folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(NVMF_CORPUS_DIR) / folder))
    if (entry.is_directory() || entry.path().extension() == ".yaml")
      found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

// `203` for `203-in-match.yaml` and `multi-203-boot-in-drop-in`; 0 for a name without a code.
std::uint16_t code_of(const fs::path& path) {
  std::string name = path.stem().string();
  if (name.starts_with("multi-"))
    name.erase(0, 6);
  return diag::parse_code(name.substr(0, 3)).value_or(0);
}

policy::FindingOptions wanted_by(const fs::path& path) {
  const diag::CatalogueEntry* entry = diag::find_entry(code_of(path));
  return {.on_request = entry != nullptr && entry->severity == diag::Severity::on_request};
}

load::Loaded load_case(const fs::path& path) {
  if (fs::is_directory(path))
    return load::load_policy(base::RealFileSystem(path.string()), {}, wanted_by(path));
  return load::load_text(path.filename().string(), content(path), wanted_by(path));
}

std::string findings_of(const load::Loaded& loaded) {
  return diag::render_short(loaded.findings.findings());
}

// Findings that loading makes: not those that need the host, reachability analysis or a test file.
bool is_made_by_loading(const diag::CatalogueEntry& entry) {
  bool const about_tests = entry.code / 100 == 9;
  bool const has_no_case_yet = entry.code == 213; // no key was ever renamed
  return !entry.needs_host && !diag::is_about_reachability(entry.code) && !about_tests &&
         !has_no_case_yet;
}

} // namespace

TEST_CASE("bad policies have exactly their findings") {
  std::size_t count = 0;
  for (const fs::path& path : cases("bad")) {
    INFO(path.stem().string());
    std::string const expected = content(fs::path(path).replace_extension(".expected"));
    load::Loaded const loaded = load_case(path);
    CHECK(findings_of(loaded) == expected);
    CHECK_FALSE(expected.empty());
    CHECK(loaded.broken() == loaded.findings.has_errors());
    ++count;
  }
  CHECK(count >= 150);
}

TEST_CASE("good policies have no finding") {
  std::size_t count = 0;
  for (const fs::path& path : cases("good")) {
    INFO(path.stem().string());
    load::Loaded const loaded = load_case(path);
    CHECK(findings_of(loaded) == "");
    REQUIRE(loaded.policy != nullptr);
    ++count;
  }
  CHECK(count >= 60);
}

TEST_CASE("the installed policy has no finding") {
  fs::path const path = fs::path(NVMF_CORPUS_DIR) / "../../policies/autoconnect.yaml";
  CHECK(findings_of(load::load_text("autoconnect.yaml", content(path), {.on_request = false})) ==
        "");
}

TEST_CASE("each code has a bad case and a near miss") {
  std::vector<std::uint16_t> bad;
  std::vector<std::uint16_t> good;
  for (const fs::path& path : cases("bad")) {
    std::uint16_t const code = code_of(path);
    std::string const tag = "[" + diag::code_name(code) + "]";
    INFO(path.stem().string());
    if (code != 0)
      CHECK(content(fs::path(path).replace_extension(".expected")).find(tag) != std::string::npos);
    bad.push_back(code);
  }
  for (const fs::path& path : cases("good"))
    good.push_back(code_of(path));
  for (const diag::CatalogueEntry& entry : diag::catalogue()) {
    if (!is_made_by_loading(entry))
      continue;
    INFO(diag::code_name(entry.code), " ", std::string(entry.slug));
    CHECK(std::count(bad.begin(), bad.end(), entry.code) > 0);
    CHECK(std::count(good.begin(), good.end(), entry.code) > 0);
  }
}

TEST_CASE("no bad policy shows a secret in any form") {
  for (const fs::path& path : cases("bad")) {
    if (code_of(path) != 501)
      continue;
    INFO(path.stem().string());
    load::Loaded const loaded = load_case(path);
    const auto& findings = loaded.findings.findings();
    std::string const all = diag::render_human(findings) + diag::render_json(findings) +
                            diag::render_sarif(findings) + diag::render_short(findings);
    for (const char* secret : {"ia6zGodOr4SEG0", "hunter2", "VRLbtnN9AQb2"})
      CHECK(all.find(secret) == std::string::npos);
  }
}

namespace {

std::vector<load::FileText> texts_of(const fs::path& path) {
  return {{path.filename().string(), content(path)}};
}

// Findings by the family of their codes, errors before warnings; what is hidden by another counts
// as worse than anything that it hides.
std::vector<std::size_t> errors_by_family(const load::Loaded& loaded) {
  std::vector<std::size_t> errors(11);
  for (const diag::Finding& finding : loaded.findings.findings())
    ++errors[finding.severity == diag::Severity::error ? finding.code / 100 : 10];
  return errors;
}

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("a fixed policy is better, and keeps its lines and its comments") {
  auto const all = [](const diag::Finding&) { return true; };
  std::size_t fixed_count = 0;
  std::size_t clean_count = 0;
  for (const fs::path& path : cases("bad")) {
    if (fs::is_directory(path))
      continue;
    INFO(path.stem().string());
    std::vector<load::FileText> const before = texts_of(path);
    load::Fixed const fixed = load::fix_texts(before, all);
    bool const changed = fixed.texts[0].text != before[0].text;
    CHECK(changed == (fixed.replaced > 0));
    load::Loaded const was = load::load_texts(before);
    load::Loaded const is = load::load_texts(fixed.texts);
    bool const text_was_wrong = errors_by_family(was)[1] > 0;
    if (changed && !text_was_wrong)
      CHECK(errors_by_family(is) < errors_by_family(was));
    if (!was.findings.has_errors())
      CHECK_FALSE(is.findings.has_errors());
    CHECK(line_count(fixed.texts[0].text) == line_count(before[0].text));
    CHECK(load::fix_texts(fixed.texts, all).replaced == 0);
    fixed_count += changed ? 1 : 0;
    clean_count += changed && is.policy ? 1 : 0;
  }
  CHECK(fixed_count >= 60);
  CHECK(clean_count >= 40);
}

TEST_CASE("a good policy is not changed") {
  for (const fs::path& path : cases("good")) {
    if (fs::is_directory(path))
      continue;
    INFO(path.stem().string());
    CHECK(load::fix_texts(texts_of(path), [](const diag::Finding&) { return true; }).replaced == 0);
  }
}
