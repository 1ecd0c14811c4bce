#include "cli/endpoint_json.hpp"
#include "cli/known_paths.hpp"
#include "cli/path_text.hpp"
#include "cli/status_compare.hpp"
#include "plan/json.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using KnownJson = nlohmann::ordered_json;

KnownJson listing_json(const Listing& listing) {
  KnownJson json{{"target", text_or_null(listing.target)}};
  put_endpoint(json, listing.subject, listing.tid);
  json["entries"] = listing.entries ? KnownJson(*listing.entries) : KnownJson();
  json["age-ms"] = listing.age ? KnownJson(listing.age->count()) : KnownJson();
  return json;
}

KnownJson answers_json(const std::vector<plan::Item>& items) {
  KnownJson all = KnownJson::array();
  for (const plan::Item& item : items)
    all.push_back({{"outcome", to_string(item.outcome)},
                   {"reason", item.reason ? KnownJson(to_string(*item.reason)) : KnownJson()},
                   {"detail", text_or_null(item.detail)},
                   {"device", text_or_null(item.device)}});
  return all;
}

KnownJson state_json(const execute::PathRecord& path, base::Duration now) {
  return {{"state", state_word(path)},
          {"device", text_or_null(path.device)},
          {"tries", path.tries},
          {"next-try-ms", path.next_try ? KnownJson((*path.next_try - now).count()) : KnownJson()},
          {"error-class", path.error_class ? KnownJson(to_string(*path.error_class)) : KnownJson()},
          {"reason", text_or_null(path.reason)}};
}

KnownJson path_json(const KnownPath& one, const KnownPaths& known) {
  const plan::Item& item = one.item;
  KnownJson json{
      {"outcome", to_string(item.outcome)},
      {"reason", item.reason ? KnownJson(to_string(*item.reason)) : KnownJson()},
      {"detail", text_or_null(item.detail)},
      {"device", text_or_null(item.device)},
      {"decided_by", item.decided_by ? plan::decided_by_value(*item.decided_by) : KnownJson()}};
  put_endpoint(json, item.subject, item.tid);
  json["listed-by"] = KnownJson::array();
  for (const Listing& listing : one.listed_by)
    json["listed-by"].push_back(listing_json(listing));
  json["host"] = answers_json(one.host.items);
  json["host-if-wanted"] = answers_json(one.host.if_wanted);
  json["path"] = one.path ? state_json(*one.path, known.now) : KnownJson();
  json["kept-away"] = one.is_kept_away;
  json["remedy"] = text_or_null(remedy_for(one, known.in_charge));
  return json;
}

} // namespace

std::string known_paths_json(const KnownPaths& known, const std::string& name) {
  KnownJson json{{"format_version", 1}, {"name", name}, {"paths", KnownJson::array()}};
  for (const KnownPath& one : known.paths)
    json["paths"].push_back(path_json(one, known));
  json["unknown"] = known.unknown;
  return json.dump(2, ' ', false, KnownJson::error_handler_t::replace) + '\n';
}

} // namespace nvmf::cli
