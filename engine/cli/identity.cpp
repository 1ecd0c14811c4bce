// `nvmf-policy identity`: as whom this host connects when nothing else is said, and whether that
// can be used; makes it where there is none.
#include "host/identity.hpp"
#include "base/host_uuid.hpp"
#include "cli/commands.hpp"
#include "cli/fit_text.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "diag/shown_text.hpp"
#include "host/create_identity.hpp"
#include "plan/identity.hpp"
#include "plan/identity_remedy.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t identity_file_limit = 4096;

struct IdentityRequest {
  bool create = false;
};

// The host NQN or the host ID.
struct HostName {
  std::string value; // empty: there is none
  std::string from;  // a path, the place in a policy
};

struct OwnIdentity {
  HostName hostnqn;
  HostName hostid;
  std::optional<plan::IdentityProblem> problem;
  std::string_view remedy;         // of the problem
  std::vector<std::string> doubts; // sentences
};

std::string place_of(const policy::TextOrFile& value) {
  return value.is_file ? value.text : value.span.place();
}

// `default` of the policy; of a host without one that loads, the files of /etc/nvme.
policy::Identity default_identity_of(const load::Loaded& loaded) {
  if (loaded.policy)
    return loaded.policy->identities.at("default");
  const auto file = [](const char* path) {
    return policy::TextOrFile{.text = path, .is_file = true, .span = {}};
  };
  return {.name = "default",
          .hostnqn = file(host::hostnqn_path),
          .hostid = file(host::hostid_path),
          .secrets = {},
          .span = {}};
}

// Whether what the identity names can be read or is missing; says so if it is neither.
bool can_be_read(const base::FileSystem& files, const policy::Identity& identity) {
  for (const auto& value : {identity.hostnqn, identity.hostid}) {
    if (!value || !value->is_file)
      continue;
    const auto text = files.read(value->text, identity_file_limit);
    if (text || text.error().code == ENOENT)
      continue;
    complain(text.error().message);
    return false;
  }
  return true;
}

OwnIdentity own_identity(const base::FileSystem& files, const policy::Identity& identity) {
  policy::Policy one;
  one.identities["default"] = identity;
  const decide::Facts facts{.identity = host::read_host_identity(files),
                            .files = host::read_identity_files(files, one)};
  const plan::ResolvedIdentity values = plan::values_of(identity, facts);
  OwnIdentity own{.hostnqn = {values.host_nqn, place_of(*identity.hostnqn)},
                  .hostid = {values.hostid, {}},
                  .problem = plan::identity_problem(values, facts),
                  .remedy = plan::remedy_for(values),
                  .doubts = {}};
  const bool has_own_id = identity.hostid && (!identity.hostid->is_file ||
                                              !facts.files.at(identity.hostid->text).empty());
  if (has_own_id || values.hostid.empty())
    own.hostid.from = identity.hostid ? place_of(*identity.hostid) : own.hostnqn.from;
  else
    own.hostid.from = "the host NQN";
  if (!own.problem)
    for (const std::string& doubt : base::identity_doubts(values.host_nqn, values.hostid))
      own.doubts.push_back("the identity " + doubt);
  for (const auto& value : {identity.hostnqn, identity.hostid})
    if (value && value->is_file)
      if (const auto doubt = host::identity_file_doubt(files, value->text))
        own.doubts.push_back(fmt::format("{} {}", value->text, *doubt));
  return own;
}

std::string line_of(std::string_view what, const HostName& name, std::size_t columns) {
  const std::string value = name.value.empty() ? "missing" : diag::shown(name.value);
  return fmt::format("{}  {}  {}\n", padded(what, 7), padded(value, columns),
                     diag::shown(name.from));
}

std::string created_text(const host::CreatedIdentity& created) {
  if (created.paths.empty())
    return created.hindered_by.empty()
               ? "nothing was created: both files are there\n"
               : fmt::format("nothing was created: {} cannot be used; remove it first\n",
                             created.hindered_by);
  return fmt::format("created {}, from {}\n", fmt::join(created.paths, " and "), created.uuid_from);
}

std::string text_of(const OwnIdentity& own) {
  const std::size_t columns = std::max({width("missing"), width(diag::shown(own.hostnqn.value)),
                                        width(diag::shown(own.hostid.value))});
  std::string text =
      line_of("hostnqn", own.hostnqn, columns) + line_of("hostid", own.hostid, columns);
  if (own.problem) {
    text += fmt::format("cannot be used: {}\n", diag::shown(own.problem->text));
    if (!own.remedy.empty())
      text += fmt::format("  help: {}\n", own.remedy);
  }
  for (const std::string& doubt : own.doubts)
    text += fmt::format("doubtful: {}\n", diag::shown(doubt));
  return text + (own.problem || !own.doubts.empty() ? "" : "sound\n");
}

std::string json_text_of(const OwnIdentity& own, const host::CreatedIdentity* created) {
  const auto json_of = [](const HostName& name) {
    return Json{{"value", name.value.empty() ? Json() : Json(name.value)}, {"from", name.from}};
  };
  Json problems = Json::array();
  if (own.problem)
    problems.push_back(own.problem->text);
  for (const std::string& doubt : own.doubts)
    problems.push_back(doubt);
  Json json{{"format_version", 1},
            {"hostnqn", json_of(own.hostnqn)},
            {"hostid", json_of(own.hostid)},
            {"usable", !own.problem},
            {"problems", std::move(problems)}};
  if (created)
    json["created"] = created->paths;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

ExitCode run_identity(const IdentityRequest& request, const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  std::optional<host::CreatedIdentity> created;
  if (request.create) {
    auto made = host::create_identity(files);
    if (!made) {
      complain(made.error().message);
      return ExitCode::failed;
    }
    created = std::move(*made);
  }
  const load::Loaded loaded = load_policy(globals);
  if (loaded.broken())
    complain("the policy has errors: an identity `default` in it is not shown");
  const policy::Identity identity = default_identity_of(loaded);
  if (!can_be_read(files, identity))
    return ExitCode::failed;
  const OwnIdentity own = own_identity(files, identity);
  if (globals.format == "json")
    print(json_text_of(own, created ? &*created : nullptr));
  else
    print(lines_in_window((created ? created_text(*created) : std::string()) + text_of(own),
                          screen_for(stdout, globals.color).columns));
  return own.problem || !own.doubts.empty() ? ExitCode::answer_is_no : ExitCode::done;
}

} // namespace

Runner declare_identity(Options& options) {
  auto request = std::make_shared<IdentityRequest>();
  options.flag("--create",
               "writes /etc/nvme/hostnqn and /etc/nvme/hostid where they are missing, from the "
               "machine's product UUID or else at random",
               request->create);
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_identity(*request, globals); };
}

} // namespace nvmf::cli
