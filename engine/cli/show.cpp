// `nvmf-policy show`: what is loaded, in which order, from where.
#include "cli/commands.hpp"
#include "cli/effective_text.hpp"
#include "cli/firmware_text.hpp"
#include "cli/fit_text.hpp"
#include "cli/inputs.hpp"
#include "cli/picture.hpp"
#include "cli/policy_json.hpp"
#include "cli/policy_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/shown_text.hpp"
#include "host/interfaces.hpp"
#include "plan/firmware_network.hpp"

#include <array>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct ShowRequest {
  std::string what;
  std::string name;                // of the rule
  std::optional<std::string> nbft; // `firmware`: this file in place of the host's tables
  std::string network;             // of `firmware`: `kernel` or `shell`; empty: not asked for
  bool origins = false;
};

// The files that were considered, and which last good policy the services would fall back to.
ExitCode show_files(const Globals& globals) {
  const load::Loaded loaded = load_policy(globals);
  const bool json = globals.format == "json";
  print(json ? files_json(loaded) : files_text(loaded, screen_for(stdout, globals.color).columns));
  if (globals.policy.empty() && !json) {
    if (!loaded.policy && loaded.found_any)
      print("broken: " + last_good_line(host_files(globals)) + '\n');
    else if (const auto stored = last_good_stored(host_files(globals)))
      print(*stored + '\n');
  }
  return loaded.broken() ? ExitCode::answer_is_no : ExitCode::done;
}

constexpr std::size_t command_line_limit = std::size_t{16} * 1024;

plan::BootNetwork network_of(const ShowRequest& request, const firmware::Tables& tables,
                             const Globals& globals) {
  if (request.network == "kernel") {
    const auto command_line = host_files(globals).read("/proc/cmdline", command_line_limit);
    return plan::boot_network_to_be(tables.all, command_line.value_or(std::string()));
  }
  decide::Facts facts;
  facts.nbft = tables.all;
  if (globals.root.empty())
    if (auto interfaces = host::read_interfaces())
      facts.interfaces = std::move(*interfaces);
  return plan::boot_network(facts);
}

// For an initramfs, where the interfaces have no addresses yet; nothing where the policy ignores
// the tables. Commands fail while an interface of theirs is missing: it may still come.
ExitCode show_network(const ShowRequest& request, const firmware::Tables& tables,
                      const Globals& globals) {
  const load::Loaded loaded = load_policy(globals);
  if (loaded.policy && loaded.policy->nbft == policy::NbftUse::ignore)
    return ExitCode::done;
  const plan::BootNetwork network = network_of(request, tables, globals);
  for (const std::string& one : network.missing)
    complain(one);
  print(request.network == "kernel" ? kernel_words(network) : shell_commands(network));
  return network.missing.empty() ? ExitCode::done : ExitCode::answer_is_no;
}

ExitCode show_firmware(const ShowRequest& request, const Globals& globals) {
  firmware::Tables tables;
  if (request.nbft) {
    auto table = read_nbft_file(*request.nbft);
    if (!table)
      return ExitCode::failed;
    for (const firmware::Problem& problem : table->problems)
      tables.problems.push_back(
          fmt::format("{}: {}", diag::shown(table->path), to_string(problem)));
    tables.all.push_back(std::move(*table));
  } else {
    tables = firmware::read_tables(host_files(globals));
  }
  for (const std::string& problem : tables.problems)
    complain(problem);
  if (!request.network.empty())
    return show_network(request, tables, globals);
  print(globals.format == "json" ? firmware_json(tables) : firmware_text(tables));
  return tables.problems.empty() ? ExitCode::done : ExitCode::answer_is_no;
}

Origins origins_of(const ShowRequest& request) {
  return request.origins ? Origins::shown : Origins::hidden;
}

ExitCode show_rule(const ShowRequest& request, const policy::Policy& policy,
                   const Globals& globals) {
  const std::string& name = request.name;
  const std::vector<const policy::Rule*> rules = rules_named(policy, name);
  if (rules.size() == 1) {
    print(globals.format == "json"
              ? rule_json(policy, *rules.front())
              : lines_in_window(rule_text(policy, *rules.front(), origins_of(request)),
                                screen_for(stdout, globals.color).columns));
    return ExitCode::done;
  }
  if (rules.empty()) {
    complain(fmt::format("there is no rule `{}`", name));
    if (const auto near = nearest_rule(policy, name))
      print_error(fmt::format("  help: did you mean `{}`?\n", *near));
    return ExitCode::failed;
  }
  complain(fmt::format("several files have a rule `{}`", name));
  for (const policy::Rule* rule : rules)
    print_error(fmt::format("  help: `show rule {}`\n", rule->full_name));
  return ExitCode::failed;
}

using Columns = std::optional<std::size_t>; // of the window

// A part of the policy that is shown whole.
struct Listing {
  const char* name;
  std::string (*text)(const policy::Policy& policy, Origins origins, Columns columns);
  std::string (*json)(const policy::Policy& policy);
};

constexpr std::array listings{
    Listing{"rules",
            [](const policy::Policy& policy, Origins, Columns columns) {
              return rules_text(policy, columns);
            },
            rules_json},
    Listing{"guards",
            [](const policy::Policy& policy, Origins, Columns) { return guards_text(policy); },
            guards_json},
    Listing{"targets",
            [](const policy::Policy& policy, Origins, Columns) { return targets_text(policy); },
            targets_json},
    Listing{"sets",
            [](const policy::Policy& policy, Origins, Columns) { return sets_text(policy); },
            sets_json},
    Listing{"profiles",
            [](const policy::Policy& policy, Origins origins, Columns) {
              return profiles_text(policy, origins);
            },
            profiles_json},
    Listing{"identities",
            [](const policy::Policy& policy, Origins, Columns) { return identities_text(policy); },
            identities_json},
    Listing{"effective",
            [](const policy::Policy& policy, Origins, Columns) { return effective_text(policy); },
            effective_json},
};

ExitCode show_graph(const policy::Policy& policy, const Globals& globals) {
  const Graph graph = graph_of(policy);
  if (globals.format == "json")
    print(graph_json(graph));
  else if (is_picture(globals))
    return print_picture(graph, globals);
  else
    print(mermaid_text(graph));
  return ExitCode::done;
}

ExitCode run_show(const ShowRequest& request, const Globals& globals) {
  const std::string& what = request.what;
  if (what == "rule" && request.name.empty())
    return usage_error(
        "show", UsageError{"`show rule` needs the name of a rule", "`show rules` lists them"});
  if (what != "rule" && !request.name.empty())
    return usage_error("show", fmt::format("unexpected argument `{}`", request.name));
  if (is_picture(globals) && what != "graph")
    return usage_error(
        "show",
        UsageError{fmt::format("`--format {}` is that of `show graph`", globals.format), {}});
  if (what != "firmware" && request.nbft)
    return usage_error("show", UsageError{"`--nbft` goes with `show firmware`", {}});
  if (what != "firmware" && !request.network.empty())
    return usage_error("show", UsageError{"`--network` goes with `show firmware`", {}});
  if (what == "firmware")
    return show_firmware(request, globals);
  if (what == "files")
    return show_files(globals);
  const auto policy = policy_or_complaint(globals);
  if (!policy)
    return policy.error();
  if (what == "rule")
    return show_rule(request, **policy, globals);
  if (what == "graph")
    return show_graph(**policy, globals);
  const Columns columns = screen_for(stdout, globals.color).columns;
  for (const Listing& listing : listings)
    if (what == listing.name)
      print(globals.format == "json"
                ? listing.json(**policy)
                : lines_in_window(listing.text(**policy, origins_of(request), columns), columns));
  return ExitCode::done;
}

} // namespace

Runner declare_show(Options& options) {
  auto request = std::make_shared<ShowRequest>();
  const auto what = options.argument("WHAT",
                                     "`files`, `rules`, `guards`, `targets`, `sets`, `profiles`, "
                                     "`identities`, `firmware`, `rule`, `effective` or `graph`",
                                     request->what);
  Options::required(what);
  Options::Words names{"files", "firmware", "rule", "graph"};
  for (const Listing& listing : listings)
    names.emplace_back(listing.name);
  options.one_of(what, names);
  options.argument("NAME", "with `rule`: which", request->name);
  options.value("--nbft", "FILE", "with `firmware`: this table in place of the host's",
                request->nbft);
  options.choice("--network", "FORM",
                 "with `firmware`: its interfaces for an initramfs, as words of the `kernel`'s "
                 "command line or commands of a `shell`",
                 {"kernel", "shell"}, request->network);
  options.flag("--origins",
               "also the file and line that each thing comes from; always with `effective`, "
               "`guards`, `targets`, `identities`",
               request->origins);
  options.formats({"human", "json", "dot", "svg"});
  return [request](const Globals& globals) { return run_show(*request, globals); };
}

} // namespace nvmf::cli
