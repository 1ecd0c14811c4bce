// Names: what is defined where, and what clashes.
#include "policy/resolve/resolver.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

diag::Finding& report_again(diag::Sink& sink, diag::Severity severity, std::string message,
                            const diag::Span& again, const diag::Span& first) {
  diag::Finding& finding = sink.add(severity, 304, std::move(message), again);
  finding.spans.push_back({first, "first here", false});
  return finding;
}

// Own definitions, over those of the main file.
template <class T, class Member>
std::vector<Visible<T>> visible(Resolver& resolver, Member member, std::string_view what) {
  std::vector<Visible<T>> all(resolver.files.size());
  const Policy& policy = resolver.policy;
  for (std::size_t i = 0; i < resolver.files.size(); ++i) {
    for (const auto& definition : resolver.files[i].*member) {
      definition->file = i;
      all[i].emplace(definition->name, definition);
    }
  }
  for (std::size_t i = 0; policy.main_file && i < all.size(); ++i)
    for (const auto& [name, definition] : all[*policy.main_file]) {
      auto const [own, added] = all[i].emplace(name, definition);
      if (!added && own->second != definition)
        report_again(resolver.sink, diag::Severity::warning,
                     fmt::format("{} `{}` hides the one of the main file", what, name),
                     own->second->span, definition->span)
            .help = "give it another name, unless that is meant";
    }
  return all;
}

// Unique in its file, and better over all.
class RuleNames {
public:
  RuleNames(diag::Sink& sink, std::string_view what) : sink_(sink), what_(what) {}

  void add(const std::string& name, const diag::Span& span, std::size_t file) {
    if (name.empty())
      return;
    auto const [at, added] = seen_.emplace(name, std::vector<Seen>{});
    for (const Seen& other : at->second)
      if (other.file == file) {
        report_again(sink_, diag::Severity::error,
                     fmt::format("duplicate {} `{}` in this file", what_, name), span, other.span);
        return;
      }
    if (!at->second.empty())
      report_again(sink_, diag::Severity::warning,
                   fmt::format("{} `{}` is in more than one file", what_, name), span,
                   at->second.front().span)
          .help = "it must be named in full, FILE/NAME; give it another name to avoid that";
    at->second.push_back({file, span});
  }

private:
  struct Seen {
    std::size_t file;
    diag::Span span;
  };
  diag::Sink& sink_;
  std::string_view what_;
  std::unordered_map<std::string, std::vector<Seen>> seen_;
};

void collect_rule(Resolver& resolver, Rule& rule, std::size_t file, std::size_t index) {
  rule.file = file;
  rule.full_name = fmt::format("{}/{}", resolver.files[file].file.name, rule.name);
  if (rule.name.empty())
    return;
  resolver.rule_names.emplace(rule.full_name, Resolver::RuleName{file, index});
  auto const [at, added] = resolver.rule_names.emplace(rule.name, Resolver::RuleName{file, index});
  if (!added)
    at->second.ambiguous = at->second.file != file || at->second.ambiguous;
}

// 317: names that `source` and `identity` give to things outside the policy.
void check_reserved(Resolver& resolver, std::string_view what, const std::string& name,
                    const diag::Span& span) {
  if (is_reserved(name))
    resolver.sink
        .add(317, fmt::format("a {} cannot be called `{}`: the name is reserved", what, name), span)
        .help = name == "default" ? "`default` is the host's own identity"
                                  : fmt::format("`source: {}` means something else", name);
}

} // namespace

bool is_reserved(std::string_view name) {
  return name == "nbft" || name == "zeroconf" || name == "default";
}

void collect_names(Resolver& resolver) {
  resolver.sets = visible<Set>(resolver, &DecodedFile::sets, "set");
  resolver.profiles = visible<Profile>(resolver, &DecodedFile::profiles, "profile");
  RuleNames rules(resolver.sink, "rule");
  RuleNames guards(resolver.sink, "guard");
  for (std::size_t i = 0; i < resolver.files.size(); ++i) {
    DecodedFile& file = resolver.files[i];
    for (std::size_t j = 0; j < file.rules.size(); ++j) {
      collect_rule(resolver, file.rules[j].rule, i, j);
      rules.add(file.rules[j].rule.name, file.rules[j].rule.span, i);
      check_reserved(resolver, "rule", file.rules[j].rule.name, file.rules[j].rule.span);
    }
    for (const DecodedTarget& target : file.targets)
      check_reserved(resolver, "target", target.target.name, target.target.span);
    for (DecodedGuard& guard : file.guards) {
      guard.guard.file = i;
      guard.guard.full_name = fmt::format("{}/{}", file.file.name, guard.guard.name);
      guards.add(guard.guard.name, guard.guard.span, i);
    }
  }
  for (const DecodedFile& file : resolver.files) {
    resolver.policy.sets.insert(resolver.policy.sets.end(), file.sets.begin(), file.sets.end());
    resolver.policy.profiles.insert(resolver.policy.profiles.end(), file.profiles.begin(),
                                    file.profiles.end());
  }
}

} // namespace nvmf::policy
