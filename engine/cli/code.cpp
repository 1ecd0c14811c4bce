// `nvmf-policy code`: what a finding means.
#include "cli/commands.hpp"
#include "cli/fit_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/catalogue.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

struct CodeRequest {
  std::vector<std::string> codes;
  bool all = false;
};

std::string indented(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0)
      lines += "    ";
    lines += text.substr(0, end);
    lines += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string usual_severity(const diag::CatalogueEntry& entry) {
  std::string text(diag::to_string(entry.severity));
  if (entry.severity == diag::Severity::on_request)
    text += ", only when asked for";
  if (entry.needs_host)
    text += ", only with `check --host`";
  return text;
}

std::string human(const diag::CatalogueEntry& entry) {
  std::string text =
      fmt::format("{} {} ({})\n", diag::code_name(entry.code), entry.slug, usual_severity(entry));
  text += fmt::format("{}\n\n{}\n", wrapped(entry.title, 0), wrapped(entry.why, 0));
  if (!entry.bad.empty())
    text += "\nHas it:\n\n" + indented(entry.bad);
  if (!entry.good.empty())
    text += "\nPut right:\n\n" + indented(entry.good);
  return text;
}

std::string markdown(const diag::CatalogueEntry& entry) {
  std::string text = fmt::format("## {} {}\n\n*{}* {}\n\n{}\n", diag::code_name(entry.code),
                                 entry.slug, usual_severity(entry), entry.title, entry.why);
  if (!entry.bad.empty())
    text += "\nHas it:\n\n" + indented(entry.bad);
  if (!entry.good.empty())
    text += "\nPut right:\n\n" + indented(entry.good);
  return text;
}

Json json(const diag::CatalogueEntry& entry) {
  return {{"code", diag::code_name(entry.code)},
          {"slug", entry.slug},
          {"severity", diag::to_string(entry.severity)},
          {"on-request", entry.severity == diag::Severity::on_request},
          {"needs-host", entry.needs_host},
          {"title", entry.title},
          {"why", entry.why},
          {"bad", entry.bad},
          {"good", entry.good}};
}

// One line for each, where all are asked for.
std::string line(const diag::CatalogueEntry& entry) {
  return fmt::format("{}  {:<8}  {}\n", diag::code_name(entry.code),
                     diag::to_string(entry.severity), entry.slug);
}

void show(const CodeRequest& request, const Globals& globals,
          const std::vector<diag::CatalogueEntry>& entries) {
  Json document{{"format_version", 1}, {"findings", Json::array()}};
  std::string text;
  for (const diag::CatalogueEntry& entry : entries) {
    if (globals.format == "json")
      document["findings"].push_back(json(entry));
    else if (globals.format == "markdown")
      text += (text.empty() ? "" : "\n") + markdown(entry);
    else if (request.all)
      text += line(entry);
    else
      text += (text.empty() ? "" : "\n") + human(entry);
  }
  print(globals.format == "json" ? document.dump(2) + '\n' : text);
}

ExitCode run_code(const CodeRequest& request, const Globals& globals) {
  if (!request.all && request.codes.empty())
    return usage_error("code", UsageError{"`CODE` or `--all` is missing", "for example `NVP203`"});
  std::vector<diag::CatalogueEntry> entries;
  if (request.all)
    entries.assign(diag::catalogue().begin(), diag::catalogue().end());
  for (const std::string& word : request.codes) {
    const auto code = diag::parse_code(word);
    if (!code) {
      complain(fmt::format("unknown finding `{}`", word));
      print_error(fmt::format("  help: {}\n", help_with_code(word)));
      return ExitCode::failed;
    }
    entries.push_back(*diag::find_entry(*code));
  }
  show(request, globals, entries);
  return ExitCode::done;
}

} // namespace

Runner declare_code(Options& options) {
  auto request = std::make_shared<CodeRequest>();
  const auto codes =
      options.arguments("CODE", "the finding, as `NVP203` or `unknown-key`", request->codes);
  Options::exclude_each_other({codes, options.flag("--all", "every finding", request->all)});
  options.formats({"human", "json", "markdown"});
  return [request](const Globals& globals) { return run_code(*request, globals); };
}

} // namespace nvmf::cli
