#include "policy/nqn_form.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "policy/read_values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <vector>

namespace nvmf::policy {

namespace {

bool is_literal(std::string_view glob) {
  return glob.find_first_of("*?") == std::string_view::npos;
}

// Why no NQN can match the glob.
std::optional<std::string> glob_problem(std::string_view glob) {
  if (is_literal(glob))
    return base::nqn_problem(glob);
  if (!base::is_option_text(glob))
    return "contains a comma, blank, control or non-ASCII character";
  auto const stars = std::count(glob.begin(), glob.end(), '*');
  if (glob.size() - static_cast<std::size_t>(stars) > base::nqn_max_length)
    return fmt::format("is longer than {} bytes", base::nqn_max_length);
  return std::nullopt;
}

bool can_begin_usually(std::string_view glob) {
  for (char const expected : std::string_view("nqn.")) {
    if (glob.starts_with('*'))
      return true;
    if (glob.empty() || (glob.front() != '?' && glob.front() != expected))
      return false;
    glob.remove_prefix(1);
  }
  return true;
}

std::string anywhere(std::string_view glob) {
  return fmt::format("{}{}{}", glob.starts_with('*') ? "" : "*", glob,
                     glob.ends_with('*') ? "" : "*");
}

bool has_pair(std::string_view text, char open, char close) {
  auto const at = text.find(open);
  return at != std::string_view::npos && text.find(close, at) != std::string_view::npos;
}

bool reads_like_regular_expression(std::string_view text) {
  return text.starts_with('^') || text.ends_with('$') || text.find('|') != std::string_view::npos ||
         has_pair(text, '[', ']') || has_pair(text, '(', ')');
}

void report_other_beginning(Reader& reader, const yaml::Node& node, std::string help) {
  if (can_begin_usually(node.text))
    return;
  reader.report(216, fmt::format("`{}` cannot begin with `nqn.`, as NQNs do", node.text), node)
      .help = node.text.starts_with("iqn.") ? "that is an iSCSI name; write the NQN" : help;
}

// `nqn.a,nqn.b`, and `-"nqn.a" -"nqn.b"` for a list in lines; empty for anything else.
std::string list_of_nqns_help(std::string_view text) {
  std::vector<std::string> parts;
  bool const has_dashes = text.starts_with('-');
  while (!text.empty()) {
    std::size_t const end = std::min(text.find_first_of(",;| "), text.size());
    std::string part(text.substr(0, end));
    std::erase(part, '"');
    if (has_dashes && part.starts_with('-'))
      part.erase(0, 1);
    if (!part.empty())
      parts.push_back(fmt::format("\"{}\"", part));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  bool const is_list =
      parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
        return part.starts_with("\"nqn.");
      });
  return is_list ? fmt::format("write a list: `[{}]`", fmt::join(parts, ", ")) : std::string();
}

} // namespace

bool report_regular_expression(Reader& reader, const yaml::Node& node) {
  if (node.text.starts_with('!')) {
    reader.report(216, fmt::format("`{}` reads like a negation", node.text), node).help =
        fmt::format("globs are compared letter by letter; to except it, write `{}` below `not`",
                    node.text.substr(1));
    return true;
  }
  if (!reads_like_regular_expression(node.text))
    return false;
  reader.report(216, fmt::format("`{}` reads like a regular expression", node.text), node).help =
      "it is compared letter by letter: only `*` and `?` are wildcards, and both ends are "
      "anchored; "
      "write a list of globs";
  return true;
}

void report_unusual_nqn(Reader& reader, const yaml::Node& node) {
  if (!report_regular_expression(reader, node))
    report_other_beginning(reader, node, "nothing is wrong if that is its name");
}

std::optional<base::Glob> read_nqn_glob(Reader& reader, const yaml::Node& node, const Key& key) {
  auto const text = read_text(reader, node, key);
  if (!text)
    return std::nullopt;
  if (auto const problem = glob_problem(*text)) {
    reader.report(208, fmt::format("`{}` is not a valid NQN: it {}", *text, *problem), node).help =
        list_of_nqns_help(*text);
    return std::nullopt;
  }
  if (!report_regular_expression(reader, node))
    report_other_beginning(
        reader, node,
        fmt::format("globs are anchored at both ends: `{}` matches it anywhere", anywhere(*text)));
  return base::Glob(*text);
}

} // namespace nvmf::policy
